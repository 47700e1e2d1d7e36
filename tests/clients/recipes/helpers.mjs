// Programs that listen, a browser that looks, and the packages of the recipes.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const recipes = fileURLToPath(new URL('../../../examples/recipes/', import.meta.url));
export const require = createRequire(join(recipes, 'package.json'));
/** Waits for what is expected, longer than is usual: the machine may be busy. */
export const expect = require('@playwright/test').expect.configure({ timeout: 20_000 });
export const bin = (name, at = recipes) => join(at, 'node_modules', '.bin', name);
export const MSP = 'a0000000000000000000000000000001';
export const REC = 'c0000000000000000000000000000001';
export const shots = process.env.SHOTS;

const CALM = { ...process.env, NO_COLOR: '1', CI: '1', NG_CLI_ANALYTICS: 'false', STORYBOOK_DISABLE_TELEMETRY: '1' };
delete CALM.NODE_TEST_CONTEXT;

/** Starts a program, and waits until it says something; what it says goes with it if it ends before. */
export function start(command, args, { says, cwd = recipes, env = {} }) {
  // A group of its own: dev servers have children.
  const child = spawn(command, args, { cwd, env: { ...CALM, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const signal = (name) => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, name);
  };
  const stop = async () => {
    signal('SIGTERM');
    const insist = setTimeout(signal, 5_000, 'SIGKILL');
    await gone;
    clearTimeout(insist);
  };
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk) => {
      said += chunk;
      const found = said.match(says);
      if (found) resolve({ found, stop });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    gone.then((code) => reject(new Error(`${command} ended with ${code}: ${said}`)));
  });
}

/** Runs a program to its end, which must be a good one. */
export async function run(command, args, { cwd = recipes, env = {} } = {}) {
  const child = spawn(command, args, { cwd, env: { ...CALM, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  assert.equal(code, 0, `${command} ${args.join(' ')} ended with ${code}:\n${said}`);
  return said;
}

/** The binary on a port of its own. */
export async function simulator(...args) {
  const { found, stop } = await start(process.env.MOCK_BINARY, ['--listen', '127.0.0.1:0', ...args], {
    says: /listening on (http:\S+)/,
  });
  return { url: found[1], stop };
}

/** The page of examples/recipes/page, at another origin than the simulator. */
export async function pageServer() {
  const { found, stop } = await start('node', ['page/serve.mjs', '0'], { says: /page at (http:\S+)/ });
  return { url: found[1], stop };
}

/** A port that was free a moment ago, for programs that cannot choose one themselves. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A browser with a profile of its own; `open` opens a page and notes what it complains of. */
export async function browser() {
  const { chromium } = require('@playwright/test');
  const profile = mkdtempSync(join(tmpdir(), 'recipes-'));
  const chrome = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', `--crash-dumps-dir=${profile}`],
  });
  return {
    async open(url) {
      const context = await chrome.newContext({ viewport: { width: 1100, height: 1400 }, reducedMotion: 'reduce' });
      const page = await context.newPage();
      const complaints = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.stack));
      page.setDefaultTimeout(20_000);
      await page.goto(url);
      return { page, complaints, close: () => context.close() };
    },
    async close() {
      await chrome.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
