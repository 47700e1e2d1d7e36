// The requests as they are made.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { REC, copied, onePage, until } from './helpers.mjs';

const run = promisify(execFile);
const it = onePage();
const lines = () => it.page.locator('.requests > li');

test('requests are shown as they are made, in full on demand, and filtered', async () => {
  await it.open();
  await it.mock.get('/banners?type=WIFI', { 'x-rks-tenantid': REC });
  await it.mock.get('/nowhere');
  await until('two requests', async () => (await lines().count()) === 2);
  const one = lines().filter({ hasText: '/banners' });
  await one.locator('summary').click();
  await it.page.locator('.requests dt', { hasText: 'x-rks-tenantid' }).waitFor();
  await it.page.locator('.requests pre').first().waitFor();

  const line = await copied(it.page, it.button('Copy as curl: GET /banners'));
  const { stdout } = await run('sh', ['-c', line]);
  assert.ok(Array.isArray(JSON.parse(stdout)), stdout);
  await until('the third', async () => (await lines().count()) === 3);
  assert.equal(await one.last().locator('dl').first().isVisible(), true, 'what was opened stays open');

  await it.page.getByLabel('Only unmatched').check();
  await until('one unmatched', async () => (await lines().count()) === 1);
  await it.page.getByLabel('Only unmatched').uncheck();
  await it.page.getByLabel('Filter requests').fill('banners');
  await until('two of banners', async () => (await lines().count()) === 2);
});

test('the list is paused, goes on, and is cleared here or by others', async () => {
  await it.open();
  await it.mock.get('/banners');
  await until('one', async () => (await lines().count()) === 1);
  await it.button('Pause').click();
  await it.mock.get('/mspBanners');
  await it.button('Next day').click();
  await it.notice('It is Wed');
  assert.equal(await lines().count(), 1, 'it pauses');
  await it.button('Pause').click();
  await until('the second', async () => (await lines().count()) === 2);
  await it.button('Clear').first().click();
  await it.notice('The journal is empty');
  assert.equal(await lines().count(), 0);
  assert.equal((await it.mock.get('/_mock/requests')).data.requests.length, 0);
  await it.mock.get('/banners');
  await until('one', async () => (await lines().count()) === 1);
  await it.mock.send('DELETE', '/_mock/requests');
  await until('none', async () => (await lines().count()) === 0);
});

test('the requests are downloaded as an HTTP archive', async () => {
  await it.open();
  await it.mock.get('/banners');
  const [download] = await Promise.all([it.page.waitForEvent('download'), it.button('Download HAR').click()]);
  assert.equal(download.suggestedFilename(), 'requests.har');
  const { log } = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.match(log.entries[0].request.url, /\/banners$/);
});

test('nothing that the pages do stands in the journal', async () => {
  await it.open();
  for (const path of ['/_mock/console/docs.html', '/_mock/console/docs.html?surface=control', '/_mock/deprecations/about', '/']) {
    await it.page.goto(it.mock.base + path);
    await it.page.locator('.operation, .guide h2, .meters').first().waitFor();
  }
  assert.deepEqual((await it.mock.get('/_mock/requests')).data.requests, []);
});
