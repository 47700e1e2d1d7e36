// No page has a finding of axe (WCAG 2.2 A and AA, best practices), in light and dark, on a desk and on a phone.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, afterEach, before, test } from 'node:test';
import { MSP, REC, START, browser, serve } from './helpers.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core');
const LOOKS = {
  light: { colorScheme: 'light' },
  'dark, on a phone': { colorScheme: 'dark', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};
let mock, chrome, page, complaints, close;

before(async () => {
  mock = await serve('--refresh-delay', '1h');
  chrome = await browser();
  await mock.send('POST', '/_mock/clock/freeze', { at: START });
  await mock.send('POST', '/_mock/sandboxes', { name: 'one' });
  await mock.send('POST', '/_mock/snapshots', { name: 'before' });
  await mock.send('POST', '/_mock/faults', { id: 'mine', match: { path: '/nowhere' }, effects: [{ status: { code: 503 } }] });
  await mock.get('/entitlements/summaries', { 'x-rks-tenantid': REC });
  await mock.get('/mspEntitlements/summaries?refresh=true', { 'x-rks-tenantid': MSP });
});
after(async () => {
  await chrome?.close();
  await mock?.stop();
});
afterEach(async () => {
  await close();
  assert.deepEqual(complaints, []);
});

/** What axe finds on the page as it is. The page's policy allows no foreign script, so the browser adds this one. */
async function clean(where) {
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))]), [], where);
}

async function open(look) {
  ({ page, complaints, close } = await chrome.page({ ...LOOKS[look], reducedMotion: 'reduce' }));
  await page.addInitScript({ path: AXE });
}

for (const look of Object.keys(LOOKS)) {
  test(`the console: ${look}`, async () => {
    await open(look);
    await page.goto(mock.base);
    for (const part of ['.meters', 'progress', '#fault-note', '.requests > li']) await page.locator(part).first().waitFor();
    await clean('the MSP');
    await page.locator('.tenant', { hasText: 'Dunmore Logistics' }).click();
    await page.locator('.requests summary').first().click();
    await page.locator('.requests dl').first().waitFor();
    await clean('a company, and a request');
    for (const [id, list] of [['#sandbox', '.sandboxes'], ['#snapshots-line', '.snapshots']]) {
      await page.locator(id).click();
      await page.locator(list).waitFor();
      await clean(list);
      await page.keyboard.press('Escape');
    }
    for (const form of ['Settings', 'Add a purchase', 'Change devices', 'Add a rule']) {
      await page.getByRole('button', { name: form, exact: true }).click();
      await clean(form);
      await page.keyboard.press('Escape');
    }
  });

  test(`the API docs: ${look}`, async () => {
    await open(look);
    await page.goto(`${mock.base}/_mock/console/docs.html`);
    const first = page.locator('#op-getSummary_1');
    await first.getByText('Try it').click();
    await first.getByRole('button', { name: 'Send' }).click();
    await first.locator('.answer pre').waitFor();
    await clean('the operations');
    await page.goto(`${mock.base}/_mock/console/docs.html?surface=control`);
    await page.locator('.operation').first().waitFor();
    await clean('the control surface');
  });

  test(`the page about deprecated operations: ${look}`, async () => {
    await open(look);
    await page.goto(`${mock.base}/_mock/deprecations/about#getBanners_1`);
    await page.getByRole('navigation', { name: 'Parts of the guide' }).waitFor();
    await clean('the guide');
  });
}
