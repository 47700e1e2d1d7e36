// The console shows what the server holds, as it changes.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { MSP, REC, copied, onePage, until } from './helpers.mjs';

const run = promisify(execFile);
const it = onePage();

test('the page shows what the server holds', async () => {
  await it.open();
  const { data } = await it.mock.get('/_mock/console/overview');
  const names = await it.page.locator('.tenant strong').allTextContents();
  assert.deepEqual([...names].sort(), data.tenants.map((tenant) => tenant.name).sort());
  assert.equal(await it.page.locator('.tenant[aria-current] strong').innerText(), 'Northgate Managed Networks');
  assert.equal(await it.page.locator('#time').innerText(), '12:00:00');
  assert.match(await it.page.title(), /default/);
  const bar = it.page.getByRole('meter', { name: 'Use of Dunmore Logistics' });
  const rec = data.tenants.find(({ id }) => id === REC);
  assert.equal(await bar.getAttribute('aria-valuetext'), `${rec.used} of ${rec.total}`);
});

test('a selected tenant is shown with its banners, use and expiry', async () => {
  await it.open();
  await it.select('Dunmore Logistics');
  await it.page.getByRole('heading', { name: 'Dunmore Logistics' }).waitFor();
  const banners = await it.as(REC, '/banners');
  await until('banners', async () => (await it.page.locator('.banner').count()) === banners.length);
  const types = await it.page.locator('.banner code').allTextContents();
  assert.deepEqual([...types].sort(), banners.map((row) => row.type).sort());
  const drawing = it.page.getByRole('img', { name: /^Expiry of \d+ purchases/ });
  assert.ok((await drawing.locator('rect.span').count()) >= banners.length);
});

test('the tenant is in the address: a reload, a link and the back button keep it', async () => {
  await it.open();
  assert.equal(new URL(it.page.url()).search, '', 'the default needs no address of its own');
  await it.select('Dunmore Logistics');
  await it.page.getByRole('heading', { name: 'Dunmore Logistics' }).waitFor();
  assert.equal(new URL(it.page.url()).search, `?tenant=${REC}`);
  await it.page.reload();
  await it.page.getByRole('heading', { name: 'Dunmore Logistics' }).waitFor();
  await it.page.goBack();
  await it.page.getByRole('heading', { name: 'Northgate Managed Networks' }).waitFor();
  await it.page.goForward();
  await it.page.getByRole('heading', { name: 'Dunmore Logistics' }).waitFor();
  await it.open('/?tenant=nobody');
  await it.page.getByRole('heading', { name: 'Northgate Managed Networks' }).waitFor();
  it.forgive(/404.*tenants\/nobody/);
});

test('a tenant without an entitlement ID says so', async () => {
  await it.open();
  await it.select('Eastfield Workshops');
  await it.page.getByText('answered with 417').waitFor();
});

test('what others do is shown without a reload', async () => {
  await it.open();
  await it.mock.send('POST', '/_mock/clock/advance', { by: 'P1D' });
  await until('the new day', async () => /11 Mar/.test(await it.page.locator('#now').innerText()));
  await it.as(REC, '/entitlements/summaries?refresh=true');
  await it.page.getByRole('progressbar').waitFor();
});

test('a press counts although the panel is drawn again between down and up', async () => {
  await it.open();
  const box = await it.button('Next day').boundingBox();
  await it.page.mouse.move(box.x + 10, box.y + 10);
  await it.page.mouse.down();
  await it.mock.send('POST', '/_mock/clock/advance', { by: 'P1D' });
  await until('the new day', async () => /11 Mar/.test(await it.page.locator('#now').innerText()));
  await it.page.mouse.up();
  await until('the press', async () => (await it.clock()).now.startsWith('2026-03-12'));
});

test('what is being typed or selected survives a change of the page', async () => {
  await it.open();
  await it.page.getByRole('combobox', { name: 'Scenario', exact: true }).selectOption('expiring');
  await it.page.locator('#snapshots-line').click();
  await it.page.getByLabel('Save the state as').fill('half a na');
  await it.mock.send('POST', '/_mock/clock/advance', { by: 'P1D' });
  await until('the new day', async () => /11 Mar/.test(await it.page.locator('#now').innerText()));
  assert.equal(await it.page.getByLabel('Save the state as').inputValue(), 'half a na');
  assert.equal(await it.page.getByRole('combobox', { name: 'Scenario', exact: true }).inputValue(), 'expiring');
});

test('focus stays where it was when the page changes', async () => {
  await it.open();
  await it.button('Next day').focus();
  await it.page.keyboard.press('Enter');
  await it.notice('It is Wed 11 Mar 2026');
  await it.page.keyboard.press('Enter');
  await until('another day', async () => (await it.clock()).now.startsWith('2026-03-12'));
  assert.equal(await it.page.evaluate(() => document.activeElement.textContent), 'Next day');
});

