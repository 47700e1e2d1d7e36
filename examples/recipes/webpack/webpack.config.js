const target = process.env.R1MOCK_URL ?? 'http://127.0.0.1:8080';

module.exports = {
  mode: 'development',
  devServer: {
    port: 3000,
    proxy: [
      {
        context: [
          '/banners', '/mspBanners', '/entitlements', '/mspEntitlements', '/assignments', '/activities',
          '/tenants', '/mspCustomers', '/mspecs', '/oauth2', '/api/tenant', '/api/websocket/socket.io',
        ],
        target,
        ws: true,
      },
    ],
  },
};
