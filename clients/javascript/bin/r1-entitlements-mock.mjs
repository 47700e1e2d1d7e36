#!/usr/bin/env node
// Runs the binary of the package for this platform, with the same arguments, streams, signals and exit code.

import { spawn } from 'node:child_process'

import { findBinary } from '../dist/index.js'

let binary
try {
  binary = findBinary()
} catch (error) {
  console.error(`r1-entitlements-mock: ${error.message}`)
  process.exit(1)
}
const child = spawn(binary, process.argv.slice(2), { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  console.error(`r1-entitlements-mock: ${binary}: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  } else {
    process.exit(code ?? 1)
  }
})
