// The package's command.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

const command = 'node_modules/.bin/r1-entitlements-mock'

test('it gives on the exit code and the output', () => {
  assert.match(spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout, /^r1-entitlements-mock \d/)
  const refused = spawnSync(command, ['--scenario', 'defalt'], { encoding: 'utf8' })
  assert.notEqual(refused.status, 0)
  assert.match(refused.stderr, /did you mean "default"/)
})

test('it stops at a signal', async () => {
  const child = spawn(command, ['--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  assert.match(line, /listening on/)
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})
