import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setupServer } from 'msw/node';
import { sandbox } from '../mock.js';
import { entitlements, others, untouched } from './handlers.mjs';

const API = 'https://api.example.com';
const headers = { 'x-rks-tenantid': 'c0000000000000000000000000000001' };
const server = setupServer(untouched(process.env.R1MOCK_URL ?? 'http://127.0.0.1:8080'), ...others);

before(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
after(() => server.close());

const json = async (path, init) => (await fetch(API + path, { headers, ...init })).json();

test('one page, two back ends', async () => {
  const mock = await sandbox();
  server.use(entitlements(mock.url));

  assert.deepEqual(await json('/venues'), [{ id: 'v1', name: 'Head office' }]);
  assert.equal((await json('/banners')).length, 5);
  await assert.rejects(json('/userProfiles'), 'what nobody answers is an error');

  await mock.advance('P10D');
  assert.ok((await json('/banners')).every((row) => row.type !== 'CLOSE_TO_EXPIRATION'));
  await mock.verify({ path: '/banners', headers }, { exactly: 2 });
  await mock.verify({ path: '/venues' }, { exactly: 0 });
  await mock.remove();
});

test('a body goes along, and so does a header that asks for a fault', async () => {
  const mock = await sandbox();
  server.use(entitlements(mock.url));

  const query = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{"filters":{}}' };
  assert.equal((await json('/entitlements/banners/query', query)).data.length, 5);
  const limited = await fetch(`${API}/banners`, { headers: { ...headers, 'x-mock-outcome': '429' } });
  assert.equal(limited.status, 429);
  await mock.remove();
});