test('each panel copies its calls as curl lines that work', async () => {
  await it.open();
  const lines = [
    await it.curlLine('clock and scenario', 'Show the clock'),
    await it.curlLine('clock and scenario', 'List the scenarios'),
    await copied(it.page, it.button('Copy as curl: tenants')),
    await it.curlLine('Northgate Managed Networks', 'Summaries'),
    await it.curlLine('Northgate Managed Networks', 'Banners'),
    await it.curlLine('Northgate Managed Networks', 'Assignments'),
    await it.curlLine('activities', 'List the activities'),
    await it.curlLine('requests', 'List the requests'),
    await it.curlLine('faults', 'List the rules'),
    await it.curlLine('deprecated calls', 'The report'),
  ];
  for (const line of lines) {
    assert.match(line, /^curl -sS '/);
    const { stdout } = await run('sh', ['-c', line]);
    assert.ok(JSON.parse(stdout), line);
  }
  const load = await it.curlLine('clock and scenario', 'Load this scenario');
  const { stdout } = await run('sh', ['-c', `${load} -o /dev/null -w '%{http_code}'`]);
  assert.equal(stdout, '204');
  // One for each panel, and one in the sheet of the sandboxes and of the snapshots.
  assert.equal(await it.page.getByText('Copy as curl', { exact: true }).filter({ visible: true }).count(), 7);
});

test('parts that a server does not have are named, and the rest works', async () => {
  const away = (route) => route.fulfill({ status: 404, json: { status: 404, detail: 'gone' } });
  for (const path of ['requests', 'faults', 'events']) await it.page.route(`**/_mock/${path}**`, away);
  await it.open();
  await it.page.getByText('keeps no journal').waitFor();
  await it.page.getByText('has no faults').waitFor();
  await it.page.locator('.live', { hasText: 'Every 3 s' }).waitFor();
  await it.mock.send('POST', '/_mock/clock/advance', { by: 'P1D' });
  await until('the new day by asking', async () => /11 Mar/.test(await it.page.locator('#now').innerText()));
  it.forgive(/404/);
});

test('with tokens required, the page still reads and acts', async () => {
  await it.mock.send('PATCH', '/_mock/settings', { auth: 'required' });
  await it.open();
  await it.button('Refresh licences').click();
  await it.notice('is accepted');
  const row = await it.page.locator('.assignments tr', { hasText: 'valid' }).first();
  const id = await row.locator('code').innerText();
  await it.button(`Revoke assignment ${id}`).click();
  await it.button(`Sure? Revoke assignment ${id}`).click();
  await it.notice(`Assignment ${id} is revoked`);
  const line = await it.curlLine('Northgate Managed Networks', 'Banners');
  assert.match(line, /authorization: Bearer/);
  const { stdout } = await run('sh', ['-c', line]);
  assert.ok(Array.isArray(JSON.parse(stdout)), stdout);
  // A customer's assignments are changed with a token of its MSP.
  await it.select('Brightwater Hotels');
  await it.page.getByRole('heading', { name: 'Brightwater Hotels' }).waitFor();
  const own = await it.page.locator('.assignments tr', { hasText: 'valid' }).first().locator('code').innerText();
  await it.button(`Revoke assignment ${own}`).click();
  await it.button(`Sure? Revoke assignment ${own}`).click();
  await it.notice(`Assignment ${own} is revoked`);
});

test('a sandbox has a console of its own', async () => {
  const name = `c${Date.now()}`;
  await it.mock.send('POST', '/_mock/sandboxes', { name, scenario: 'grace' });
  await it.open(`/sandboxes/${name}?tenant=${MSP}`);
  assert.equal(it.page.url(), `${it.mock.base}/sandboxes/${name}/?tenant=${MSP}`);
  await it.page.locator('#sandbox', { hasText: `Sandbox ${name}` }).waitFor();
  await it.button('Freeze').click();
  await it.button('Resume').waitFor();
  await it.button('Next day').click();
  await it.notice('It is');
  assert.equal((await it.clock()).now, '2026-03-10T12:00:00Z', 'the root’s clock stays');
  await it.page.getByRole('link', { name: 'API docs' }).click();
  await it.page.locator('.operation').first().waitFor();
  await it.page.getByRole('link', { name: 'Console' }).click();
  await it.page.locator('#sandbox', { hasText: `Sandbox ${name}` }).waitFor();
  // A page that still listens would complain of the sandbox that is gone.
  await it.page.goto('about:blank');
  await it.mock.send('DELETE', `/_mock/sandboxes/${name}`);
});

test('the largest scenario is usable: filter, show all, pages', async () => {
  await it.mock.send('POST', '/_mock/scenarios/large/load');
  await it.open();
  const tenants = it.page.locator('.tenant');
  assert.equal(await tenants.count(), 40);
  await it.page.getByRole('button', { name: /^Show all 1/ }).click();
  await until('all', async () => (await tenants.count()) > 100);
  const id = (await it.mock.get('/_mock/tenants')).data.at(-1).id;
  await it.page.getByLabel('Filter tenants').fill(id);
  await until('one', async () => (await tenants.count()) === 1);
  await it.page.getByLabel('Filter tenants').fill('');
  await it.page.getByText(/^Page 1 of/).waitFor();
  await it.button('Next').click();
  await it.page.getByText(/^Page 2 of/).waitFor();
  await it.button('Back').click();
  await it.page.getByText(/^Page 1 of/).waitFor();
});
