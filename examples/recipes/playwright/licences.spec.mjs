import { expect, test } from './fixtures.mjs';

test('a refresh shows what was bought, when it has ended', async ({ page, mock, open }) => {
  await open();
  await page.getByRole('button', { name: 'Refresh' }).click();
  await mock.wait({ path: '/entitlements/summaries', query: { refresh: 'true' }, status: 202 });
  await expect(page.getByText('358889506-2')).toHaveCount(0);

  await mock.advance('PT2S');
  await expect(page.getByRole('row', { name: '358889506-2 new' })).toBeVisible();
});

test('the days pass, and a purchase expires', async ({ page, mock, open }) => {
  await mock.advance('P10D');
  await open();
  await expect(page.getByText('16 SWITCH licences have expired')).toBeVisible();
});

test('one request goes wrong, the others do not', async ({ page, mock, open }) => {
  await open();
  await page.route('**/*refresh=true', (route) =>
    route.continue({ headers: { ...route.request().headers(), 'x-mock-outcome': '429' } }));
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect(page.getByRole('status')).toContainText('429');
  await mock.verify({ path: '/entitlements/summaries', status: 429 }, { exactly: 1 });
});

test.describe('all in grace', () => {
  test.use({ scenario: 'grace' });

  test('nothing counts as licensed', async ({ page, open }) => {
    await open();
    await expect(page.getByText('the grace period ends').first()).toBeVisible();
  });
});
