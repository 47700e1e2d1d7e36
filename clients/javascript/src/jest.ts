// A sandbox for each test of a runner that has beforeEach, afterEach and afterAll as globals, such as Jest.

import { R1Mock, type SandboxOptions } from './client.js'
import { sharedServer, stopSharedServer } from './shared.js'

export * from './index.js'

type Hook = (body: () => Promise<void>) => void
declare const beforeEach: Hook
declare const afterEach: Hook
declare const afterAll: Hook

/**
 * Registers hooks that make a sandbox before each test of this file or `describe` block, and delete it afterwards.
 * The returned object always means the sandbox of the running test. Not for `test.concurrent`.
 */
export function useR1Mock(options: SandboxOptions = {}): R1Mock {
  const current = new R1Mock({ url: 'http://outside.a.test.invalid' })
  beforeEach(async () => current.moveTo(await (await sharedServer()).sandbox(options)))
  afterEach(() => current.close())
  afterAll(stopSharedServer)
  return current
}
