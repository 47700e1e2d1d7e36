// A sandbox for each test of node:test.

import type { TestContext } from 'node:test'

import type { R1Mock, SandboxOptions } from './client.js'
import { sandboxName, sharedServer } from './shared.js'

export * from './index.js'

/**
 * Wraps the body of a test, which gets a sandbox of its own; tests may run concurrently.
 *
 *     test('warns', withR1Mock({ scenario: 'expiring' }, async (r1mock, t) => { ... }))
 */
export function withR1Mock(
  options: SandboxOptions,
  body: (r1mock: R1Mock, context: TestContext) => Promise<void> | void
): (context: TestContext) => Promise<void> {
  return async (context) => {
    const r1mock = await (await sharedServer()).sandbox(options, sandboxName(context.name))
    try {
      await body(r1mock, context)
    } catch (error) {
      context.diagnostic(`requests to ${r1mock.url}:\n${await r1mock.describeRequests()}`)
      throw error
    } finally {
      await r1mock.close()
    }
  }
}
