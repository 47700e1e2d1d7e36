import { Server } from './server.js'

let running: Promise<Server> | undefined

/** The server of this process: the one at R1MOCK_URL, or one that is started at the first call and ends with the process. */
export function sharedServer(): Promise<Server> {
  running ??= Server.findOrStart()
  return running
}

/** Ends the server of this process, if there is one; the next call of `sharedServer` starts another. */
export async function stopSharedServer(): Promise<void> {
  const server = running
  running = undefined
  await (await server)?.stop()
}

/** A sandbox name that shows the test's, unique by its end. */
export function sandboxName(test: string): string {
  const plain = test.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 48).replace(/^-+|-+$/g, '')
  return `${plain || 'test'}-${crypto.randomUUID().slice(0, 8)}`
}
