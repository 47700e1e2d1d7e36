// Every button of the console does what it says, in a real browser, and the browser has nothing to complain of.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { MSP, REC, browser, copied, serve, until } from './helpers.mjs';

const START = '2026-03-10T12:00:00Z';
const run = promisify(execFile);
let mock, chrome, page, complaints, forgive, close;
/** What this server can: parts that are not built in are told so by the page. */
let has;

before(async () => {
  [mock, chrome] = await Promise.all([serve('--scenario', 'default', '--refresh-delay', '1h'), browser()]);
  const can = async (path) => (await mock.get(path)).status === 200;
  has = { journal: await can('/_mock/requests'), faults: await can('/_mock/faults') };
});
after(async () => {
  await chrome?.close();
  await mock?.stop();
});

beforeEach(async () => {
  await mock.send('POST', '/_mock/scenarios/default/load');
  await mock.send('POST', '/_mock/clock/freeze', { at: START });
  await mock.send('POST', '/_mock/reset', { keep: ['clock'] });
  ({ page, complaints, forgive, close } = await chrome.page());
});
afterEach(async () => {
  await close();
  // A part that is missing is a 404, which browsers report by themselves.
  const missing = /404.*\/_mock\/(requests|faults|events)/;
  const real = complaints.filter((text) => (has.journal && has.faults) || !missing.test(text));
  assert.deepEqual(real, []);
});

async function open(path = '/') {
  await page.goto(mock.base + path);
  await page.locator('.meters').first().waitFor();
}

const button = (name, options = {}) => page.getByRole('button', { name, exact: true, ...options });
const clock = async () => (await mock.get('/_mock/clock')).data;
const notice = (text) => page.locator('.notice', { hasText: text }).last().waitFor();
const select = (name) => page.locator('.tenant', { hasText: name }).click();

test('the page shows what the server holds', async () => {
  await open();
  const { data } = await mock.get('/_mock/console/overview');
  const names = await page.locator('.tenant strong').allTextContents();
  assert.deepEqual([...names].sort(), data.tenants.map((tenant) => tenant.name).sort());
  assert.equal(await page.locator('.tenant[aria-current]').innerText().then((text) => text.split('\n')[0]), 'Northgate Managed Networks');
  assert.equal(await page.locator('#now .time').innerText(), '12:00:00');
  assert.match(await page.title(), /default/);
  const bar = page.getByRole('meter', { name: 'Use of Dunmore Logistics' });
  const rec = data.tenants.find(({ id }) => id === REC);
  assert.equal(await bar.getAttribute('aria-valuetext'), `${rec.used} of ${rec.total}`);
});

test('a tenant is chosen, and its banners, use and expiry are shown', async () => {
  await open();
  await select('Dunmore Logistics');
  await page.getByRole('heading', { name: 'Dunmore Logistics' }).waitFor();
  const { data } = await mock.get('/banners', { 'x-rks-tenantid': REC });
  await until('banners', async () => (await page.locator('.banner').count()) === data.length);
  const types = await page.locator('.banner code').allTextContents();
  assert.deepEqual([...types].sort(), data.map((row) => row.type).sort());
  const drawing = page.getByRole('img', { name: /^Expiry of \d+ purchases/ });
  assert.ok((await drawing.locator('rect.span').count()) >= data.length);
});

test('a tenant without entitlement ID says so', async () => {
  await open();
  await select('Eastfield Workshops');
  await page.getByText('answered with 417').waitFor();
});

test('the clock: next day, next event, next banner', async () => {
  await open();
  await button('Put the clock forward by one day').click();
  await notice('It is Wed 11 Mar 2026');
  assert.equal((await clock()).now, '2026-03-11T12:00:00Z');
  assert.match(await page.locator('#now').innerText(), /11 Mar 2026/);

  const { next } = await clock();
  await button('Put the clock forward to the next thing that happens by itself').click();
  await until('next event', async () => (await clock()).now === next.at);

  const before = (await clock()).now;
  await page.getByRole('button', { name: 'Next banner' }).click();
  await until('next banner', async () => (await clock()).now > before);
  await notice('banner of');
});

