import { defineConfig } from 'vite';

const target = process.env.R1MOCK_URL ?? 'http://127.0.0.1:8080';
const paths = 'banners|mspBanners|entitlements|mspEntitlements|assignments|activities|tenants|mspCustomers|mspecs|oauth2|api/tenant';

export default defineConfig({
  server: {
    port: 3000,
    proxy: {
      '/api/websocket/socket.io': { target, ws: true },
      [`^/(${paths})([/?]|$)`]: { target },
    },
  },
});
