// Serves this page, and beside it the browser's bundle of socket.io-client: node page/serve.mjs [PORT]

import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { basename, extname } from 'node:path';

const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };
const bundle = createRequire(import.meta.url).resolve('socket.io-client/dist/socket.io.js');

const server = createServer((request, response) => {
  const name = basename(new URL(request.url, 'http://page').pathname) || 'index.html';
  const file = name === 'socket.io.js' ? bundle : new URL(name, import.meta.url);
  const body = createReadStream(file);
  body.once('open', () => {
    response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'text/plain', 'cache-control': 'no-store' });
    body.pipe(response);
  });
  body.once('error', () => response.writeHead(404).end());
});

server.listen(Number(process.argv[2] ?? 3000), 'localhost', () => {
  console.log(`page at http://localhost:${server.address().port}/`);
});
