import { describe, expect } from 'vitest'

import { test } from 'r1-entitlements-mock/vitest'

describe('with options', () => {
  test.override({ r1mockOptions: { scenario: 'grace', clock: '2026-03-10T12:00:00Z' } })

  test.concurrent('each test has a sandbox', async ({ r1mock }) => {
    expect(r1mock.name).toMatch(/^each-test-has-a-sandbox-/)
    expect((await r1mock.now()).toISOString()).toBe('2026-03-10T12:00:00.000Z')
    await r1mock.advance('1d')
  })

  test.concurrent('and a clock', async ({ r1mock }) => {
    expect((await r1mock.clock()).now).toBe('2026-03-10T12:00:00Z')
    await fetch(`${r1mock.url}/banners`)
    await r1mock.verify({ path: '/banners', status: 200 }, 1)
  })
})

test('without options it is the server’s scenario', async ({ r1mock, r1mockServer }) => {
  expect(r1mock.url.startsWith(r1mockServer.url)).toBe(true)
  expect(await r1mock.control('GET', '/scenarios')).toMatchObject({ current: 'default' })
})
