// The binary on a port of its own, and a browser that looks at it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach } from 'node:test';
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

export const START = '2026-03-10T12:00:00Z';
export const MSP = 'a0000000000000000000000000000001';
export const REC = 'c0000000000000000000000000000001';
export const shots = process.env.SHOTS;
/** The longest that anything may take, on however busy a machine. Nothing waits for as long as that if it works. */
const PATIENCE = 30_000;
/** A cold browser takes much longer to start than anything else here takes. */
const START_PATIENCE = 180_000;

/** Starts the binary; resolves when it says where it listens. */
export function serve(...args) {
  const server = spawn(process.env.MOCK_BINARY, [...(args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']), '--log', 'json', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const hasOther = args.some((arg, index) => args[index - 1] === '--control' && arg !== 'off');
  return new Promise((resolve, reject) => {
    let said = '';
    server.stdout.on('data', (chunk) => {
      said += chunk;
      const [base, control] = [said.match(/"baseUrl":"(http:[^"]+)"/)?.[1], said.match(/"controlUrl":"(http:[^"]+)\/_mock"/)?.[1]];
      if (base && (control || !hasOther)) resolve({ base, control, stop: () => stopped(server), ...client(base) });
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

/** What the server itself says, apart from the page. */
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

/** A browser with a profile of its own; `page` opens a page and records what it complains of. */
export async function browser() {
  const profile = mkdtempSync(join(tmpdir(), 'console-'));
  const chrome = await chromium.launch({ executablePath: process.env.CHROMIUM, args: [...ARGS, `--crash-dumps-dir=${profile}`], timeout: START_PATIENCE });
  return {
    async page(options = {}) {
      const context = await chrome.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      if (process.env.ASSETS) await serveAssets(context, process.env.ASSETS);
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      const page = await context.newPage();
      const complaints = [];
      const forgiven = [];
      const complain = (text) => forgiven.some((pattern) => pattern.test(text)) || complaints.push(text);
      /** What a test provokes on purpose; the browser may report it later than the page shows it. */
      const forgive = (pattern) => {
        forgiven.push(pattern);
        for (const text of complaints.splice(0)) complain(text);
      };
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complain(`${message.text()} ${message.location().url}`);
      });
      page.on('pageerror', (error) => complain(error.stack));
      page.setDefaultTimeout(PATIENCE);
      return { page, complaints, forgive, close: () => context.close() };
    },
    async close() {
      await chrome.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Scripts and styles from a directory instead of the binary's: for work on them without a build each time. */
const serveAssets = (context, directory) =>
  context.route(/\/_mock\/console\/[a-z-]+\.(js|css)$/, (route) => route.fulfill({ path: join(directory, new URL(route.request().url()).pathname.split('/').at(-1)) }));

/** Waits until something holds; never for a fixed time. */
export async function until(what, holds) {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const found = await holds();
    if (found) return found;
    assert.ok(Date.now() < deadline, `waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What a button copies. The clipboard is emptied before, because something may be on it. */
export async function copied(page, button) {
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await button.click();
  return until('the clipboard', () => page.evaluate(() => navigator.clipboard.readText()));
}

/** A line of a panel's menu "Copy as curl". */
export async function curlLine(page, panel, line) {
  await page.locator(`summary[aria-label="Copy as curl: ${panel}"]`).click();
  return copied(page, page.locator('.menu[open]').getByRole('button', { name: line, exact: true }));
}

/**
 * One server for the tests of a file, in the same state before each of them, and a page for each test. Whatever the
 * browser complains of fails the test.
 */
export function onePage(...args) {
  const it = {};
  let chrome, close, complaints;
  before(async () => {
    it.mock = await serve('--scenario', 'default', '--refresh-delay', '1h', ...args);
    chrome = await browser();
  });
  after(async () => {
    await chrome?.close();
    await it.mock?.stop();
  });
  beforeEach(async () => {
    const { mock } = it;
    await mock.send('POST', '/_mock/scenarios/default/load');
    await mock.send('POST', '/_mock/clock/freeze', { at: START });
    await mock.send('POST', '/_mock/reset', { keep: ['clock'] });
    await mock.send('DELETE', '/_mock/deprecations');
    ({ page: it.page, complaints, forgive: it.forgive, close } = await chrome.page());
  });
  afterEach(async () => {
    await close();
    assert.deepEqual(complaints, []);
  });
  return Object.assign(it, {
    async open(path = '/') {
      await it.page.goto(it.mock.base + path);
      await it.page.locator('.meters').first().waitFor();
    },
    button: (name) => it.page.getByRole('button', { name, exact: true }),
    dialog: () => it.page.getByRole('dialog'),
    /** A field of the open form. By its label's own text: the options of a list are not part of it. */
    field: (label) => it.dialog().locator('label').filter({ has: it.page.locator('span, code').getByText(label, { exact: true }) }).locator('input, select'),
    press: (name) => it.dialog().getByRole('button', { name, exact: true }).click(),
    notice: (text) => it.page.locator('.notice', { hasText: text }).last().waitFor(),
    select: (name) => it.page.locator('.tenant', { hasText: name }).click(),
    clock: async () => (await it.mock.get('/_mock/clock')).data,
    as: async (tenant, path) => (await it.mock.get(path, { 'x-rks-tenantid': tenant })).data,
    curlLine: (panel, line) => curlLine(it.page, panel, line),
  });
}
