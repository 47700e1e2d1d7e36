// The clock, scenarios, refreshes and snapshots.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { MSP, REC, onePage, until } from './helpers.mjs';

const it = onePage();

test('the clock: next day, next event, next banner', async () => {
  await it.open();
  await it.button('Next day').click();
  await it.notice('It is Wed 11 Mar 2026');
  assert.equal((await it.clock()).now, '2026-03-11T12:00:00Z');
  assert.match(await it.page.locator('#now').innerText(), /11 Mar 2026/);

  const { next } = await it.clock();
  await it.button('Next event').click();
  await until('next event', async () => (await it.clock()).now === next.at);

  const before = (await it.clock()).now;
  await it.button('Next banner').click();
  await until('next banner', async () => (await it.clock()).now > before);
  await it.notice('banner of');
});

test('the clock: freeze, resume, set', async () => {
  await it.open();
  await it.button('Resume').click();
  await it.button('Freeze').waitFor();
  assert.equal((await it.clock()).frozen, false);
  const shown = await it.page.locator('#time').innerText();
  await until('the face goes on', async () => (await it.page.locator('#time').innerText()) !== shown);
  await it.button('Freeze').click();
  await it.button('Resume').waitFor();
  assert.equal((await it.clock()).frozen, true);

  await it.page.getByText('Set…').click();
  await it.page.getByLabel('Date and time in UTC').fill('2027-01-31T08:15:30');
  await it.button('Set').click();
  await it.notice('The clock is set to 31 Jan 2027');
  assert.equal(await it.button('Set').isVisible(), false, 'it closes again');
  assert.equal(await it.page.evaluate(() => document.activeElement.textContent), 'Set…', 'and the focus is back');
  assert.equal((await it.clock()).now, '2027-01-31T08:15:30Z');
});

test('scenarios are loaded, and reset goes back to their start', async () => {
  await it.open();
  await it.page.getByRole('combobox', { name: 'Scenario', exact: true }).selectOption('expiring');
  await it.button('Load').click();
  await it.notice('Scenario expiring is loaded');
  assert.equal((await it.mock.get('/_mock/scenarios')).data.current, 'expiring');

  const [row] = await it.as(MSP, '/assignments');
  await fetch(`${it.mock.base}/assignments`, { method: 'DELETE', headers: { 'x-rks-tenantid': MSP, 'content-type': 'application/json' }, body: JSON.stringify([{ assignmentId: row.id }]) });
  assert.equal((await it.as(MSP, '/assignments'))[0].status, 'REVOKED');
  await it.button('Reset').click();
  await it.notice('at its start again');
  assert.equal((await it.as(MSP, '/assignments'))[0].status, 'VALID');
});

test('a refresh runs, is held, released and completed, which is announced; another one fails', async () => {
  await it.open();
  const running = async () => (await it.mock.get('/_mock/activities')).data.at(-1);
  await it.button('Refresh licences').click();
  await it.notice('is accepted');
  await it.page.getByRole('progressbar').waitFor();
  const first = await running();
  await it.page.getByRole('button', { name: /^Hold activity/ }).click();
  await it.page.getByText('waits to be completed').waitFor();
  assert.equal((await running()).due, undefined);
  await it.page.getByRole('button', { name: /^Release activity/ }).click();
  await it.page.getByRole('button', { name: /^Hold activity/ }).waitFor();
  assert.ok((await running()).due);
  await it.page.getByRole('button', { name: /^Complete activity/ }).click();
  await it.notice('The refresh of Northgate Managed Networks is complete');
  await it.page.locator('.activities .chip.success').waitFor();
  assert.equal((await running()).status, 'SUCCESS');

  await it.button('Refresh licences').click();
  await it.page.getByRole('button', { name: /^Fail activity/ }).click();
  await it.notice('The refresh of Northgate Managed Networks failed');
  await it.page.locator('.activities .chip.fail').waitFor();
  assert.equal((await running()).status, 'FAIL');
  assert.notEqual((await running()).requestId, first.requestId);
  assert.equal((await it.mock.get('/_mock/deprecations')).data.calls, 0, 'the page calls the successor');
});

test('a refresh that ends by itself is announced, too', async () => {
  await it.open('/?tenant=' + REC);
  await it.page.getByRole('heading', { name: 'Dunmore Logistics' }).waitFor();
  await it.button('Refresh licences').click();
  await it.notice('is accepted');
  await it.mock.send('POST', '/_mock/clock/advance', { by: '2h' });
  await it.notice('The refresh of Dunmore Logistics is complete');
});

test('how refreshes go can be chosen', async () => {
  await it.open();
  await it.page.getByRole('combobox', { name: 'A refresh' }).selectOption('fail');
  await it.notice('From now on a refresh fails');
  await it.page.getByRole('combobox', { name: 'and ends' }).selectOption({ label: 'manually' });
  await it.notice('From now on a refresh ends manually');
  const { data } = await it.mock.get('/_mock/activities/policy');
  assert.equal(data.outcome, 'fail');
  assert.ok(['hand', 'manual'].includes(data.progress), data.progress);
});

test('a snapshot is saved, loaded, forked into a sandbox and deleted', async () => {
  await it.open();
  const snapshots = async () => (await it.mock.get('/_mock/snapshots')).data.map(({ name }) => name);
  await it.page.locator('#snapshots-line').click();
  await it.page.getByLabel('Save the state as').fill('before it');
  await it.page.getByLabel('Save the state as').press('Enter');
  await it.notice('Snapshot before it is saved');
  assert.deepEqual(await snapshots(), ['before it']);
  await it.mock.send('POST', '/_mock/clock/advance', { by: 'P3D' });
  await until('the other day', async () => /13 Mar/.test(await it.page.locator('#now').innerText()));
  await it.button('Load snapshot before it').click();
  await it.notice('State and clock are as in snapshot before it');
  assert.equal((await it.clock()).now, '2026-03-10T12:00:00Z');

  await it.button('Fork snapshot before it into a sandbox').click();
  await it.notice('is made from snapshot before it');
  const [{ name }] = (await it.mock.get('/_mock/sandboxes')).data;
  await it.page.getByRole('link', { name: 'Open it' }).click();
  await it.page.locator('#sandbox', { hasText: `Sandbox ${name}` }).waitFor();
  await it.page.goBack();
  await it.page.locator('#snapshots-line').click();
  await it.button('Delete snapshot before it').click();
  assert.deepEqual(await snapshots(), ['before it'], 'once is not enough');
  await it.button('Sure? Delete snapshot before it').click();
  await it.notice('Snapshot before it is deleted');
  assert.deepEqual(await snapshots(), []);
  await it.page.goto('about:blank');
  await it.mock.send('DELETE', `/_mock/sandboxes/${name}`);
});

test('the state is downloaded as the files of a scenario', async () => {
  await it.open();
  await it.page.locator('#snapshots-line').click();
  const [download] = await Promise.all([it.page.waitForEvent('download'), it.button('Download state').click()]);
  assert.equal(download.suggestedFilename(), 'state.json');
  const state = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.deepEqual(state, (await it.mock.get('/_mock/state')).data);
});
