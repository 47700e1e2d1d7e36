// The console of servers that are started otherwise, or anew, in a real browser.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { MSP, REC, browser, curlLine, serve, until } from './helpers.mjs';

const run = promisify(execFile);
let mock, chrome, page, complaints, forgive, close;

before(async () => {
  chrome = await browser();
});
after(() => chrome?.close());
beforeEach(async () => {
  ({ page, complaints, forgive, close } = await chrome.page());
});
afterEach(async () => {
  await close();
  await mock?.stop();
  mock = undefined;
  assert.deepEqual(complaints, []);
});

const notice = (text) => page.locator('.notice', { hasText: text }).last().waitFor();
const button = (name) => page.getByRole('button', { name, exact: true });

test('from a port of its own the console refreshes, revokes, and lets operations be tried', async () => {
  mock = await serve('--control', '127.0.0.1:0', '--refresh-delay', '1h');
  assert.notEqual(mock.control, mock.base);
  await page.goto(mock.control);
  await page.getByRole('button', { name: 'Refresh licences' }).click();
  await notice('is accepted');
  await page.getByRole('progressbar').waitFor();
  // By what the vendor's port says.
  const rows = (await mock.get('/assignments', { 'x-rks-tenantid': MSP })).data;
  const { id } = rows.find((row) => row.status === 'VALID' && !row.trialAssignment);
  await button(`Revoke assignment ${id}`).click();
  await button(`Sure? Revoke assignment ${id}`).click();
  await notice(`Assignment ${id} is revoked`);
  const now = (await mock.get('/assignments', { 'x-rks-tenantid': MSP })).data;
  assert.equal(now.find((row) => row.id === id).status, 'REVOKED');
  const line = await curlLine(page, 'Northgate Managed Networks', 'Banners');
  const { stdout } = await run('sh', ['-c', line]);
  assert.ok(Array.isArray(JSON.parse(stdout)), stdout);

  await page.getByRole('link', { name: 'API docs' }).click();
  const one = page.locator('#op-getBanners_1');
  await one.getByText('Try it').click();
  await page.getByLabel('x-rks-tenantid').selectOption(REC);
  await one.getByRole('button', { name: 'Send' }).click();
  const { data } = await mock.get('/banners', { 'x-rks-tenantid': REC });
  assert.deepEqual(JSON.parse(await one.locator('.answer pre').innerText()), data);
  for (const path of ['/', '/_mock/clock']) assert.equal((await mock.get(path, { accept: 'text/html' })).status, 404);
});

test('without a control surface there is no console', async () => {
  mock = await serve('--control', 'off');
  const answer = await page.goto(mock.base);
  assert.equal(answer.status(), 404);
  assert.match(answer.headers()['content-type'], /json/);
  forgive(/404/);
});

test('a control token is asked for where one is set, a wrong one is told, and the docs ask for it too', async () => {
  mock = await serve('--control-token', 's3cret');
  await page.goto(`${mock.base}/_mock/console/docs.html`);
  await page.getByLabel(/^Control token/).fill('s3cret');
  await button('Continue').click();
  await page.getByLabel('x-rks-tenantid').selectOption(REC);
  assert.equal(await page.getByLabel(/^Control token/).count(), 0);

  await page.evaluate(() => sessionStorage.clear());
  await page.getByRole('link', { name: 'Console' }).click();
  await page.getByLabel('Control token').fill('guess');
  await button('Continue').click();
  await page.getByRole('alert').filter({ hasText: 'not the control token' }).waitFor();
  await page.getByLabel('Control token').fill('s3cret');
  await button('Continue').click();
  await page.locator('.meters').first().waitFor();
  await button('Freeze').click();
  await button('Resume').waitFor();
  forgive(/401/);
});

test('a page outlives a server that is started anew', async () => {
  mock = await serve();
  const address = new URL(mock.base).host;
  for (let n = 0; n < 3; n += 1) await mock.get('/banners');
  await page.goto(mock.base);
  await until('three requests', async () => (await page.locator('.requests > li').count()) === 3);
  await mock.stop();
  await page.locator('.live', { hasText: 'Not reachable' }).waitFor();
  mock = await serve('--listen', address, '--scenario', 'grace');
  // More than the old one had: its numbers are those of others.
  for (let n = 0; n < 5; n += 1) await mock.get('/mspBanners');
  await page.locator('.live', { hasText: 'Live' }).waitFor();
  await until('its requests', async () => (await page.locator('.requests .path', { hasText: '/mspBanners' }).count()) === 5);
  assert.equal(await page.locator('.requests .path', { hasText: '/banners' }).count(), 0);
  await until('its scenario', async () => (await page.locator('#scenario-select').inputValue()) === 'grace');
  forgive(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_NETWORK/);
});

test('of a long journal the latest are shown', async () => {
  mock = await serve();
  for (let n = 0; n < 11; n += 1) await Promise.all(Array.from({ length: 40 }, () => mock.get('/banners')));
  await mock.get('/nowhere');
  await page.goto(mock.base);
  const lines = page.locator('.requests > li');
  await until('the latest', async () => (await lines.count()) === 60);
  assert.match(await lines.first().innerText(), /\/nowhere/);
  await page.getByRole('button', { name: 'Show all 300' }).click();
  await until('all', async () => (await lines.count()) === 300);
  await mock.get('/anywhere');
  await lines.first().filter({ hasText: '/anywhere' }).waitFor();
  assert.equal(await lines.count(), 300);
});
