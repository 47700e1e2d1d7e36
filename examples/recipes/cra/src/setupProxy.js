const { createProxyMiddleware } = require('http-proxy-middleware');

const target = process.env.R1MOCK_URL ?? 'http://127.0.0.1:8080';
const paths = [
  '/banners', '/mspBanners', '/entitlements', '/mspEntitlements', '/assignments', '/activities',
  '/tenants', '/mspCustomers', '/mspecs', '/oauth2', '/api/tenant', '/api/websocket/socket.io',
];

module.exports = (app) => app.use(createProxyMiddleware({ target, pathFilter: paths, ws: true }));
