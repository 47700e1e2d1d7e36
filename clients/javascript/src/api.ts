// The shapes of the control API, by operation, as its document describes them.

import type { operations } from './generated/control.js'

export type { components, operations, paths } from './generated/control.js'

type Content<T> = T extends { content: Record<string, infer Body> } ? Body : never
type Answer<Id extends keyof operations> = operations[Id] extends { responses: infer Responses }
  ? Content<Responses[keyof Responses & (200 | 201)]>
  : never
type Body<Id extends keyof operations> = operations[Id] extends { requestBody?: infer Sent }
  ? Exclude<Content<NonNullable<Sent>>, null>
  : never
type Rows<T> = T extends readonly (infer Row)[] ? Row : never

export type Clock = Answer<'getClock'>
export type Tenant = Rows<Answer<'listTenants'>>
export type RefreshPolicy = Answer<'getActivityPolicy'>
export type RefreshPolicyChange = Body<'changeActivityPolicy'>
export type Settings = Answer<'getSettings'>
export type SettingsChange = Body<'changeSettings'>
export type NewSandbox = Body<'createSandbox'>
export type FaultRule = Exclude<Body<'addFaults'>, readonly unknown[]>
export type Effect = FaultRule['effects'][number]
export type FaultMatch = NonNullable<FaultRule['match']>
export type RecordedRequest = Answer<'listRequests'>['requests'][number]
export type RequestDetail = Answer<'getRequest'>
export type RequestMatch = NonNullable<Body<'verifyRequests'>['match']>
