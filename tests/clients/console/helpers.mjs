// The binary on a port of its own, and a browser that looks at it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const MSP = 'a0000000000000000000000000000001';
export const REC = 'c0000000000000000000000000000001';
export const shots = process.env.SHOTS;

/** Starts the binary; resolves when it says where it listens. */
export function serve(...args) {
  const server = spawn(process.env.MOCK_BINARY, [...(args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']), '--log', 'json', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    server.stdout.on('data', (chunk) => {
      said += chunk;
      const [base, control] = [said.match(/listening on (http:\S+)/)?.[1], said.match(/surface on (http:.*)\/_mock/)?.[1]];
      // The last line of what it says.
      if (said.includes('\ntry: ')) resolve({ base, control, stop: () => stopped(server), ...client(base) });
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}

function stopped(server) {
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  return gone;
}

/** The server's own word on things, apart from the page's. */
const client = (base) => ({
  async get(path, headers = {}) {
    const answer = await fetch(base + path, { headers: { accept: 'application/json', ...headers } });
    return { status: answer.status, data: await answer.json().catch(() => undefined) };
  },
  async send(method, path, body) {
    const answer = await fetch(base + path, { method, body: body && JSON.stringify(body) });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  },
});

/** A browser with a profile of its own; `page` opens a page and notes what it complains of. */
export async function browser() {
  const profile = mkdtempSync(join(tmpdir(), 'console-'));
  const chrome = await chromium.launch({ executablePath: process.env.CHROMIUM, args: [...ARGS, `--crash-dumps-dir=${profile}`] });
  return {
    async page(options = {}) {
      const context = await chrome.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      const page = await context.newPage();
      const complaints = [];
      const forgiven = [];
      const complain = (text) => forgiven.some((pattern) => pattern.test(text)) || complaints.push(text);
      /** What a test means to happen; a browser may tell of it later than the page shows it. */
      const forgive = (pattern) => {
        forgiven.push(pattern);
        for (const text of complaints.splice(0)) complain(text);
      };
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complain(`${message.text()} ${message.location().url}`);
      });
      page.on('pageerror', (error) => complain(error.stack));
      page.setDefaultTimeout(10_000);
      return { page, complaints, forgive, close: () => context.close() };
    },
    async close() {
      await chrome.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Waits until something holds, however long it takes within reason; never for a fixed time. */
export async function until(what, holds) {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const found = await holds();
    if (found) return found;
    assert.ok(Date.now() < deadline, `waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What a button copies: it takes a moment, and there may be something else on the clipboard before. */
export async function copied(page, button) {
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await button.click();
  return until('the clipboard', () => page.evaluate(() => navigator.clipboard.readText()));
}
