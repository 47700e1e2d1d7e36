// Each dev server with the proxy of its recipe: reads and the activity socket, both through it.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bin, freePort, recipes, REC, require, simulator, start } from './helpers.mjs';

const io = require('socket.io-client');
const cra = fileURLToPath(new URL('cra.cjs', import.meta.url));
const PAGE = readFileSync(new URL('../../../docs/RECIPES.md', import.meta.url), 'utf8');

let mock;
before(async () => (mock = await simulator()));
after(() => mock?.stop());

/** What a page reads and hears by way of the dev server at `url`, whose mock is the sandbox `own`. */
async function check(url, own) {
  const headers = { 'x-rks-tenantid': REC };
  const banners = await (await fetch(`${url}/banners`, { headers })).json();
  assert.deepEqual(banners, await (await fetch(`${own.url}/banners`, { headers })).json());
  assert.equal(banners.length, 5);
  // The command that the page shows.
  const kinds = (await (await fetch(`${url}/mspBanners`)).json()).map(({ type }) => type);
  assert.ok(PAGE.includes(`mspBanners | jq -c '[.[].type]'\n${JSON.stringify(kinds)}\n`), `docs/RECIPES.md does not show ${JSON.stringify(kinds)}`);
  // What is not in the list is the dev server's own business.
  await fetch(`${url}/userProfiles`);
  await own.verify({ path: '/userProfiles' }, { exactly: 0 });

  const socket = io(`${url}/activity?tenantId=${REC}`, {
    path: '/api/websocket/socket.io',
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    // As a browser does: webpack-dev-server refuses sockets of pages that are not its own.
    extraHeaders: { origin: url },
  });
  try {
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    const heard = [];
    const ended = new Promise((resolve) => {
      socket.on('activityChangedEvent', (text) => {
        const { status, useCase } = JSON.parse(text);
        heard.push(`${useCase}: ${status}`);
        if (status === 'SUCCESS') resolve();
      });
    });
    const accepted = await fetch(`${url}/entitlements/summaries?refresh=true`, { headers });
    assert.equal(accepted.status, 202);
    await own.advance('PT2S');
    await ended;
    assert.deepEqual(heard, ['Refresh License: IN_PROGRESS', 'Refresh License: SUCCESS']);
  } finally {
    socket.close();
  }
}

/** Starts a dev server whose target is a sandbox of its own, and checks it. */
async function through(serve) {
  process.env.R1MOCK_URL = mock.url;
  const own = await require('./mock.js').sandbox();
  const port = await freePort();
  const { stop } = await serve(port, own.url);
  try {
    await check(`http://127.0.0.1:${port}`, own);
  } finally {
    await stop();
    await own.remove();
  }
}

test('Vite', () =>
  through((port, R1MOCK_URL) =>
    start(bin('vite'), ['--host', '127.0.0.1', '--port', port, '--strictPort'], {
      cwd: join(recipes, 'vite'),
      env: { R1MOCK_URL },
      says: /Local:/,
    })));

test('webpack-dev-server', () =>
  through((port, R1MOCK_URL) =>
    start(bin('webpack'), ['serve', '--host', '127.0.0.1', '--port', port], {
      cwd: join(recipes, 'webpack'),
      env: { R1MOCK_URL },
      says: /compiled successfully/,
    })));

test('src/setupProxy.js, as react-scripts reads it', () =>
  through((port, R1MOCK_URL) =>
    start('node', [cra, port, join(recipes, 'cra/src/setupProxy.js')], {
      env: { R1MOCK_URL, NODE_PATH: join(recipes, 'node_modules') },
      says: /compiled successfully/,
    })));

test('Angular', async () => {
  const angular = join(recipes, 'angular');
  // JSON cannot read the environment: a copy, with the target of the day.
  const copy = mkdtempSync(join(angular, 'node_modules', '.proxy-'));
  try {
    await through((port, target) => {
      const proxy = readFileSync(join(angular, 'proxy.conf.json'), 'utf8');
      assert.ok(proxy.includes('"http://127.0.0.1:8080"'));
      writeFileSync(join(copy, 'proxy.conf.json'), proxy.replace('http://127.0.0.1:8080', target));
      return start(bin('ng', angular), ['serve', '--host', '127.0.0.1', '--port', port, '--proxy-config', join(copy, 'proxy.conf.json')], {
        cwd: angular,
        says: /Local:/,
      });
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
