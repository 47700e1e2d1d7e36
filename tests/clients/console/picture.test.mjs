// The picture in the README. `SHOTS=docs/images tests/clients/console/run.sh BINARY picture.test.mjs` renews it.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { REC, onePage, shots } from './helpers.mjs';

const it = onePage();

test('the first screen of the console shows tenants, banners, licences, a refresh and requests', async () => {
  const { mock, page } = it;
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await mock.get('/entitlements?status=VALID', { 'x-rks-tenantid': REC });
  await mock.get('/assignments/summaries');
  await mock.get('/entitlements/summaries?refresh=true', { 'x-rks-tenantid': REC });
  await it.open(`/?tenant=${REC}`);
  for (const part of ['.banner', 'progress', '.requests > li', '.timeline']) await page.locator(part).first().waitFor();
  assert.equal(await page.locator('.requests > li').count(), 3);
  if (shots) await page.screenshot({ path: join(shots, 'console.png') });
});
