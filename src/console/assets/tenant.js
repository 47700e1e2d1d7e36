// One tenant in full: banners, use, expiry, purchases, assignments.

import { act, copyAsCurl } from './actions.js';
import { awaitEnd } from './activities.js';
import { assignments } from './assignments.js';
import { openDevices } from './devices.js';
import { el, empty, render, section } from './dom.js';
import { count } from './format.js';
import { purchases } from './purchases.js';
import { curl } from './server.js';
import { spans, timeline } from './timeline.js';
import { legend, use } from './use.js';
import { banner, byTone, tenantType, tone } from './words.js';

const LINES = 10;

/** `view` keeps what the reader chose: filter, page, width. */
export function detail(container, context) {
  const { tenant, full, rows, now } = context;
  if (!tenant) return render(container, empty('Select a tenant.'));
  render(
    container,
    head(tenant, full),
    !tenant.hasEntitlementId && empty('This tenant has no entitlement ID. Its subscription calls are answered with 417, ENTITLEMENT-10003.'),
    full && tenant.hasEntitlementId && [
      banners(full, now),
      use(full, now, rows && el('button', { type: 'button', class: 'small', 'data-key': 'devices', onclick: () => openDevices({ tenant, rows }) }, 'Change devices')),
      expiry(context),
      purchases(context),
      assignments(context),
    ],
  );
}

/** The headers of a call as this tenant. */
const callers = (tenant, full) => ({
  'x-rks-tenantid': tenant.id,
  ...(full?.token ? { authorization: `Bearer ${full.token}` } : {}),
});

function head(tenant, full) {
  const headers = callers(tenant, full);
  return el(
    'header',
    { class: 'panel-head' },
    el('div', {}, el('h2', {}, tenant.name), el('p', { class: 'muted small' }, tenantType(tenant.type), ' · ', el('code', {}, tenant.id), tenant.default && ' · default')),
    tenant.hasEntitlementId &&
      el(
        'div',
        { class: 'tools' },
        copyAsCurl(tenant.name, curlLines(full, headers), 'curl-tenant'),
        el('button', { type: 'button', class: 'primary', 'data-key': 'refresh-licences', title: 'Start a refresh from the licensing system', onclick: (event) => refresh(event.currentTarget, tenant, headers) }, 'Refresh licences'),
      ),
  );
}

async function refresh(button, tenant, headers) {
  const done = ({ data }) => {
    awaitEnd(data?.requestId, tenant.name);
    return `The refresh of ${tenant.name} is accepted: activity ${data?.requestId?.slice(0, 8)}.`;
  };
  await act('PATCH', '/entitlements', { headers, body: { refreshType: 'FULL' }, button, done });
}

const curlLines = (full, headers) => {
  const get = (path) => () => curl('GET', path, { headers });
  const isMsp = Boolean(full?.mspSummaries);
  return [
    ['Summaries', get(isMsp ? '/mspEntitlements/summaries' : '/entitlements/summaries')],
    ['Banners', get(isMsp ? '/mspBanners' : '/banners')],
    [isMsp ? 'Pools' : 'Entitlements', get(isMsp ? '/mspEntitlements' : '/entitlements')],
    ...(isMsp ? [['Assignments', get('/assignments')]] : []),
    ['Refresh licences', () => curl('PATCH', '/entitlements', { headers, body: { refreshType: 'FULL' } })],
  ];
};

function banners(full, now) {
  const pools = (full.mspSummaries?.mspEntitlementBanners ?? []).map((row) => [row, true]);
  const own = full.summaries.banners.map((row) => [row, false]);
  const rows = [...pools, ...own].sort(([a], [b]) => byTone(a, b));
  const shown = rows.map(([row, isPool]) => {
    const [title, text] = banner(row, now, isPool);
    return el(
      'li',
      { class: `banner ${tone(row.type)}` },
      el('span', { class: 'mark', 'aria-hidden': 'true' }),
      el('div', {}, el('strong', {}, title), el('p', {}, text)),
      el('code', { class: 'small' }, row.type),
    );
  });
  return section('Banners', undefined, shown.length ? el('ul', { class: 'banners' }, shown) : empty('There are no banners.'));
}

function expiry({ full, now, view, redraw }) {
  const all = spans(full.mspSummaries?.mspEntitlements ?? full.summaries.entitlements, now);
  const shown = view.allSpans ? all : all.slice(-LINES);
  return section(
    'Expiry',
    undefined,
    all.length ? timeline(shown, now, view.width) : empty('Nothing has been bought or assigned.'),
    all.length > 0 && legend([['valid', 'valid'], ['trial', 'trial'], ['future', 'not started'], ['grace', 'grace period'], ['expired', 'expired'], ['now', 'now']]),
    shown.length < all.length &&
      el('button', { type: 'button', 'data-key': 'all-spans', onclick: () => redraw({ allSpans: true }) }, `Show all ${count(all.length)}`),
  );
}
