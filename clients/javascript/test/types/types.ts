// What the types accept and refuse; compiled, not run.

import { R1Mock, Server, type Clock, type RecordedRequest } from 'r1-entitlements-mock'

export async function uses(mock: R1Mock): Promise<string> {
  const clock: Clock = await mock.advance('2d')
  const requests: RecordedRequest[] = await mock.requests()
  await mock.fault({ status: 503, times: 1, match: { method: 'GET', path: '/banners' } })
  await mock.fault({ effects: [{ loseReply: { how: 'gatewayTimeout' } }] })
  await mock.refreshPolicy({ progress: 'polls', polls: 2 })
  await mock.verify({ method: 'GET', status: '2xx' }, { atLeast: 1 })
  await (await Server.start()).sandbox({ settings: { auth: 'required' } })

  // @ts-expect-error: there is no such progress
  await mock.refreshPolicy({ progress: 'sometimes' })
  // @ts-expect-error: there is no such effect
  await mock.fault({ effects: [{ explode: {} }] })
  // @ts-expect-error: a misspelt condition
  await mock.verify({ methd: 'GET' })
  // @ts-expect-error: there is no such setting
  await mock.configure({ styl: 'observed' })
  // @ts-expect-error: a clock has no such field
  clock.later
  return `${clock.now} ${clock.next?.at} ${requests[0]?.path}`
}