test('the clock: freeze, resume, set', async () => {
  await open();
  await button('Resume').click();
  await button('Freeze').waitFor();
  assert.equal((await clock()).frozen, false);
  const shown = await page.locator('#now .time').innerText();
  await until('the face goes on', async () => (await page.locator('#now .time').innerText()) !== shown);
  await button('Freeze').click();
  await button('Resume').waitFor();
  assert.equal((await clock()).frozen, true);

  await page.getByText('Set…').click();
  await page.getByLabel('Date and time in UTC').fill('2027-01-31T08:15:30');
  await button('Set').click();
  await notice('The clock shows 31 Jan 2027');
  assert.equal(await button('Set').isVisible(), false, 'it closes again');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Set…', 'and the focus is back');
  assert.equal((await clock()).now, '2027-01-31T08:15:30Z');
});

test('scenarios are loaded, and reset goes back to their start', async () => {
  await open();
  await page.getByRole('combobox', { name: 'Scenario', exact: true }).selectOption('expiring');
  await button('Load').click();
  await notice('Scenario expiring is loaded');
  assert.equal((await mock.get('/_mock/scenarios')).data.current, 'expiring');

  const { data } = await mock.get('/assignments', { 'x-rks-tenantid': MSP });
  await fetch(`${mock.base}/assignments`, { method: 'DELETE', headers: { 'x-rks-tenantid': MSP }, body: JSON.stringify([{ assignmentId: data[0].id }]) });
  await button('Back to the start of the scenario; the clock stays').click();
  await notice('Back to the start');
  const again = await mock.get('/assignments', { 'x-rks-tenantid': MSP });
  assert.equal(again.data[0].status, 'VALID');
});

test('an assignment is revoked, after a second thought', async () => {
  await open();
  const rows = (await mock.get('/assignments', { 'x-rks-tenantid': MSP })).data;
  const { id } = rows.find((row) => row.status === 'VALID' && !row.trialAssignment);
  await page.getByRole('button', { name: `Revoke assignment ${id}` }).click();
  const status = async () => (await mock.get('/assignments', { 'x-rks-tenantid': MSP })).data.find((row) => row.id === id).status;
  assert.equal(await status(), 'VALID', 'once is not enough');
  await page.getByRole('button', { name: `Really revoke assignment ${id}?` }).click();
  await notice(`Assignment ${id} is revoked`);
  assert.equal(await status(), 'REVOKED');
  await page.locator('tr', { hasText: String(id) }).getByText('revoked').waitFor();
});

test('a refusal is told in the words of the server', async () => {
  await open();
  const rows = (await mock.get('/assignments', { 'x-rks-tenantid': MSP })).data;
  const { id } = rows.find((row) => row.status === 'VALID' && !row.trialAssignment);
  await page.route('**/assignments', (route) =>
    route.fulfill({ status: 409, json: { success: false, errorBrief: 'X', errorMessage: 'No such luck.' } }),
  );
  await page.getByRole('button', { name: `Revoke assignment ${id}` }).click();
  await page.getByRole('button', { name: `Really revoke assignment ${id}?` }).click();
  await page.getByRole('alert').filter({ hasText: '409: No such luck.' }).waitFor();
  forgive(/409/);
});

