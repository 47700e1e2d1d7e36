// One simulated system over HTTP. This module runs in browsers too.

import type {
  Clock, Effect, FaultMatch, FaultRule, NewSandbox, RecordedRequest, RefreshPolicy, RefreshPolicyChange, RequestDetail,
  RequestMatch, Settings, SettingsChange, Tenant
} from './api.js'
import { R1MockError, VerificationError } from './errors.js'

export type * from './api.js'
export { R1MockError, VerificationError } from './errors.js'

/** Where a simulated system is. */
export interface Address {
  /** The server's address, such as `http://127.0.0.1:8080`. */
  url: string
  /** The name of a sandbox; the root if absent. */
  sandbox?: string
  /** The server's `--control-token`, if it has one. */
  controlToken?: string
}

/** What a sandbox starts as. */
export interface SandboxOptions {
  /** A scenario by name; the server's own if absent. */
  scenario?: string
  /** The time that its clock shows, RFC 3339 or a date. */
  clock?: string | Date
  /** Whether a clock that is set stands still. Default: true. */
  frozen?: boolean
  /** Other settings: `auth`, `style`, `faults`, `refreshDelay` and so on. */
  settings?: Omit<SettingsChange, 'clock'>
}

/** How often a request is expected. */
export type Count = number | { atLeast?: number; atMost?: number; exactly?: number }

/** Effects that have a short form, and where and how often they apply. */
export interface FaultOptions extends Pick<FaultRule, 'times' | 'skip' | 'probability' | 'seed'> {
  /** Which requests; all if absent. */
  match?: FaultMatch
  /** Answers with this status, in the vendor's shape. */
  status?: number
  /** Seconds for the Retry-After header of `status`. */
  retryAfter?: number
  /** Waits first, such as `200ms`. */
  delay?: string
  /** Any other effects. */
  effects?: Effect[]
}

/** A fault rule that is in force. */
export interface Fault {
  readonly id: string
  /** How many requests met its conditions, and to how many its effects were applied. */
  hits(): Promise<Record<string, number>>
  remove(): Promise<void>
}

/** A saved state. */
export interface Snapshot {
  readonly name: string
  restore(): Promise<void>
}

/** A simulated system with its own state, clock, settings, faults and journal: a sandbox, or the root of a server. */
export class R1Mock {
  #address: Address
  #snapshots = 0

  constructor(address: Address) {
    this.#address = { ...address, url: address.url.replace(/\/+$/, '') }
  }

  /** Makes a sandbox on the server. */
  static async create(server: Omit<Address, 'sandbox'>, options: SandboxOptions = {}, name = randomName()): Promise<R1Mock> {
    const { scenario, clock, frozen = true, settings } = options
    const wanted = {
      name,
      ...(scenario === undefined ? {} : { scenario }),
      settings: { ...settings, ...(clock === undefined ? {} : { clock: { now: instant(clock), frozen } }) }
    } as NewSandbox
    const made = await new R1Mock(server).control<{ name: string }>('POST', '/sandboxes', wanted)
    return new R1Mock({ ...server, sandbox: made.name })
  }

  /** The name of the sandbox; undefined for the root. */
  get name(): string | undefined {
    return this.#address.sandbox
  }

  /** The base address for the client under test. */
  get url(): string {
    const { url, sandbox } = this.#address
    return sandbox === undefined ? url : `${url}/sandboxes/${encodeURIComponent(sandbox)}`
  }

  /** Points this object at another system; the helpers for test runners do so before each test. */
  moveTo(other: R1Mock): void {
    this.#address = other.#address
    this.#snapshots = 0
  }

  /** Deletes the sandbox. The root, and a sandbox that is gone already, are left as they are. */
  async close(): Promise<void> {
    const { sandbox, ...server } = this.#address
    if (sandbox === undefined) return
    try {
      await new R1Mock(server).control('DELETE', `/sandboxes/${encodeURIComponent(sandbox)}`)
    } catch (error) {
      if (!(error instanceof R1MockError && error.status === 404)) throw error
    }
  }

  /** Calls any operation of the control API, such as `control('GET', '/check')`; see /_mock/openapi.json. */
  async control<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    return (await this.#call(method, path, body)) as T
  }

