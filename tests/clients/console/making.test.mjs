// The console makes and changes purchases, pools, devices and assignments.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { MSP, REC, copied, onePage, until } from './helpers.mjs';

const run = promisify(execFile);
const it = onePage();
const CUSTOMER = 'ec000000000000000000000000000002';

const field = (label) => it.field(label);
const press = (name) => it.press(name);
const closed = () => it.dialog().waitFor({ state: 'detached' });
const rows = async (tenant) => (await it.mock.get(`/_mock/console/tenants/${tenant}/rows`)).data;

async function openTenant(id, name) {
  await it.open(`/?tenant=${id}`);
  await it.page.getByRole('heading', { name, exact: true }).waitFor();
}

test('a purchase is added, and all that follows from it is shown', async () => {
  await openTenant(REC, 'Dunmore Logistics');
  const before = (await it.as(REC, '/entitlements')).length;
  await it.button('Add a purchase').click();
  await field('Licence').selectOption('EDGE');
  assert.equal(await field('SKU').inputValue(), 'CLD-EDGE-1001', 'a SKU is proposed');
  await field('Quantity').fill('7');
  await field('First day').fill('2026-03-01');
  await field('Last day').fill('2027-02-28');
  await press('Add');
  await it.notice('Dunmore Logistics has a new purchase');
  await closed();
  const after = await it.as(REC, '/entitlements');
  assert.equal(after.length, before + 1);
  const made = after.find((row) => row.deviceType === 'EDGE');
  assert.deepEqual([made.quantity, made.sku, made.tempLicense], [7, 'CLD-EDGE-1001', false]);
  await it.page.locator('.meter', { hasText: 'Edge' }).getByText('0 / 7').waitFor();
  await it.page.locator('.purchases tr', { hasText: made.id }).waitFor();
});

test('a purchase is changed, keeps what the form does not show, and is removed after a second thought', async () => {
  await openTenant(REC, 'Dunmore Logistics');
  const [row] = (await rows(REC)).entitlements.filter((row) => row.licenseDesc);
  await it.button(`Change purchase ${row.id}`).click();
  await field('Quantity').fill('33');
  await press('Change');
  await it.notice(`The purchase ${row.id} is changed`);
  const changed = (await rows(REC)).entitlements.find(({ id }) => id === row.id);
  assert.equal(changed.quantity, 33);
  const { quantity: _, updatedDate: __, ...rest } = row;
  assert.deepEqual({ ...rest, quantity: 33, updatedDate: changed.updatedDate }, changed);

  await it.button(`Remove purchase ${row.id}`).click();
  assert.ok((await rows(REC)).entitlements.some(({ id }) => id === row.id), 'once is not enough');
  await it.button(`Sure? Remove purchase ${row.id}`).click();
  await it.notice(`The purchase ${row.id} is removed`);
  assert.ok(!(await rows(REC)).entitlements.some(({ id }) => id === row.id));
});

test('a refusal is shown in the words of the server, and the form stays open', async () => {
  await openTenant(REC, 'Dunmore Logistics');
  await it.button('Add a purchase').click();
  await field('First day').fill('2027-01-01');
  await field('Last day').fill('2026-01-01');
  await press('Add');
  await it.dialog().getByRole('alert').filter({ hasText: /^422: .*the period ends/s }).waitFor();
  await field('Last day').fill('2028-01-01');
  await press('Add');
  await it.notice('has a new purchase');
  it.forgive(/422/);
});

test('a pool is added as JSON, with fields that the form does not have', async () => {
  await it.open();
  await it.button('Add a pool').click();
  await field('Licence').selectOption('MSP_EDGE');
  await field('Quantity').fill('12');
  await press('Edit as JSON');
  const raw = it.dialog().getByLabel('Body of the request as JSON');
  const body = JSON.parse(await raw.inputValue());
  assert.equal(body.licenseType, 'MSP_EDGE');
  await raw.fill(JSON.stringify({ ...body, skuTier: 'Gold' }));
  await press('Add');
  await it.notice('has a new pool');
  const made = (await rows(MSP)).mspEntitlements.find((row) => row.id === body.id);
  assert.deepEqual([made.skuTier, made.quantity, made.deviceType], ['Gold', 12, 'MSP_EDGE']);
  await it.page.locator('.meter', { hasText: 'Edge' }).first().getByText('0 / 12').waitFor();
});

