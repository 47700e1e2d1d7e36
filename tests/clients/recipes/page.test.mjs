// A page of another origin, as a user sees it: old numbers until the socket tells, then new ones.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { browser, expect, MSP, pageServer, REC, require, shots, simulator } from './helpers.mjs';

let mock, pages, chrome, sandbox;
before(async () => {
  mock = await simulator();
  pages = await pageServer();
  chrome = await browser();
  process.env.R1MOCK_URL = mock.url;
  ({ sandbox } = require('./mock.js'));
});
after(() => Promise.all([mock?.stop(), pages?.stop(), chrome?.close()]));

/** The page on a sandbox of its own; in the end it must not have complained. */
async function visit(tenant, look, { faulty = false } = {}) {
  const own = await sandbox();
  const address = `${pages.url}?${new URLSearchParams({ api: own.url, tenant })}`;
  assert.notEqual(new URL(address).host, new URL(own.url).host);
  const { page, complaints, close } = await chrome.open(address);
  const screen = {
    page,
    status: page.getByRole('status'),
    refresh: page.getByRole('button', { name: 'Refresh' }),
    totals: page.getByRole('region', { name: 'Totals' }),
    pool: (name) => page.getByRole('row', { name: new RegExp(`^${name}`) }),
    purchases: page.locator('#purchases tbody tr'),
    shot: (name) => page.screenshot({ path: join(shots, `${name}.png`), fullPage: true }),
  };
  try {
    await expect(page.getByText('connected', { exact: true })).toBeVisible();
    await expect(screen.status).toHaveText('Up to date.');
    await look(screen, own);
    if (!faulty) assert.deepEqual(complaints, []);
  } finally {
    await close();
    await own.remove();
  }
}

/**
 * Presses Refresh for the `turn`th time: everything is read again at once, and yet the old numbers stay,
 * until the socket tells that the refresh has ended.
 */
async function refresh(screen, own, path, turn, { old, fresh }) {
  await old();
  await screen.refresh.click();
  await own.wait({ method: 'GET', path, query: { refresh: 'true' }, status: 202 }, turn);
  // One read when the page was opened, and two for each refresh that has gone before. The browser may revalidate: 304.
  await own.wait({ method: 'GET', path, query: { refresh: null } }, 2 * turn);
  await expect(screen.status).toHaveText(/^Refreshing/);
  await expect(screen.refresh).toBeDisabled();
  await old();
  await screen.shot(`page-${path.split('/')[1]}-${turn}-pending`);
  await own.advance('PT2S');
  await expect(screen.status).toHaveText(/^Refreshed/);
  await expect(screen.refresh).toBeEnabled();
  await fresh();
  await screen.shot(`page-${path.split('/')[1]}-${turn}-fresh`);
}

const bought = (screen, id) => screen.page.getByRole('row', { name: new RegExp(`^${id} new`) });

test('a company keeps its old numbers until the refresh has ended', () =>
  visit(REC, async (screen, own) => {
    await expect(screen.page.getByRole('list', { name: 'Banners' }).getByRole('listitem')).toHaveCount(5);
    await refresh(screen, own, '/entitlements/summaries', 1, {
      old: () => expect(screen.purchases).toHaveCount(10),
      fresh: async () => {
        await expect(screen.purchases).toHaveCount(11);
        await expect(bought(screen, '358889506-2')).toBeVisible();
      },
    });
    await refresh(screen, own, '/entitlements/summaries', 2, {
      old: async () => {
        await expect(screen.pool('ANALYTICS')).toContainText('190');
        await expect(screen.totals).toContainText('436 of 490 licences');
      },
      fresh: async () => {
        await expect(screen.pool('ANALYTICS')).toContainText('250 +60');
        await expect(screen.totals).toContainText('492 of 550 licences');
      },
    });
    // What the vendor's UI sends with every call, bodiless or not.
    for (const path of ['/entitlements', '/entitlements/summaries', '/banners']) {
      const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-rks-tenantid': REC };
      await own.verify({ method: 'GET', path, headers, query: { refresh: null } }, { exactly: 5 });
    }
  }));

test('an MSP is told by the use case of its own', () =>
  visit(MSP, async (screen, own) => {
    await refresh(screen, own, '/mspEntitlements/summaries', 1, {
      old: () => expect(screen.purchases).toHaveCount(8),
      fresh: () => expect(bought(screen, '358880102-2')).toBeVisible(),
    });
    await refresh(screen, own, '/mspEntitlements/summaries', 2, {
      old: () => expect(screen.totals).toContainText('489 of 1033 licences'),
      fresh: async () => {
        await expect(screen.pool('MSP_WIFI')).toContainText('230 +30');
        await expect(screen.totals).toContainText('489 of 1063 licences');
      },
    });
  }));

test('a refresh that fails, or is not accepted, leaves the numbers as they were', () =>
  visit(REC, async (screen, own) => {
    const withHeader = (name, value) =>
      screen.page.route('**/*refresh=true', (route) =>
        route.continue({ headers: { ...route.request().headers(), [name]: value } }));

    await withHeader('x-mock-activity', 'fail');
    await screen.refresh.click();
    await own.wait({ method: 'GET', path: '/entitlements/summaries', query: { refresh: null }, status: 200 }, 2);
    await own.advance('PT2S');
    await expect(screen.status).toHaveText(/^The refresh failed\. \S/);
    await expect(screen.purchases).toHaveCount(10);

    await withHeader('x-mock-outcome', '503');
    await screen.refresh.click();
    await expect(screen.status).toHaveText('The refresh was not accepted. 503: The service is not available.');
    await expect(screen.purchases).toHaveCount(10);
    await screen.shot('page-refused');
  }, { faulty: true }));
