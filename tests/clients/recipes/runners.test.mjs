// The recipes of test runners, each run by its own runner.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bin, browser, expect, freePort, pageServer, recipes, run, shots, simulator, start } from './helpers.mjs';

let mock;
before(async () => (mock = await simulator()));
after(() => mock?.stop());

const own = (name) => ({ cwd: join(recipes, name), env: { R1MOCK_URL: mock.url } });

test('Playwright', async () => {
  const pages = await pageServer();
  try {
    const { cwd, env } = own('playwright');
    const output = ['--output', join(shots, 'playwright')];
    const said = await run(bin('playwright'), ['test', ...output], { cwd, env: { ...env, PAGE_URL: pages.url } });
    assert.match(said, /4 passed/);
  } finally {
    await pages.stop();
  }
});

test('Jest', async () => {
  assert.match(await run(bin('jest'), [], own('jest')), /Tests: +5 passed, 5 total/);
});

test('MSW', async () => {
  assert.match(await run('node', ['--test', 'licences.test.mjs'], own('msw')), /pass 2\b/);
});

test('Storybook', async () => {
  const port = await freePort();
  const book = await start(bin('storybook'), ['dev', '--ci', '--host', '127.0.0.1', '--port', port, '--exact-port', '--disable-telemetry'], {
    ...own('storybook'),
    says: /Local:/,
  });
  const chrome = await browser();
  try {
    const story = async (id, ...texts) => {
      const { page, close } = await chrome.open(`http://127.0.0.1:${port}/iframe.html?viewMode=story&id=${id}`);
      await expect(page.getByRole('listitem')).toHaveText(texts);
      await page.screenshot({ path: join(shots, `storybook-${id}.png`) });
      await close();
    };
    await story('banners--mixed', /INITIAL/, /GRACE_PERIOD/, /CLOSE_TO_EXPIRATION/, /AFTER_GRACE_PERIOD/, /RA_BELOW_90/);
    await story('banners--expiring', /INITIAL/, /CLOSE_TO_EXPIRATION/, /INITIAL/);
    await story('banners--three-months-later', /^40 .*AFTER_GRACE/, /^20 .*AFTER_GRACE/, /^100 .*AFTER_GRACE/);
    await story('banners--out-of-order', 'The service is not available.');
  } finally {
    await chrome.close();
    await book.stop();
  }
});

// Cypress needs a program that its package fetches when it is installed, so that only its files are read here.
test('Cypress: the files are JavaScript', async () => {
  const files = readdirSync(join(recipes, 'cypress'), { recursive: true }).filter((name) => name.endsWith('.js'));
  assert.equal(files.length, 3);
  for (const file of files) await run('node', ['--check', join('cypress', file)]);
});