  async #call(method: string, path: string, body?: unknown, accepted?: number): Promise<unknown> {
    const { controlToken } = this.#address
    const { status, text } = await send(`${this.url}/_mock${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(controlToken ? { 'x-mock-token': controlToken } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const answer = parsed(text)
    if (status < 400 || status === accepted) return answer
    const problem = (typeof answer === 'object' && answer ? answer : {}) as { detail?: string; message?: string; findings?: string[] }
    const detail = problem.detail ?? problem.message ?? (text || 'no explanation')
    throw new R1MockError(`${method} /_mock${path}: ${status}: ${detail}`, status, problem.findings)
  }

  // Tenants and tokens

  /** The tenants of the scenario. */
  tenants(): Promise<Tenant[]> {
    return this.control('GET', '/tenants')
  }

  /** An access token for a tenant, by default the first one that has this API client. */
  async token(tenant?: string, clientId = 'r1mock', clientSecret = 'r1mock-secret'): Promise<string> {
    const path = `/oauth2/token${tenant === undefined ? '' : `/${encodeURIComponent(tenant)}`}`
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret })
    const { status, text } = await send(this.url + path, { method: 'POST', body: form, redirect: 'manual' })
    if (status !== 200) throw new R1MockError(`POST ${path}: ${status}: ${text}`, status)
    return (JSON.parse(text) as { access_token: string }).access_token
  }

  /** Invalidates all tokens of a tenant. */
  async endSessions(tenantId: string): Promise<void> {
    await this.control('POST', '/sessions/end', { tenantId })
  }

  // Time

  /** The state of the clock, with the next event in it. */
  clock(): Promise<Clock> {
    return this.control('GET', '/clock')
  }

  /** The time by the clock of this system. */
  async now(): Promise<Date> {
    return new Date((await this.clock()).now)
  }

  /** Moves the clock forward by a duration, such as `2d`. All that falls due has happened when this resolves. */
  advance(by: string): Promise<Clock> {
    return this.control('POST', '/clock/advance', { by })
  }

  /** Moves the clock forward to a time. */
  advanceTo(to: string | Date): Promise<Clock> {
    return this.control('POST', '/clock/advance', { to: instant(to) })
  }

  /** Moves the clock forward to the next time at which something happens by itself. */
  advanceToNextEvent(): Promise<Clock> {
    return this.control('POST', '/clock/next')
  }

  /** Stops the clock, at a time or at its present one. */
  freeze(at?: string | Date): Promise<Clock> {
    return this.control('POST', '/clock/freeze', at === undefined ? undefined : { at: instant(at) })
  }

  /** Lets the clock run. */
  resume(): Promise<Clock> {
    return this.control('POST', '/clock/resume')
  }

  // Refreshes

  /** Changes how refreshes go; what is not given stays. */
  refreshPolicy(change: RefreshPolicyChange): Promise<RefreshPolicy> {
    return this.control('PATCH', '/activities/policy', change)
  }

  /** Lets refreshes end with FAIL from here on. */
  async refreshFails(error?: { code?: string; message?: string }): Promise<void> {
    await this.control('PATCH', '/activities/policy', { outcome: 'fail', ...(error ? { error } : {}) })
  }

  /** Lets refreshes end with SUCCESS from here on, which is the default. */
  async refreshSucceeds(): Promise<void> {
    await this.control('PATCH', '/activities/policy', { outcome: 'success' })
  }

  // Faults

  /** Adds a fault rule: `fault({ status: 503, times: 1, match: { path: '/banners' } })`. */
  async fault(options: FaultOptions): Promise<Fault> {
    const { status, retryAfter, delay, effects = [], ...rule } = options
    const all: unknown[] = [...effects]
    if (status !== undefined) all.unshift({ status: { code: status, ...(retryAfter === undefined ? {} : { retryAfter }) } })
    else if (retryAfter !== undefined) throw new TypeError('`retryAfter` needs a `status`')
    if (delay !== undefined) all.unshift({ delay: { fixed: delay } })
    const added = await this.control<{ id: string } | { id: string }[]>('POST', '/faults', { ...rule, effects: all })
    const { id } = Array.isArray(added) ? added[added.length - 1]! : added
    const path = `/faults/${encodeURIComponent(id)}`
    return {
      id,
      hits: async () => (await this.control<{ hits: Record<string, number> }>('GET', path)).hits,
      remove: () => this.control('DELETE', path)
    }
  }

  /** Adds a ready-made set of faults, such as `flaky-5xx` or `rate-limited`. */
  async faultSet(name: string): Promise<void> {
    await this.control('POST', `/faults/sets/${encodeURIComponent(name)}`)
  }

  /** Removes all faults. */
  async clearFaults(): Promise<void> {
    await this.control('DELETE', '/faults')
  }

  // The journal

  /** The requests that this system has received, oldest first; those of the control API are not in it. */
  async requests(): Promise<RecordedRequest[]> {
    const found: RecordedRequest[] = []
    for (let since = 0; ; ) {
      const page = await this.control<{ requests: RecordedRequest[]; next: number }>('GET', `/requests?since=${since}`)
      found.push(...page.requests)
      if (page.requests.length === 0 || page.next <= since) return found
      since = page.next
    }
  }

  /** One request with its answer, headers and bodies included, by its number in `requests()`. */
  request(seq: number): Promise<RequestDetail> {
    return this.control('GET', `/requests/${seq}`)
  }

  /** Empties the journal. */
  async forgetRequests(): Promise<void> {
    await this.control('DELETE', '/requests')
  }

  /** Rejects with the simulator's explanation unless such a request was made as often as expected, by default at least once. */
  async verify(match: RequestMatch, count?: Count): Promise<void> {
    const expected = count === undefined ? {} : { count: typeof count === 'number' ? { exactly: count } : count }
    assertPassed(await this.#call('POST', '/requests/verify', { match, ...expected }, 409))
  }

  /** Rejects unless such requests came in this order; others may lie between them. */
  async verifyOrder(...order: RequestMatch[]): Promise<void> {
    assertPassed(await this.#call('POST', '/requests/verify', { order }, 409))
  }

  /** Resolves when so many such requests have been made; rejects after `timeout`, in real time. */
  async waitFor(match: RequestMatch, options: { count?: number; timeout?: string } = {}): Promise<RecordedRequest[]> {
    const wanted = { match, count: options.count ?? 1, since: 0, timeout: options.timeout ?? '5s' }
    const answer = await this.#call('POST', '/requests/wait', wanted, 409)
    assertPassed(answer)
    return (answer as { requests: RecordedRequest[] }).requests
  }

  // State

  /** Starts anew as another scenario. */
  async load(scenario: string): Promise<void> {
    await this.control('POST', `/scenarios/${encodeURIComponent(scenario)}/load`)
  }

  /** Goes back to the start; `keep` names parts that stay as they are. */
  async reset(keep: string[] = []): Promise<void> {
    await this.control('POST', '/reset', keep.length > 0 ? { keep } : undefined)
  }

  /** Saves the state. */
  async snapshot(name = `snapshot-${++this.#snapshots}`): Promise<Snapshot> {
    await this.control('POST', '/snapshots', { name })
    return { name, restore: () => this.restore(name) }
  }

  /** Goes back to a snapshot. */
  async restore(name: string): Promise<void> {
    await this.control('POST', `/snapshots/${encodeURIComponent(name)}/load`)
  }

  /** The whole state as fixture files, by file name. */
  exportState(): Promise<Record<string, unknown>> {
    return this.control('GET', '/state')
  }

  /** Replaces the whole state by fixture files, as `exportState` returns them. */
  async replaceState(files: Record<string, unknown>): Promise<void> {
    await this.control('PUT', '/state', files)
  }

  /** Adds or changes a purchase of a company; the fields are those of entitlements.json. */
  async putEntitlement(tenant: string, row: Record<string, unknown>): Promise<void> {
    await this.control('PUT', `/state/entitlements/${encodeURIComponent(tenant)}`, row)
  }

  /** Adds or changes a purchase of an MSP; the fields are those of msp-entitlements.json. */
  async putMspEntitlement(tenant: string, row: Record<string, unknown>): Promise<void> {
    await this.control('PUT', `/state/msp-entitlements/${encodeURIComponent(tenant)}`, row)
  }

  /** Sets the number of devices of a tenant: `[{ deviceType: 'APSW', count: 90 }]`. */
  async setDevices(tenant: string, rows: Record<string, unknown>[]): Promise<void> {
    await this.control('PUT', `/state/devices/${encodeURIComponent(tenant)}`, rows)
  }

  /** Changes settings; what is not given stays. */
  configure(settings: SettingsChange): Promise<Settings> {
    return this.control('PATCH', '/settings', settings)
  }

  /** Rejects unless all sums and views of the state agree. */
  async check(): Promise<void> {
    const found = await this.control<{ ok: boolean; violations: string[] }>('GET', '/check')
    if (!found.ok) throw new VerificationError(found.violations.join('\n'))
  }

  /** The journal as text, one line for each request. */
  async describeRequests(): Promise<string> {
    const line = (row: RecordedRequest): string =>
      `${String(row.seq).padStart(4)}  ${row.status}  ${row.method} ${row.path}${row.query ? `?${row.query}` : ''}` +
      (row.unmatched ? '  (no such operation)' : '')
    return (await this.requests()).map(line).join('\n') || 'none'
  }
}

async function send(url: string, init: RequestInit): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(url, init)
    return { status: answer.status, text: await answer.text() }
  } catch (error) {
    const cause = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error)
    throw new R1MockError(`${init.method} ${url}: no answer (${cause})`)
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return text
  }
}

function assertPassed(answer: unknown): void {
  const verdict = answer as { passed?: boolean; explanation?: string; detail?: string }
  if (!verdict.passed) throw new VerificationError(verdict.explanation ?? verdict.detail ?? 'not as expected')
}

function instant(time: string | Date): string {
  return typeof time === 'string' ? time : time.toISOString()
}

function randomName(): string {
  return `js-${crypto.randomUUID()}`
}
