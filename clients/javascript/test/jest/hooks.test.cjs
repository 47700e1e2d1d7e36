const { useR1Mock } = require('r1-entitlements-mock/jest')

const r1mock = useR1Mock({ scenario: 'grace', clock: '2026-03-10T12:00:00Z' })
const seen = new Set()

test.each([1, 2])('test %i has a sandbox of its own', async () => {
  seen.add(r1mock.name)
  expect((await r1mock.clock()).now).toBe('2026-03-10T12:00:00Z')
  await r1mock.advance('1d')
  await fetch(`${r1mock.url}/banners`)
  await r1mock.verify({ path: '/banners', status: 200 }, 1)
})

test('they were different ones', () => expect(seen.size).toBe(2))

describe('a block', () => {
  const inner = useR1Mock({ scenario: 'empty' })

  test('can have another', async () => {
    expect(await inner.control('GET', '/scenarios')).toMatchObject({ current: 'empty' })
    expect(inner.url).not.toBe(r1mock.url)
  })
})
