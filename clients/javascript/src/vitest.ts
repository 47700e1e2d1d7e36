// Fixtures for Vitest.

import { test as base } from 'vitest'

import type { R1Mock, SandboxOptions } from './client.js'
import type { Server } from './server.js'
import { sandboxName, sharedServer, stopSharedServer } from './shared.js'

export * from './index.js'

/** What the fixtures are called. */
export interface R1MockFixtures {
  /** What the sandbox of a test starts as; set it with `test.override` or `test.scoped`. */
  r1mockOptions: SandboxOptions
  /** The server of this test file. */
  r1mockServer: Server
  /** A sandbox for one test. */
  r1mock: R1Mock
}

/** Vitest's `test`, with the fixtures `r1mock`, `r1mockOptions` and `r1mockServer`. */
export const test = base.extend<R1MockFixtures>({
  r1mockOptions: {} as SandboxOptions,
  r1mockServer: [
    async ({}, use: (server: Server) => Promise<void>) => {
      await use(await sharedServer())
      await stopSharedServer()
    },
    { scope: 'file' }
  ],
  r1mock: async ({ r1mockServer, r1mockOptions, task, onTestFailed }, use) => {
    const r1mock = await r1mockServer.sandbox(r1mockOptions, sandboxName(task.name))
    let requests = ''
    onTestFailed(() => console.error(`requests to ${r1mock.url}:\n${requests}`))
    await use(r1mock)
    requests = await r1mock.describeRequests()
    await r1mock.close()
  }
})

export const it = test
