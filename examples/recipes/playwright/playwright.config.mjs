import { defineConfig } from '@playwright/test';

const mock = process.env.R1MOCK_URL ?? 'http://127.0.0.1:8080';
const page = process.env.PAGE_URL ?? 'http://localhost:3000';
// A browser of the system, where Playwright's own cannot be had; otherwise leave this out.
const chromium = process.env.CHROMIUM && { executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] };

export default defineConfig({
  fullyParallel: true,
  reporter: 'list',
  use: { baseURL: page, launchOptions: chromium || {} },
  // Whatever does not run already is started.
  webServer: [
    { command: 'r1-entitlements-mock', url: `${mock}/_mock/ready`, reuseExistingServer: true },
    { command: 'node ../page/serve.mjs 3000', url: page, reuseExistingServer: true },
  ],
});
