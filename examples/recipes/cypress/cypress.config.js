const { defineConfig } = require('cypress');

module.exports = defineConfig({
  e2e: {
    baseUrl: 'http://localhost:3000',
    env: { R1MOCK_URL: process.env.R1MOCK_URL ?? 'http://127.0.0.1:8080' },
  },
});
