// The API docs, and the page about deprecated operations.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { MSP, REC, copied, onePage, until } from './helpers.mjs';

const run = promisify(execFile);
const it = onePage();

async function openDocs(query = '') {
  await it.page.goto(`${it.mock.base}/_mock/console/docs.html${query}`);
  await it.page.locator('.operation').first().waitFor();
}
const idsOf = ({ paths }) => Object.values(paths).flatMap((item) => Object.values(item).map((one) => one.operationId)).filter(Boolean);

test('the docs list every operation, and try one', async () => {
  await openDocs();
  const { data } = await it.mock.get('/openapi.json');
  for (const id of idsOf(data)) assert.equal(await it.page.locator(`#op-${id}`).count(), 1, id);

  await it.page.getByLabel('x-rks-tenantid').selectOption(REC);
  const one = it.page.locator('#op-getBanners_1');
  await one.getByText('Try it').click();
  await one.getByRole('combobox', { name: 'type (query)', exact: true }).selectOption('WIFI');
  await one.getByRole('button', { name: 'Send' }).click();
  await one.locator('.answer pre').waitFor();
  const rows = await it.as(REC, '/banners?type=WIFI');
  assert.deepEqual(JSON.parse(await one.locator('.answer pre').innerText()), rows);
  const line = await copied(it.page, one.getByRole('button', { name: /^Copy as curl/ }));
  const { stdout } = await run('sh', ['-c', line]);
  assert.deepEqual(JSON.parse(stdout), rows);

  await it.page.getByLabel('Filter operations').fill('revokeBulk');
  await until('one operation', async () => (await it.page.locator('.operation').count()) === 1);
});

test('a request has an example, which is what the form starts with', async () => {
  await openDocs();
  for (const id of ['revokeBulkAssignment', 'queryEntitlements']) {
    const one = it.page.locator(`#op-${id}`);
    if ((await one.count()) === 0) continue;
    await one.getByText('Schema and example').click();
    const shown = await one.getByLabel('Example', { exact: true }).first().innerText();
    await one.getByText('Try it').click();
    assert.equal(await one.locator('textarea').inputValue(), shown);
    assert.ok(JSON.parse(shown), shown);
  }
});

test('the words of nested types are listed', async () => {
  await openDocs();
  const one = it.page.locator('.operation', { has: it.page.locator('h3', { hasText: /PATCH\s+\/entitlements$/ }) });
  await one.getByText('Schema and example').click();
  await one.locator('.tree').getByText('one of FULL, DELTA, PAGINATED').waitFor();
});

test('one logs in, and the token is sent from then on', async () => {
  await it.mock.send('PATCH', '/_mock/settings', { auth: 'required' });
  await openDocs();
  const one = it.page.locator('#op-getBanners_1');
  await one.getByText('Try it').click();
  await one.getByRole('button', { name: 'Send' }).click();
  await one.getByText('401', { exact: true }).last().waitFor();
  await it.page.getByText('Log in for a token').click();
  await it.page.getByRole('combobox', { name: 'Tenant', exact: true }).selectOption(MSP);
  await until('the client', async () => (await it.page.getByLabel('client_id').inputValue()) === 'r1mock');
  await it.button('Log in').click();
  await it.notice('Logged in');
  await one.getByRole('button', { name: 'Send' }).click();
  await one.locator('.answer .status.good').waitFor();
  it.forgive(/401/);
});

test('the docs of the control surface list every call, and try one', async () => {
  await openDocs();
  await it.page.getByRole('link', { name: 'Control surface', exact: true }).click();
  await it.page.locator('#op-advanceClockToNext').waitFor();
  const { data } = await it.mock.get('/_mock/openapi.json');
  for (const id of idsOf(data)) assert.equal(await it.page.locator(`#op-${id}`).count(), 1, id);

  const one = it.page.locator('#op-getFingerprint');
  await one.getByText('Try it').click();
  await one.getByRole('button', { name: 'Send' }).click();
  await until('a fingerprint', async () => /^[0-9a-f]{64}$/.test(await one.locator('.answer pre').innerText()));
  await it.page.getByRole('link', { name: 'API', exact: true }).click();
  await it.page.locator('#op-getBanners_1').waitFor();
});

test('the page of the Link header names the operation, and has the migration guide', async () => {
  const answer = await fetch(`${it.mock.base}/banners`);
  const [, about] = answer.headers.get('link').match(/<([^>]+)>; rel="deprecation"/);
  await it.page.goto(it.mock.base + about);
  await it.page.locator('tr:target', { hasText: 'GET /banners' }).waitFor();
  const guide = it.page.locator('#guide');
  await guide.getByRole('heading', { level: 2 }).waitFor();
  const source = await readFile(new URL('../../../docs/MIGRATION.md', import.meta.url), 'utf8');
  assert.equal(await guide.locator('h3').count(), source.match(/^## /gm).length);
  assert.equal(await guide.locator('table').count(), source.match(/^\|[-| ]+\|$/gm).length);
  const text = await guide.innerText();
  for (const mark of ['**', '`', '](', '|---']) assert.ok(!text.includes(mark), `${mark} is left`);
  const targets = await it.page.locator('a').evaluateAll((all) => all.map((link) => link.href));
  for (const target of targets) {
    const { status } = await fetch(target, { headers: { accept: 'text/html' } });
    assert.equal(status, 200, target);
    const { hash } = new URL(target);
    if (target.startsWith(it.page.url().split('#')[0])) assert.equal(await it.page.locator(`[id="${hash.slice(1)}"]`).count(), 1, hash);
  }
  await it.page.getByRole('link', { name: 'Who still calls them' }).click();
  await it.page.locator('#deprecations').getByText('GET /banners').waitFor();
});
