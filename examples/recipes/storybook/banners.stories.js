import { banners, fetchBanners } from './banners.js';

const COMPANY = { 'x-rks-tenantid': 'c0000000000000000000000000000001' };

/** Makes a sandbox whose clock stands still, so that a story looks the same every day. */
async function sandbox(scenario, days) {
  const settings = { clock: { now: '2026-03-10T12:00:00Z', frozen: true } };
  const made = await fetch('/_mock/sandboxes', { method: 'POST', body: JSON.stringify({ scenario, settings }) });
  const url = `/sandboxes/${(await made.json()).name}`;
  if (days) await fetch(`${url}/_mock/clock/advance`, { method: 'POST', body: JSON.stringify({ by: `P${days}D` }) });
  return url;
}

export default {
  title: 'Banners',
  loaders: [
    async ({ parameters: { scenario, days, headers } }) =>
      fetchBanners(await sandbox(scenario, days), { ...COMPANY, ...headers }),
  ],
  render: (args, { loaded }) => banners(loaded),
};

export const Mixed = { parameters: { scenario: 'default' } };
export const Expiring = { parameters: { scenario: 'expiring' } };
export const ThreeMonthsLater = { parameters: { scenario: 'expiring', days: 90 } };
export const OutOfOrder = { parameters: { headers: { 'x-mock-outcome': '503' } } };
