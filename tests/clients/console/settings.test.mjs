// Settings, faults, and who calls deprecated operations.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REC, onePage, until } from './helpers.mjs';

const it = onePage();
const field = (label) => it.field(label);
const press = (name) => it.press(name);
const settings = async () => (await it.mock.get('/_mock/settings')).data;
const rules = async () => (await it.mock.get('/_mock/faults')).data;

test('settings are changed: style, tokens, delay, sunset', async () => {
  await it.open();
  const before = await settings();
  await it.button('Settings').click();
  await field('Style of the answers').selectOption({ label: 'as observed' });
  await field('Tokens').selectOption('required');
  await field('Duration of a refresh').fill('3s');
  await field('Deprecated operations').selectOption('gone');
  await field('Sunset date').fill('2026-01-01');
  await field('getBanners_1').check();
  await press('Save');
  await it.notice('The settings are changed');
  const after = await settings();
  assert.notEqual(after.style, before.style);
  assert.deepEqual([after.auth, after.sunset.mode, after.sunset.date.slice(0, 10), after.sunset.only], ['required', 'gone', '2026-01-01', ['getBanners_1']]);
  assert.notEqual(after.refreshDelay, before.refreshDelay);
  assert.deepEqual(after.journal, before.journal, 'what was not touched stays');
  assert.equal((await it.mock.get('/banners')).status, 410);
  assert.equal((await it.mock.get('/entitlements')).status, 401);

  await it.button('Settings').click();
  assert.equal(await field('Deprecated operations').inputValue(), 'gone');
  await field('Duration of a refresh').fill('a while');
  await press('Save');
  await it.dialog().getByRole('alert').filter({ hasText: 'refreshDelay' }).waitFor();
  await press('Cancel');
  it.forgive(/400/);
});

test('sets of faults are switched on and off', async () => {
  await it.open();
  const one = it.page.getByRole('switch', { name: 'Fault set maintenance' });
  await one.click();
  await it.notice('maintenance is on');
  const note = it.page.getByRole('link', { name: /^\d+ fault rules?$/ });
  await note.click();
  assert.match(it.page.url(), /#faults-title$/, 'the top says so, and leads there');
  assert.equal(await one.getAttribute('aria-checked'), 'true');
  assert.equal((await it.mock.get('/banners')).status, 503);
  await one.click();
  await it.notice('maintenance is off');
  assert.equal((await rules()).length, 0);
  assert.equal((await it.mock.get('/banners')).status, 200);

  await it.page.getByRole('switch', { name: 'Fault set flaky-5xx' }).click();
  await it.page.getByRole('switch', { name: 'Fault set slow' }).click();
  await it.page.getByText(/rules are in force/).waitFor();
  assert.ok((await rules()).length > 1);
  await it.button('Clear all faults').click();
  await it.notice('All faults are cleared');
  assert.equal(await note.count(), 0);
  assert.equal((await rules()).length, 0);
});

test('a rule of one’s own is added, met and removed', async () => {
  await it.open();
  await it.button('Add a rule').click();
  await field('Path').fill('/banners');
  await field('Tenant').selectOption(REC);
  await field('Status').fill('429');
  await field('Retry-After (seconds)').fill('7');
  await field('Apply at most (times)').fill('1');
  await field('Name').fill('mine');
  await press('Add');
  await it.notice('Rule mine is in force');
  const [{ hits: _, ...rule }] = await rules();
  assert.deepEqual(rule, { id: 'mine', match: { path: '/banners', tenant: REC }, times: 1, effects: [{ status: { code: 429, retryAfter: 7 } }] });
  assert.equal((await it.mock.get('/banners')).status, 200);
  assert.equal((await it.mock.get('/banners', { 'x-rks-tenantid': REC })).status, 429);
  assert.equal((await it.mock.get('/banners', { 'x-rks-tenantid': REC })).status, 200);
  await it.button('Remove rule mine').click();
  await it.button('Sure? Remove rule mine').click();
  await it.notice('Rule mine is removed');
  assert.deepEqual(await rules(), []);
});

test('each effect of the form is one that the server takes', async () => {
  await it.open();
  await it.button('Add a rule').click();
  await it.dialog().waitFor();
  const effects = await field('What happens').locator('option').evaluateAll((all) => all.map(({ value }) => value));
  assert.ok(effects.length >= 12, effects.join());
  for (const effect of effects) {
    if (!(await it.dialog().isVisible())) await it.button('Add a rule').click();
    await field('What happens').selectOption(effect);
    await field('Path').fill('/nowhere');
    await press('Add');
    await it.dialog().waitFor({ state: 'detached' });
  }
  const words = (await rules()).map(({ effects: [effect] }) => Object.keys(effect)[0]);
  assert.deepEqual(words.sort(), effects.map((word) => word.replace('cutBody', 'cut')).sort());
});

test('a rule with any effect is written as JSON, and a mistake in it is named', async () => {
  await it.open();
  await it.button('Add a rule').click();
  await press('Edit as JSON');
  const raw = it.dialog().getByLabel('Body of the request as JSON');
  await raw.fill('{"effects":[{"answer":{"status":200,"bdy":{}}}]}');
  await press('Add');
  await it.dialog().getByRole('alert').filter({ hasText: 'did you mean "body"' }).waitFor();
  await raw.fill('{"match":{"path":"/banners"},"effects":[{"answer":{"status":200,"body":{"mine":true}}}]}');
  await press('Add');
  await it.notice('is in force');
  assert.deepEqual((await it.mock.get('/banners')).data, { mine: true });
  it.forgive(/400/);
});

test('the callers of deprecated operations are listed, and the record is cleared', async () => {
  await it.open();
  await it.page.getByText('No deprecated operation was called.').waitFor();
  await it.mock.get('/banners', { 'user-agent': 'a-test/1' });
  await it.mock.get('/banners', { 'user-agent': 'a-test/1' });
  const line = it.page.locator('#deprecations details', { hasText: 'GET /banners' });
  await line.locator('summary').click();
  await line.getByText('2 calls by').waitFor();
  await line.getByText('a-test/1').waitFor();
  await line.getByText('POST /entitlements/banners/query').waitFor();
  await it.page.locator('#deprecations').getByRole('button', { name: 'Clear the record of deprecated calls' }).click();
  await it.page.locator('#deprecations').getByRole('button', { name: 'Sure? Clear the record of deprecated calls' }).click();
  await it.notice('The record of deprecated calls is empty');
  await until('none', async () => (await it.mock.get('/_mock/deprecations')).data.calls === 0);
});