test('a refresh runs, is held, released, completed; another one fails', async () => {
  await open();
  const running = async () => (await mock.get('/_mock/activities')).data.at(-1);
  await page.getByRole('button', { name: /^Refresh the licences/ }).click();
  await page.getByRole('progressbar').waitFor();
  const first = await running();
  await page.getByRole('button', { name: /^Hold activity/ }).click();
  await page.getByText('waits for you').waitFor();
  assert.equal((await running()).due, undefined);
  await page.getByRole('button', { name: /^Release activity/ }).click();
  await page.getByRole('button', { name: /^Hold activity/ }).waitFor();
  assert.ok((await running()).due);
  await page.getByRole('button', { name: /^Complete activity/ }).click();
  await page.locator('.activities .chip.success').waitFor();
  assert.equal((await running()).status, 'SUCCESS');

  await page.getByRole('button', { name: /^Refresh the licences/ }).click();
  await page.getByRole('button', { name: /^Fail activity/ }).click();
  await page.locator('.activities .chip.fail').waitFor();
  assert.equal((await running()).status, 'FAIL');
  assert.notEqual((await running()).requestId, first.requestId);
});

test('how refreshes go can be chosen', async () => {
  await open();
  await page.getByLabel('Refreshes will').selectOption('fail');
  await notice('Refreshes will fail');
  await page.getByLabel('and end').selectOption('hand');
  await notice('Refreshes end by hand');
  const { data } = await mock.get('/_mock/activities/policy');
  assert.deepEqual([data.outcome, data.progress], ['fail', 'hand']);
});

test('what others do is shown without a reload', async () => {
  await open();
  await mock.send('POST', '/_mock/clock/advance', { by: 'P1D' });
  await until('the new day', async () => /11 Mar/.test(await page.locator('#now').innerText()));
  await mock.get('/entitlements/summaries?refresh=true', { 'x-rks-tenantid': REC });
  await page.getByRole('progressbar').waitFor();
});

test('focus stays where it was when the page changes', async () => {
  await open();
  const next = button('Put the clock forward by one day');
  await next.focus();
  await page.keyboard.press('Enter');
  await notice('It is Wed 11 Mar 2026');
  await page.keyboard.press('Enter');
  await until('another day', async () => (await clock()).now.startsWith('2026-03-12'));
  assert.equal(await page.evaluate(() => document.activeElement.dataset.key), 'next-day');
});

test('the page can be walked through by keyboard, and focus is seen', async () => {
  await open();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the tenant');
  for (let n = 0; n < 12; n += 1) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(seen, 'solid', await page.evaluate(() => document.activeElement.outerHTML.slice(0, 100)));
  }
});

test('everything that can be pressed has a name, every field a label', async () => {
  await open();
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll('button, a, select, input, summary, [role=meter], [role=img], progress')]
      .filter((node) => node.checkVisibility())
      .filter((node) => !(node.getAttribute('aria-label') ?? '') && !(node.textContent ?? '').trim() && !(node.labels?.length > 0))
      .map((node) => node.outerHTML.slice(0, 120)),
  );
  assert.deepEqual(nameless, []);
  const landmarks = await page.evaluate(() => ['header', 'main', 'nav', 'footer', 'h1'].filter((name) => !document.querySelector(name)));
  assert.deepEqual(landmarks, []);
});

