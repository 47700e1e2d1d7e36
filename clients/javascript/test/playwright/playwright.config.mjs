import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: process.env.TEST_DIR ?? '.',
  reporter: 'line',
  workers: 2,
  fullyParallel: true,
  use: {
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']
    }
  }
})
