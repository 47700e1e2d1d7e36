import { test as base, expect } from '@playwright/test';
import { sandbox } from '../mock.js';

export { expect };

/** `mock` is a sandbox of the test's own; `open` shows the page on it. */
export const test = base.extend({
  scenario: ['default', { option: true }],
  mock: async ({ scenario }, use) => {
    const own = await sandbox({ scenario });
    await use(own);
    await own.remove();
  },
  open: async ({ page, mock }, use) => {
    await use(async () => {
      await page.goto(`/?${new URLSearchParams({ api: mock.url })}`);
      await expect(page.getByRole('status')).toHaveText('Up to date.');
      await expect(page.getByText('connected', { exact: true })).toBeVisible();
    });
  },
});
