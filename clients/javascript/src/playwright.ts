// Fixtures for Playwright.

import { test as base } from '@playwright/test'

import type { R1Mock, SandboxOptions } from './client.js'
import { Server } from './server.js'
import { sandboxName } from './shared.js'

export * from './index.js'
export { expect } from '@playwright/test'

/** What the fixtures of a test are called. */
export interface R1MockFixtures {
  /** What the sandbox of a test starts as; set it with `test.use` or in the configuration. */
  r1mockOptions: SandboxOptions
  /** A sandbox for one test. */
  r1mock: R1Mock
}

/** What the fixtures of a worker are called. */
export interface R1MockWorkerFixtures {
  /** The server of this worker: the one at R1MOCK_URL, or one that is started. */
  r1mockServer: Server
}

/** Playwright's `test`, with the fixtures `r1mock`, `r1mockOptions` and `r1mockServer`. */
export const test = base.extend<R1MockFixtures, R1MockWorkerFixtures>({
  r1mockOptions: [{}, { option: true }],
  r1mockServer: [
    async ({}, use) => {
      const server = await Server.findOrStart()
      await use(server)
      await server.stop()
    },
    { scope: 'worker' }
  ],
  r1mock: async ({ r1mockServer, r1mockOptions }, use, info) => {
    const r1mock = await r1mockServer.sandbox(r1mockOptions, sandboxName(info.title))
    await use(r1mock)
    if (info.status !== info.expectedStatus) {
      await info.attach('requests to the simulator', { body: await r1mock.describeRequests(), contentType: 'text/plain' })
    }
    await r1mock.close()
  }
})
