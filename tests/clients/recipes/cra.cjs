// Starts a dev server as react-scripts does: src/setupProxy.js gets the server's application.

const webpack = require('webpack');
const DevServer = require('webpack-dev-server');

const server = new DevServer(
  {
    port: process.argv[2],
    host: '127.0.0.1',
    setupMiddlewares(middlewares, { app }) {
      require(process.argv[3])(app);
      return middlewares;
    },
  },
  webpack({ mode: 'development', entry: {} }),
);
server.start();