test('a request that a form would send is copied as a curl line that works', async () => {
  await it.open();
  await it.button('Add a pool').click();
  await field('Quantity').fill('5');
  const line = await copied(it.page, it.dialog().getByRole('button', { name: 'Copy as curl' }));
  const before = (await rows(MSP)).mspEntitlements.length;
  const { stdout } = await run('sh', ['-c', `${line} -w '%{http_code}'`]);
  assert.equal(stdout, '204');
  assert.equal((await rows(MSP)).mspEntitlements.length, before + 1);
  await press('Cancel');
  await closed();
});

test('device counts are changed, kinds of devices are added and removed', async () => {
  await openTenant(REC, 'Dunmore Logistics');
  const before = (await rows(REC)).devices;
  await it.button('Change devices').click();
  const counts = it.dialog().getByLabel('Devices', { exact: true });
  assert.equal(await counts.count(), before.length);
  await counts.first().fill('200');
  await it.dialog().getByRole('button', { name: 'Remove these devices' }).nth(1).click();
  await press('Add devices');
  await counts.last().fill('3');
  await it.dialog().getByLabel('Type', { exact: true }).last().selectOption('EDGE');
  await press('Save');
  await it.notice('The devices of Dunmore Logistics are changed');
  const { devices } = await rows(REC);
  assert.deepEqual(devices.slice(0, 2), [{ ...before[0], count: 200 }, before[2]], 'the dates stay');
  const { installedDate: _, ...made } = devices.at(-1);
  assert.deepEqual(made, { deviceType: 'EDGE', count: 3 });
  await it.page.locator('.meter', { hasText: 'Edge' }).getByText('3 devices without a licence').waitFor();
});

test('licences are assigned as the MSP, and a refusal says how many are left', async () => {
  await openTenant(CUSTOMER, 'Brightwater Hotels');
  const before = (await it.as(MSP, '/assignments')).length;
  await it.button('Assign licences').click();
  assert.equal(await field('To').inputValue(), CUSTOMER, 'for the tenant that is shown');
  await field('Licence').selectOption({ label: 'Solution token (140 left)' });
  await field('Quantity').fill('1000');
  await press('Assign');
  await it.dialog().getByRole('alert').filter({ hasText: /^409: / }).waitFor();
  await field('Quantity').fill('25');
  await press('Assign');
  await it.notice('25 licences assigned: assignment');
  const after = await it.as(MSP, '/assignments');
  const made = after.at(-1);
  assert.equal(after.length, before + 1);
  assert.deepEqual([made.mspEcTenantId, made.quantity, made.deviceType], [CUSTOMER, 25, 'MSP_SLTN_TOKEN']);
  await it.page.locator('.assignments tr', { hasText: String(made.id) }).getByText('valid').waitFor();
  it.forgive(/409/);
});

test('an assignment is changed, and revoked after a second thought', async () => {
  await it.open();
  const all = () => it.as(MSP, '/assignments');
  const row = (await all()).find((row) => row.status === 'VALID' && !row.trialAssignment && row.mspEcTenantId !== MSP);
  await it.button(`Change assignment ${row.id}`).click();
  await field('Quantity').fill(String(row.quantity - 1));
  await press('Change');
  await it.notice(`Assignment ${row.id} is now assignment`);
  const made = (await all()).at(-1);
  assert.equal(made.quantity, row.quantity - 1);
  const status = async (id) => (await all()).find((row) => row.id === id).status;
  assert.equal(await status(row.id), 'REVOKED');

  await it.button(`Revoke assignment ${made.id}`).click();
  assert.equal(await status(made.id), 'VALID', 'once is not enough');
  await it.button(`Sure? Revoke assignment ${made.id}`).click();
  await it.notice(`Assignment ${made.id} is revoked`);
  assert.equal(await status(made.id), 'REVOKED');
  await it.page.locator('.assignments tr', { hasText: String(made.id) }).getByText('revoked').waitFor();
});

test('a form works by keyboard alone: it traps the focus, closes by Escape, and gives the focus back', async () => {
  await it.open();
  await it.button('Add a pool').focus();
  await it.page.keyboard.press('Enter');
  await it.dialog().waitFor();
  const inside = () => it.page.evaluate(() => document.activeElement === document.body || Boolean(document.activeElement.closest('dialog')));
  for (let n = 0; n < 20; n += 1) {
    assert.ok(await inside());
    await it.page.keyboard.press('Tab');
  }
  await it.page.keyboard.press('Escape');
  await closed();
  await until('the focus', () => it.page.evaluate(() => document.activeElement.textContent === 'Add a pool'));
});
