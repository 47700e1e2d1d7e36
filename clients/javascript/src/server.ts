// A server: found at an address, or started from the binary.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { R1Mock, type SandboxOptions } from './client.js'
import { R1MockError } from './errors.js'

const COMMAND = process.platform === 'win32' ? 'r1-entitlements-mock.exe' : 'r1-entitlements-mock'
/** Milliseconds to wait for a server to be ready; it takes a few on an idle machine. */
const START_TIMEOUT = 20_000

export interface ServerOptions {
  /** Arguments for the server, such as `['--auth', 'required']`. */
  args?: string[]
  /** The binary to run instead of the one that `findBinary` returns. */
  binary?: string
  /** The server's `--control-token`, if it has one. Default: R1MOCK_CONTROL_TOKEN. */
  controlToken?: string
}

/** Path of the binary: R1MOCK_BIN, else the one in the package for this platform, else the first on PATH. */
export function findBinary(): string {
  const named = process.env['R1MOCK_BIN']
  if (named) {
    if (!existsSync(named)) throw new R1MockError(`R1MOCK_BIN is ${JSON.stringify(named)}, which does not exist`)
    return named
  }
  const platform = `r1-entitlements-mock-${process.platform}-${process.arch}`
  try {
    return createRequire(import.meta.url).resolve(`${platform}/bin/${COMMAND}`)
  } catch {
    // The package for this platform is not installed.
  }
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    // The package's own command would look for the binary in turn.
    if (directory && !directory.includes('node_modules') && existsSync(join(directory, COMMAND))) return join(directory, COMMAND)
  }
  throw new R1MockError(
    `there is no ${COMMAND}: neither R1MOCK_BIN nor the package ${platform} nor PATH has one; ` +
      'or set R1MOCK_URL to the address of a running server'
  )
}

/** A running server, on which sandboxes can be made. */
export class Server {
  readonly #process: ChildProcess | undefined
  readonly #controlToken: string | undefined

  private constructor(
    /** The base address of the server. */
    readonly url: string,
    controlToken?: string,
    process?: ChildProcess
  ) {
    this.#controlToken = controlToken
    this.#process = process
  }

  /** The server at R1MOCK_URL; if that is not set, a new one. */
  static async findOrStart(options: ServerOptions = {}): Promise<Server> {
    const url = process.env['R1MOCK_URL']
    return url ? Server.at(url, options.controlToken) : Server.start(options)
  }

  /** A server that is running already. */
  static async at(url: string, controlToken = process.env['R1MOCK_CONTROL_TOKEN'] || undefined): Promise<Server> {
    const server = new Server(url.replace(/\/+$/, ''), controlToken)
    try {
      await server.root.control('GET', '/health')
    } catch (error) {
      throw new R1MockError(`no r1-entitlements-mock answers at ${url}: ${(error as Error).message}`)
    }
    return server
  }

  /** Starts a server on a free port of 127.0.0.1. It ends with `stop()`, or with this process. */
  static async start(options: ServerOptions = {}): Promise<Server> {
    const directory = await mkdtemp(join(tmpdir(), 'r1mock-'))
    try {
      const { url, child } = await launch(options, join(directory, 'ready.json'))
      return new Server(url, options.controlToken ?? (process.env['R1MOCK_CONTROL_TOKEN'] || undefined), child)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  }

  /** The system at the root of the server, which all its users share. */
  get root(): R1Mock {
    return new R1Mock(this.#address)
  }

  /** Makes a sandbox. */
  sandbox(options: SandboxOptions = {}, name?: string): Promise<R1Mock> {
    return R1Mock.create(this.#address, options, name)
  }

  get #address(): { url: string; controlToken?: string } {
    return { url: this.url, ...(this.#controlToken === undefined ? {} : { controlToken: this.#controlToken }) }
  }

  /** Ends the server, if this object started it. */
  async stop(): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.ref()
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await Promise.race([ended, sleep(5_000, undefined, { ref: false }).then(() => child.kill('SIGKILL'))])
  }
}

async function launch(options: ServerOptions, ready: string): Promise<{ url: string; child: ChildProcess }> {
  const binary = options.binary ?? findBinary()
  const args = ['--listen', '127.0.0.1:0', '--ready-file', ready, ...(options.args ?? [])]
  // It ends with this process, also if that is killed.
  const env = { ...process.env, R1MOCK_DIE_WITH_PARENT: 'true' }
  const child = spawn(binary, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  let failed: Error | undefined
  child.on('error', (error) => (failed = error))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-10_000)))
  const kill = (): void => void child.kill('SIGTERM')
  process.on('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  for (const until = Date.now() + START_TIMEOUT; ; await sleep(5)) {
    const url = await address(ready)
    if (url) {
      // Neither the server nor its log keeps this process alive.
      child.unref()
      ;(child.stderr as unknown as { unref(): void }).unref()
      return { url, child }
    }
    if (failed || child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL')
      throw new R1MockError(`the server did not start: ${[binary, ...args].join(' ')}\n${failed?.message ?? said.trim()}`)
    }
  }
}

/** The address in a ready file; undefined while the file is not there or not complete. */
async function address(ready: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(ready, 'utf8')) as { baseUrl: string }).baseUrl
  } catch {
    return undefined
  }
}
