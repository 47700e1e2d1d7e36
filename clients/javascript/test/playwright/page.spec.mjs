import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'r1-entitlements-mock/playwright'

test.describe('a page', () => {
  test.use({ r1mockOptions: { scenario: 'expiring', clock: '2026-03-10T12:00:00Z' } })

  test('shows what the sandbox answers, also after days', async ({ page, r1mock }) => {
    await page.goto(r1mock.url + '/_mock/health')
    const types = () => page.evaluate(async (url) => (await (await fetch(url)).json()).map((row) => row.type), `${r1mock.url}/banners`)
    expect(await types()).toContain('INITIAL')
    await r1mock.advance('90d')
    expect(await types()).toContain('AFTER_GRACE_PERIOD')
    await r1mock.verify({ path: '/banners' }, 2)
  })
})

test('the client runs inside a page of this machine', async ({ page, r1mock }) => {
  const directory = new URL('.', import.meta.resolve('r1-entitlements-mock/client'))
  const pages = createServer(async (request, response) => {
    if (request.url === '/') return response.setHeader('content-type', 'text/html').end('<title>page</title>')
    try {
      const file = await readFile(fileURLToPath(new URL(request.url.slice(1), directory)))
      response.setHeader('content-type', 'text/javascript').end(file)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise((resolve) => pages.listen(0, '127.0.0.1', resolve))
  await page.goto(`http://127.0.0.1:${pages.address().port}/`)
  const { url, name } = r1mock
  const now = await page.evaluate(
    async ([server, sandbox]) => {
      const { R1Mock } = await import('/client.js')
      const mock = new R1Mock({ url: server, sandbox })
      await mock.freeze('2026-03-10T12:00:00Z')
      return (await mock.advance('1d')).now
    },
    [url.replace(`/sandboxes/${name}`, ''), name]
  )
  pages.close()
  expect(now).toBe('2026-03-11T12:00:00Z')
  expect((await r1mock.clock()).now).toBe(now)
})