test('curl lines that are copied work', async () => {
  await open();
  for (const label of ['clock', 'tenants', 'banners', 'summaries', 'entitlements', 'assignments', 'activities']) {
    const line = await copied(page, page.getByRole('button', { name: `Copy as curl: ${label}`, exact: true }));
    assert.match(line, /^curl -sS '/);
    const { stdout } = await run('sh', ['-c', line]);
    assert.ok(JSON.parse(stdout), line);
  }
  const loads = await copied(page, page.getByRole('button', { name: 'Copy as curl: load this scenario', exact: true }));
  const { stdout } = await run('sh', ['-c', `${loads} -o /dev/null -w '%{http_code}'`]);
  assert.equal(stdout, '204');
});

test('requests come into the journal as they are made', async (t) => {
  if (!has.journal) return t.skip('this server has no journal');
  await open();
  await mock.get('/banners?type=WIFI', { 'x-rks-tenantid': REC });
  await mock.get('/nowhere');
  const lines = page.locator('.requests > li');
  await until('two requests', async () => (await lines.count()) === 2);
  await lines.filter({ hasText: '/banners' }).locator('summary').click();
  await page.locator('.requests dt', { hasText: 'x-rks-tenantid' }).waitFor();
  await page.locator('.requests pre').first().waitFor();

  const line = await copied(page, page.getByRole('button', { name: 'Copy as curl: GET /banners', exact: true }));
  const { stdout } = await run('sh', ['-c', line]);
  assert.ok(Array.isArray(JSON.parse(stdout)), stdout);
  await until('the third', async () => (await lines.count()) === 3);

  await page.getByLabel('Only unmatched').check();
  await until('one unmatched', async () => (await lines.count()) === 1);
  await page.getByLabel('Only unmatched').uncheck();
  await page.getByLabel('Filter requests').fill('banners');
  await until('two of banners', async () => (await lines.count()) === 2);
  await page.getByLabel('Filter requests').fill('');

  await button('Pause').click();
  await mock.get('/mspBanners');
  await button('Put the clock forward by one day').click();
  await notice('It is Wed');
  assert.equal(await lines.count(), 3, 'it pauses');
  await button('Go on').click();
  await until('the fourth', async () => (await lines.count()) === 4);
  await button('Clear').click();
  await notice('The journal is empty');
  assert.equal(await lines.count(), 0);
  assert.equal((await mock.get('/_mock/requests')).data.requests.length, 0);
});

test('sets of faults are switched on and off', async (t) => {
  if (!has.faults) return t.skip('this server has no faults');
  await open();
  const rules = async () => (await mock.get('/_mock/faults')).data;
  const one = page.getByRole('switch', { name: 'Fault set maintenance' });
  await one.click();
  await notice('maintenance is on');
  const note = page.getByRole('link', { name: /^\d+ fault rules?$/ });
  await note.click();
  assert.match(page.url(), /#faults-title$/, 'the top says so, and leads there');
  assert.equal(await one.getAttribute('aria-checked'), 'true');
  assert.equal((await mock.get('/banners')).status, 503);
  await one.click();
  await notice('maintenance is off');
  assert.equal((await rules()).length, 0);
  assert.equal((await mock.get('/banners')).status, 200);

  await page.getByRole('switch', { name: 'Fault set flaky-5xx' }).click();
  await page.getByRole('switch', { name: 'Fault set slow' }).click();
  await page.getByText(/rules are in force/).waitFor();
  assert.ok((await rules()).length > 1);
  await button('Clear all faults').click();
  await notice('No faults any more');
  assert.equal(await note.count(), 0);
  assert.equal((await rules()).length, 0);
});

test('parts that a server has not are told, and do not stop the rest', async () => {
  const away = (route) => route.fulfill({ status: 404, json: { status: 404, detail: 'gone' } });
  for (const path of ['requests', 'faults', 'events']) await page.route(`**/_mock/${path}**`, away);
  await open();
  await page.getByText('keeps no journal').waitFor();
  await page.getByText('no faults to switch').waitFor();
  await page.locator('.live', { hasText: 'Every 3 s' }).waitFor();
  await mock.send('POST', '/_mock/clock/advance', { by: 'P1D' });
  await until('the new day by asking', async () => /11 Mar/.test(await page.locator('#now').innerText()));
  forgive(/404/);
});

test('with tokens required, the page still reads and acts', async () => {
  await mock.send('PATCH', '/_mock/settings', { auth: 'required' });
  await open();
  await page.getByRole('button', { name: /^Refresh the licences/ }).click();
  await notice('Refresh accepted');
});

test('a sandbox has a console of its own', async () => {
  const name = `c${Date.now()}`;
  await mock.send('POST', '/_mock/sandboxes', { name, scenario: 'grace' });
  await open(`/sandboxes/${name}`);
  assert.equal(page.url(), `${mock.base}/sandboxes/${name}/`);
  await page.getByText(`sandbox ${name}`).waitFor();
  await button('Freeze').click();
  await button('Resume').waitFor();
  await button('Put the clock forward by one day').click();
  await notice('It is');
  assert.equal((await clock()).now, START, 'the root’s clock stays');
  await page.getByRole('link', { name: 'API docs' }).click();
  await page.locator('.operation').first().waitFor();
  await page.getByRole('link', { name: 'Console' }).click();
  await page.getByText(`sandbox ${name}`).waitFor();
  // A page that still polls would complain of the sandbox that is gone.
  await page.goto('about:blank');
  await mock.send('DELETE', `/_mock/sandboxes/${name}`);
});

test('the largest scenario is usable: filter, show all, pages', async () => {
  await mock.send('POST', '/_mock/scenarios/large/load');
  await open();
  const tenants = page.locator('.tenant');
  assert.equal(await tenants.count(), 40);
  await page.getByRole('button', { name: /^Show all 1/ }).click();
  await until('all', async () => (await tenants.count()) > 100);
  const id = (await mock.get('/_mock/tenants')).data.at(-1).id;
  await page.getByLabel('Filter tenants').fill(id);
  await until('one', async () => (await tenants.count()) === 1);
  await page.getByLabel('Filter tenants').fill('');
  await page.getByText(/^Page 1 of/).waitFor();
  await button('Next').click();
  await page.getByText(/^Page 2 of/).waitFor();
  await button('Back').click();
  await page.getByText(/^Page 1 of/).waitFor();
});

test('the docs of the control surface list every call, and try one', async () => {
  await page.goto(`${mock.base}/_mock/console/docs.html`);
  await page.getByRole('link', { name: 'Control surface', exact: true }).click();
  await page.locator('#op-advanceClockToNext').waitFor();
  const { data } = await mock.get('/_mock/openapi.json');
  const ids = Object.values(data.paths).flatMap((item) => Object.values(item).map((one) => one.operationId));
  for (const id of ids) assert.equal(await page.locator(`#op-${id}`).count(), 1, id);

  const one = page.locator('#op-getFingerprint');
  await one.getByText('Try it').click();
  await one.getByRole('button', { name: 'Send' }).click();
  await until('a fingerprint', async () => /^[0-9a-f]{64}$/.test(await one.locator('.answer pre').innerText()));
  await page.getByRole('link', { name: 'API', exact: true }).click();
  await page.locator('#op-getBanners_1').waitFor();
});

test('the docs list every operation, and try one', async () => {
  await page.goto(`${mock.base}/_mock/console/docs.html`);
  await page.locator('.operation').first().waitFor();
  const { data } = await mock.get('/openapi.json');
  const ids = Object.values(data.paths).flatMap((item) => Object.values(item).map((one) => one.operationId)).filter(Boolean);
  for (const id of ids) assert.equal(await page.locator(`#op-${id}`).count(), 1, id);

  await page.getByLabel('x-rks-tenantid').selectOption(REC);
  const one = page.locator('#op-getBanners_1');
  await one.getByText('Try it').click();
  await one.getByRole('combobox', { name: 'type (query)', exact: true }).selectOption('WIFI');
  await one.getByRole('button', { name: 'Send' }).click();
  await one.locator('.answer pre').waitFor();
  const { data: rows } = await mock.get('/banners?type=WIFI', { 'x-rks-tenantid': REC });
  assert.deepEqual(JSON.parse(await one.locator('.answer pre').innerText()), rows);
  const line = await copied(page, one.getByRole('button', { name: /^Copy as curl/ }));
  const { stdout } = await run('sh', ['-c', line]);
  assert.deepEqual(JSON.parse(stdout), rows);

  const revoke = page.locator('#op-revokeBulkAssignment');
  await revoke.getByText('Try it').click();
  assert.ok(Array.isArray(JSON.parse(await revoke.locator('textarea').inputValue())), 'the example is a body');

  await page.getByLabel('Filter operations').fill('revokeBulk');
  await until('one operation', async () => (await page.locator('.operation').count()) === 1);
});
