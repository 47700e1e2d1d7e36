// Each method of the helper, against a running simulator.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { findBinary, R1Mock, R1MockError, Server, VerificationError, withR1Mock } from 'r1-entitlements-mock/node-test'

const MSP = 'a0000000000000000000000000000001'
const REC = 'c0000000000000000000000000000001'
const clock = '2026-03-10T12:00:00Z'

async function call(r1mock, path, { method = 'GET', body, headers } = {}) {
  const answer = await fetch(r1mock.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const text = await answer.text()
  return { status: answer.status, body: text ? JSON.parse(text) : undefined }
}

const status = async (...request) => (await call(...request)).status
const asTenant = (tenant) => ({ headers: { 'x-rks-tenantid': tenant } })

describe('a sandbox', { concurrency: true }, () => {
  it('starts with the scenario and clock of the options', withR1Mock({ clock, scenario: 'grace' }, async (r1mock) => {
    assert.equal((await r1mock.now()).toISOString(), '2026-03-10T12:00:00.000Z')
    const { body } = await call(r1mock, '/banners', asTenant(REC))
    assert.deepEqual([...new Set(body.map((row) => row.type))].sort(), ['AFTER_GRACE_PERIOD', 'GRACE_PERIOD'])
  }))

  it('gives tokens', withR1Mock({ settings: { auth: 'required' } }, async (r1mock) => {
    assert.equal(await status(r1mock, '/entitlements'), 401)
    const headers = { authorization: `Bearer ${await r1mock.token(REC)}` }
    assert.equal(await status(r1mock, '/entitlements', { headers }), 200)
    await r1mock.endSessions(REC)
    assert.equal(await status(r1mock, '/entitlements', { headers }), 401)
    await assert.rejects(r1mock.token(REC, 'nobody'), R1MockError)
    assert.ok((await r1mock.tenants()).some(({ id }) => id === MSP))
  }))

  it('moves its clock', withR1Mock({ clock, scenario: 'expiring' }, async (r1mock) => {
    assert.equal((await r1mock.advance('2d')).now, '2026-03-12T12:00:00Z')
    const moved = await r1mock.advanceTo(new Date('2026-04-10'))
    assert.equal(moved.now, '2026-04-10T00:00:00Z')
    assert.ok(moved.happened.length > 0)
    assert.equal((await r1mock.advanceToNextEvent()).now, moved.next.at)
    assert.equal((await r1mock.resume()).frozen, false)
    assert.equal((await r1mock.freeze('2027-01-01')).now, '2027-01-01T00:00:00Z')
    await assert.rejects(r1mock.advance('soon'), (error) => error instanceof R1MockError && error.status === 400)
  }))

  it('can run from a set time', withR1Mock({ clock, frozen: false }, async (r1mock) => {
    assert.equal((await r1mock.clock()).frozen, false)
  }))

  it('chooses how refreshes end', withR1Mock({ clock }, async (r1mock) => {
    const refresh = async () => {
      const { body } = await call(r1mock, '/mspEntitlements/summaries?refresh=true')
      await r1mock.advance('1h')
      return (await call(r1mock, `/activities/${body.requestId}`)).body.status
    }
    await r1mock.refreshFails({ code: 'ENTITLEMENT-10042', message: 'No.' })
    assert.equal(await refresh(), 'FAIL')
    await r1mock.refreshSucceeds()
    assert.equal(await refresh(), 'SUCCESS')
    assert.equal((await r1mock.refreshPolicy({ progress: 'polls', polls: 2 })).progress, 'polls')
  }))

  it('injects faults', withR1Mock({ clock }, async (r1mock) => {
    const fault = await r1mock.fault({ status: 429, retryAfter: 7, times: 1, match: { path: '/mspBanners' } })
    assert.deepEqual([await status(r1mock, '/mspBanners'), await status(r1mock, '/mspBanners')], [429, 200])
    assert.equal((await fault.hits()).matched, 2)
    await fault.remove()
    await r1mock.fault({ effects: [{ answer: { status: 418 } }] })
    assert.equal(await status(r1mock, '/mspBanners'), 418)
    await r1mock.clearFaults()
    await r1mock.faultSet('maintenance')
    assert.equal(await status(r1mock, '/mspBanners'), 503)
    await assert.rejects(r1mock.fault({ retryAfter: 1 }), TypeError)
  }))

  it('verifies requests with an explanation', withR1Mock({ clock }, async (r1mock) => {
    const waiting = r1mock.waitFor({ path: '/nowhere' })
    await call(r1mock, '/mspBanners')
    await call(r1mock, '/nowhere')
    assert.equal((await waiting).length, 1)
    await r1mock.verify({ method: 'GET', path: '/mspBanners', status: '2xx' }, 1)
    await r1mock.verify({ operationId: 'getMspBanners' }, { atLeast: 1, atMost: 1 })
    await r1mock.verifyOrder({ path: '/mspBanners' }, { path: '/nowhere' })
    await assert.rejects(
      r1mock.verify({ path: '/banners' }),
      (error) => error instanceof VerificationError && /nearest is request \d, GET .*"\/banners"/.test(error.message)
    )
    await assert.rejects(r1mock.verifyOrder({ path: '/nowhere' }, { path: '/mspBanners' }), VerificationError)
    await assert.rejects(r1mock.waitFor({ path: '/banners' }, { timeout: '10ms' }), VerificationError)
    assert.deepEqual((await r1mock.requests()).map(({ path, unmatched }) => [path, unmatched]), [['/mspBanners', false], ['/nowhere', true]])
    assert.ok((await r1mock.request(1)).response.bodySize > 0)
    await r1mock.forgetRequests()
    assert.deepEqual(await r1mock.requests(), [])
  }))

  it('lists all requests over pages', withR1Mock({}, async (r1mock) => {
    for (let n = 0; n < 130; n++) await call(r1mock, '/tenants/self')
    assert.equal((await r1mock.requests()).length, 130)
  }))

  it('saves, restores, replaces and resets its state', withR1Mock({ clock }, async (r1mock) => {
    const free = async () => (await call(r1mock, '/assignments/summaries')).body[2].remainingDevices
    const revoke = async () => status(r1mock, '/assignments', { method: 'DELETE', body: [{ assignmentId: 130468 }] })
    const first = await free()
    const snapshot = await r1mock.snapshot()
    assert.equal(await revoke(), 204)
    const changed = await free()
    const exported = await r1mock.exportState()
    await snapshot.restore()
    assert.equal(await free(), first)
    assert.notEqual(changed, first)
    assert.equal(await revoke(), 204)
    await r1mock.reset()
    assert.equal(await free(), first)
    await r1mock.replaceState(exported)
    assert.equal(await free(), changed)
    await r1mock.load('empty')
    assert.deepEqual((await call(r1mock, '/mspEntitlements', asTenant(MSP))).body, [])
    await assert.rejects(r1mock.load('emty'), /did you mean/)
  }))

  it('changes rows and settings', withR1Mock({ clock }, async (r1mock) => {
    await r1mock.setDevices(REC, [{ deviceType: 'APSW', count: 90 }])
    assert.equal((await r1mock.configure({ style: 'observed' })).style, 'observed')
    await r1mock.check()
    await assert.rejects(
      r1mock.putEntitlement(REC, { id: '1', quantty: 7 }),
      (error) => error.status === 422 && error.findings.some((finding) => finding.includes('quantty'))
    )
  }))
})

it('a server is started, used and stopped', async () => {
  const server = await Server.start({ args: ['--scenario', 'empty'] })
  const sandbox = await server.sandbox()
  assert.equal(await status(sandbox, '/mspEntitlements', asTenant(MSP)), 200)
  await sandbox.close()
  await sandbox.close()
  assert.equal(await status(sandbox, '/mspEntitlements', asTenant(MSP)), 404)
  assert.ok((await new R1Mock({ url: server.url }).tenants()).length > 0)
  await server.stop()
  await server.stop()
  await assert.rejects(Server.at(server.url), /no r1-entitlements-mock answers/)
})

const flags = spawnSync(findBinary(), ['--help'], { encoding: 'utf8' }).stdout
const tooOld = !flags.includes('--die-with-parent') && 'this binary is too old to notice that'

it('a server ends with a process that is killed', { skip: tooOld }, async () => {
  const code = `
    import { Server } from 'r1-entitlements-mock'
    console.log((await Server.start()).url)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = String((await once(child.stdout, 'data'))[0]).trim()
  assert.ok(await Server.at(url))
  child.kill('SIGKILL')
  for (const until = Date.now() + 10_000; ; await sleep(50)) {
    if (await Server.at(url).then(() => false, () => true)) break
    assert.ok(Date.now() < until, 'the server is still there')
  }
})

it('a server that cannot start says why', async () => {
  await assert.rejects(Server.start({ args: ['--scenario', 'defalt'] }), /did you mean "default"/)
  await assert.rejects(Server.start({ binary: '/nonexistent' }), /ENOENT/)
})
