// The simulator as a test suite in JavaScript uses it: one sandbox per test, time moved, nothing waited for.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

const BASE = process.env.R1MOCK_URL
const MSP = 'a0000000000000000000000000000001'
const REC = 'c0000000000000000000000000000001'

async function call(url, method = 'GET', body, headers = {}) {
  const init = { method, headers: { 'content-type': 'application/json', ...headers } }
  if (body !== undefined) init.body = body instanceof URLSearchParams ? body : JSON.stringify(body)
  if (body instanceof URLSearchParams) init.headers['content-type'] = 'application/x-www-form-urlencoded'
  const answer = await fetch(url, init)
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : undefined }
}

const asTenant = (tenant) => ({ 'x-rks-tenantid': tenant })

/** Runs a test in a sandbox whose clock stands still. */
function inSandbox(test) {
  return async () => {
    const settings = { clock: { now: '2026-03-10T12:00:00Z', frozen: true } }
    const made = await call(`${BASE}/_mock/sandboxes`, 'POST', { settings })
    assert.equal(made.status, 201)
    try {
      await test(`${BASE}/sandboxes/${made.body.name}`)
    } finally {
      assert.equal((await call(`${BASE}/_mock/sandboxes/${made.body.name}`, 'DELETE')).status, 204)
    }
  }
}

async function advance(sandbox, by) {
  assert.equal((await call(`${sandbox}/_mock/clock/advance`, 'POST', { by })).status, 200)
}

describe('the simulator', { concurrency: true }, () => {
  it('gives tokens that name their tenant', inSandbox(async (sandbox) => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials', client_id: 'r1mock', client_secret: 'r1mock-secret'
    })
    const token = await call(`${sandbox}/oauth2/token/${REC}`, 'POST', form)
    assert.equal(token.status, 200)
    assert.match(token.body.access_token, /^eyJ/)
    const rows = await call(`${sandbox}/entitlements`, 'GET', undefined, {
      authorization: `Bearer ${token.body.access_token}`
    })
    assert.ok(rows.body.some((row) => row.deviceType === 'WIFI'))
  }))

  it('takes over the next revision in a refresh', inSandbox(async (sandbox) => {
    const old = (await call(`${sandbox}/mspEntitlements`)).body
    const accepted = await call(`${sandbox}/mspEntitlements/summaries?refresh=true`)
    assert.equal(accepted.status, 202)
    const activity = `${sandbox}/activities/${accepted.body.requestId}`
    assert.ok(!('endDatetime' in (await call(activity)).body))
    assert.deepEqual((await call(`${sandbox}/mspEntitlements`)).body, old)
    await advance(sandbox, 'PT2S')
    assert.equal((await call(activity)).body.status, 'SUCCESS')
    assert.notDeepEqual((await call(`${sandbox}/mspEntitlements`)).body, old)
  }))

  it('keeps both summaries of an MSP in step', inSandbox(async (sandbox) => {
    assert.equal((await call(`${sandbox}/assignments`, 'DELETE', [{ assignmentId: 130470 }])).status, 204)
    const again = await call(`${sandbox}/assignments`, 'DELETE', [{ assignmentId: 130470 }])
    assert.deepEqual([again.status, again.body.errorBrief], [409, 'ASSIGNMENT_ALREADY_REVOKED'])
    const bought = (await call(`${sandbox}/mspEntitlements/summaries`)).body.mspEntitlementSummaries
    const given = (await call(`${sandbox}/assignments/summaries`)).body
    assert.ok(bought.length > 0)
    for (const [n, pool] of bought.entries()) {
      const { quantity, myAssignments, remainingDevices } = given[n]
      assert.equal(pool.quantity + pool.courtesyQuantity, quantity + myAssignments + remainingDevices)
      assert.equal(pool.remainingLicenses, remainingDevices)
    }
  }))

  it('changes banners with the days', inSandbox(async (sandbox) => {
    assert.equal((await call(`${sandbox}/_mock/scenarios/expiring/load`, 'POST')).status, 204)
    const seen = new Set()
    for (let day = 0; day < 100; day++) {
      const banners = (await call(`${sandbox}/banners`, 'GET', undefined, asTenant(REC))).body
      seen.add(banners.find((banner) => banner.deviceType === 'APSW').type)
      await advance(sandbox, 'P1D')
    }
    assert.deepEqual([...seen], ['INITIAL', 'CLOSE_TO_EXPIRATION', 'GRACE_PERIOD', 'AFTER_GRACE_PERIOD'])
  }))

  it('goes back to a snapshot', inSandbox(async (sandbox) => {
    const old = (await call(`${sandbox}/assignments`)).body
    assert.equal((await call(`${sandbox}/_mock/snapshots`, 'POST', { name: 'before' })).status, 201)
    assert.equal((await call(`${sandbox}/assignments`, 'DELETE', [{ assignmentId: 130470 }])).status, 204)
    assert.notDeepEqual((await call(`${sandbox}/assignments`)).body, old)
    assert.equal((await call(`${sandbox}/_mock/snapshots/before/load`, 'POST')).status, 204)
    assert.deepEqual((await call(`${sandbox}/assignments`)).body, old)
  }))

  it('keeps sandboxes apart', inSandbox(async (sandbox) => {
    assert.equal((await call(`${sandbox}/_mock/scenarios/empty/load`, 'POST')).status, 204)
    assert.deepEqual((await call(`${sandbox}/mspEntitlements`, 'GET', undefined, asTenant(MSP))).body, [])
    assert.notDeepEqual((await call(`${BASE}/mspEntitlements`, 'GET', undefined, asTenant(MSP))).body, [])
  }))

  it('holds together', inSandbox(async (sandbox) => {
    await advance(sandbox, 'P400D')
    const checked = (await call(`${sandbox}/_mock/check`)).body
    assert.deepEqual([checked.ok, checked.violations], [true, []])
  }))

  it('tells what is wrong', inSandbox(async (sandbox) => {
    const problem = await call(`${sandbox}/_mock/clock/advance`, 'POST', { by: 'soon' })
    assert.equal(problem.status, 400)
    assert.match(problem.body.detail, /is not a duration/)
    const error = await call(`${sandbox}/banners?type=WIFFI`)
    assert.equal(error.status, 400)
    assert.match(error.body.message, /WIFFI.*SWITCH/)
  }))
})

let start
before(async () => {
  start = (await call(`${BASE}/_mock/sandboxes`)).body.length
})
after(async () => {
  assert.equal((await call(`${BASE}/_mock/sandboxes`)).body.length, start)
})
