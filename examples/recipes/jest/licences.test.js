const { sandbox } = require('../mock.js');
const { quantity, refresh, status } = require('./licences.js');

const company = { 'x-rks-tenantid': 'c0000000000000000000000000000001' };
let mock;

beforeEach(async () => (mock = await sandbox()));
afterEach(() => mock.remove());

test('a refresh brings what was bought, when it has ended', async () => {
  const before = await quantity(mock.url, company);
  const id = await refresh(mock.url, company);
  expect(await status(mock.url, id, company)).toBe('INPROGRESS');
  expect(await quantity(mock.url, company)).toBe(before);

  await mock.advance('PT2S');
  expect(await status(mock.url, id, company)).toBe('SUCCESS');
  expect(await quantity(mock.url, company)).toBe(before + 16);
});

test('tries again when the rate limit is hit', async () => {
  await mock.fault({ match: { path: '/entitlements' }, times: 1, effects: [{ status: { code: 429, retryAfter: 0 } }] });
  expect(await quantity(mock.url, company)).toBeGreaterThan(0);
  await mock.verify({ path: '/entitlements' }, { exactly: 2 });
});

test.each([
  ['503', 'The service is not available.'],
  ['cut', 'fetch failed'],
  ['truncated', 'JSON'],
])('says what is wrong: %s', async (outcome, message) => {
  await expect(quantity(mock.url, { ...company, 'x-mock-outcome': outcome })).rejects.toThrow(message);
});
