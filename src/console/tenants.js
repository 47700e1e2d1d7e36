// Tenants at a glance, and one of them in full: banners, use, expiry.

import { action, copyButton, count, curl, day, daysBetween, el, empty, fromNow, plural, render, section } from './lib.js';
import { assignments } from './assignments.js';
import { spans, timeline } from './timeline.js';
import { banner, byTone, product, tenantType, tone, worst } from './words.js';

const SHOWN = 40;
const LINES = 10;
/** From how many days before it a shortage is worth a colour. */
const NEAR = 60;

const share = (used, total) => (total > 0 ? Math.round((used / total) * 100) : used > 0 ? 101 : 0);
const level = (used, total) => (used > total ? 'bad' : share(used, total) >= 90 ? 'warn' : 'good');

/** A bar of parts `[amount, class]` out of `total`. */
function bar(parts, total, label) {
  const used = parts.reduce((sum, [amount]) => sum + amount, 0);
  const whole = Math.max(total, used, 1);
  return el(
    'div',
    {
      class: 'bar',
      role: 'meter',
      'aria-label': label,
      'aria-valuemin': 0,
      'aria-valuemax': Math.max(total, 0),
      'aria-valuenow': Math.min(Math.max(used, 0), Math.max(total, 0)),
      'aria-valuetext': `${count(used)} of ${count(total)}`,
    },
    parts.map(([amount, kind]) => amount > 0 && el('span', { class: kind, style: { width: `${(amount / whole) * 100}%` } })),
    used > total && total > 0 && el('i', { class: 'limit', style: { left: `${(total / whole) * 100}%` }, title: `${count(total)} licensed` }),
  );
}

/** The list; customers stand under their MSP. */
export function list(container, { overview, selected, filter, all, select, showAll }) {
  const tenants = ordered(overview.tenants).filter((tenant) =>
    `${tenant.name} ${tenant.id} ${tenant.type}`.toLowerCase().includes(filter.toLowerCase()),
  );
  const shown = all ? tenants : tenants.slice(0, SHOWN);
  render(
    container,
    tenants.length === 0 && empty('No tenant matches.'),
    el('ul', { class: 'tenants' }, shown.map((tenant) => el('li', { class: tenant.parent ? 'child' : '' }, card(tenant, tenant.id === selected, select)))),
    shown.length < tenants.length &&
      el('button', { type: 'button', class: 'wide', 'data-key': 'all-tenants', onclick: showAll }, `Show all ${count(tenants.length)}`),
  );
}

function ordered(tenants) {
  const known = new Set(tenants.map((tenant) => tenant.id));
  const heads = tenants.filter((tenant) => !known.has(tenant.parent));
  return heads.flatMap((head) => [head, ...tenants.filter((tenant) => tenant.parent === head.id)]);
}

function card(tenant, current, select) {
  const { id, name, type, total, used, banners, hasEntitlementId } = tenant;
  const bad = worst(banners);
  return el(
    'button',
    { type: 'button', class: 'tenant', 'data-key': id, 'aria-current': current ? 'true' : undefined, onclick: () => select(id) },
    el('span', { class: 'line' }, el('strong', {}, name), !tenant.parent && el('span', { class: 'chip' }, tenantType(type))),
    hasEntitlementId
      ? [
          bar([[used, level(used, total)]], total, `Use of ${name}`),
          el(
            'span',
            { class: 'line small' },
            el('span', {}, `${count(used)} of ${count(total)}`),
            bad && el('span', { class: `dot ${bad}` }, plural(banners.length, 'banner')),
          ),
        ]
      : el('span', { class: 'small muted' }, 'No entitlement ID: answers 417'),
  );
}

/** One tenant. `view` keeps what the reader chose: filter, page, width. */
export function detail(container, { tenant, full, now, view, redraw }) {
  if (!tenant) return render(container, empty('Choose a tenant.'));
  const headers = callers(tenant, full);
  render(
    container,
    head(tenant, full, headers),
    !tenant.hasEntitlementId && empty('This tenant has no entitlement ID. Its subscription calls are answered with 417, ENTITLEMENT-10003.'),
    full && tenant.hasEntitlementId && [
      banners(full, now, headers),
      use(full, now, headers),
      expiry(full, now, headers, view, redraw),
      assignments(tenant, full, now, headers, view, redraw),
    ],
  );
}

const callers = (tenant, full) => ({
  'x-rks-tenantid': tenant.id,
  ...(full?.token ? { authorization: `Bearer ${full.token}` } : {}),
});

function head(tenant, full, headers) {
  const path = full?.mspSummaries ? '/mspEntitlements/summaries' : '/entitlements/summaries';
  return el(
    'header',
    { class: 'panel-head' },
    el('div', {}, el('h2', {}, tenant.name), el('p', { class: 'muted small' }, tenantType(tenant.type), ' · ', el('code', {}, tenant.id), tenant.default && ' · default')),
    tenant.hasEntitlementId &&
      el(
        'div',
        { class: 'tools' },
        copyButton(curl('GET', path, { headers }), `summaries of ${tenant.name}`, 'curl-tenant'),
        action('Refresh licences', 'GET', `${path}?refresh=true`, {
          headers,
          kind: 'primary',
          key: 'refresh-licences',
          title: `Refresh the licences of ${tenant.name} from the licensing system`,
          done: ({ data }) => `Refresh accepted: activity ${data?.requestId?.slice(0, 8)}.`,
        }),
      ),
  );
}

function banners(full, now, headers) {
  const pools = (full.mspSummaries?.mspEntitlementBanners ?? []).map((row) => [row, true]);
  const own = full.summaries.banners.map((row) => [row, false]);
  const rows = [...pools, ...own].sort(([a], [b]) => byTone(a, b));
  const path = full.mspSummaries ? '/mspBanners' : '/banners';
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
  return section(
    'Banners',
    copyButton(curl('GET', path, { headers }), 'banners', 'curl-banners'),
    shown.length ? el('ul', { class: 'banners' }, shown) : empty('Nothing to warn of.'),
  );
}

function use(full, now, headers) {
  const pools = full.mspSummaries ? poolRows(full) : [];
  const used = full.summaries.summary.filter((row) => !full.mspSummaries || row.quantity > 0 || row.deviceCount > 0);
  const own = used.map((row) => ({
    name: product(row.deviceType, row.deviceSubType),
    trial: row.tempLicense,
    total: row.quantity,
    parts: [[row.deviceCount, level(row.deviceCount, row.quantity)]],
    expiry: row.expirationDate,
    remarks: [
      row.outOfComplianceDevices > 0 && [`${plural(row.outOfComplianceDevices, 'device')} without a licence`, 'bad'],
      !(row.outOfComplianceDevices > 0) && row.futureOutOfComplianceDevices > 0 &&
        [`${plural(row.futureOutOfComplianceDevices, 'device')} without a licence from ${day(row.futureOfComplianceDate)}`, daysBetween(now, row.futureOfComplianceDate) <= NEAR && 'warn'],
    ],
  }));
  const path = full.mspSummaries ? '/mspEntitlements/summaries' : '/entitlements/summaries';
  return section(
    full.mspSummaries ? 'Pools' : 'Use',
    copyButton(curl('GET', path, { headers }), 'summaries', 'curl-use'),
    full.mspSummaries && [
      pools.length ? rows('Pools, all together', pools, now, 'assigned') : empty('No pools.'),
      legend([['customers', 'to customers'], ['own', 'to itself'], ['free', 'free']]),
      own.length > 0 && el('h4', {}, 'Its own devices'),
    ],
    own.length ? rows('All licences together', own, now, 'used') : !full.mspSummaries && empty('No licences and no devices.'),
  );
}

function poolRows(full) {
  const handed = new Map(full.assignmentSummaries.map((row) => [`${row.licenseType} ${row.trial}`, row]));
  return full.mspSummaries.mspEntitlementSummaries.map((row) => {
    const given = handed.get(`${row.licenseType} ${row.trial}`) ?? { quantity: 0, myAssignments: 0 };
    return {
      name: product(row.deviceType ?? row.licenseType, row.deviceSubType),
      trial: row.trial,
      total: row.quantity + row.courtesyQuantity,
      parts: [[given.quantity, 'customers'], [given.myAssignments, 'own']],
      expiry: row.expirationDate,
      remarks: [
        row.courtesyQuantity > 0 && [`${count(row.courtesyQuantity)} by courtesy`],
        row.remainingLicenses < 0 && [`${count(-row.remainingLicenses)} more assigned than there are`, 'bad'],
      ],
    };
  });
}

function rows(title, list, now, verb) {
  const sum = (pick) => list.reduce((total, row) => total + pick(row), 0);
  const merged = new Map();
  for (const row of list) for (const [amount, kind] of row.parts) merged.set(kind, (merged.get(kind) ?? 0) + amount);
  const total = sum((row) => row.total);
  const used = sum((row) => row.parts.reduce((all, [amount]) => all + amount, 0));
  const parts = verb === 'used' ? [[used, level(used, total)]] : [...merged].map(([kind, amount]) => [amount, kind]);
  return [
    el(
      'div',
      { class: 'meter whole' },
      el('div', { class: 'line' }, el('span', {}, title), el('span', { class: 'figures' }, el('strong', {}, count(used)), ` of ${count(total)} ${verb}`, el('span', { class: 'percent' }, total > 0 ? `${share(used, total)} %` : '–'))),
      bar(parts, total, title),
    ),
    el('div', { class: 'meters' }, list.map((row) => meter(row, now, verb))),
  ];
}

function meter({ name, trial, total, parts, expiry, remarks }, now, verb) {
  const used = parts.reduce((sum, [amount]) => sum + amount, 0);
  const left = total - used;
  const expired = expiry && Date.parse(expiry) < Date.parse(now);
  return el(
    'div',
    { class: 'meter' },
    el('div', { class: 'line' }, el('span', {}, name, trial && el('span', { class: 'chip trial' }, 'trial')), el('span', { class: 'figures' }, `${count(used)} / ${count(total)}`)),
    bar(parts, total, `${name}${trial ? ', trial' : ''}: ${verb}`),
    el(
      'p',
      { class: 'small muted' },
      left < 0 ? `${count(-left)} short` : `${count(left)} left`,
      expiry && ` · ${expired ? 'expired' : 'next expiry'} ${fromNow(now, expiry)}`,
      remarks.filter(Boolean).map(([text, tone]) => [' · ', el('em', { class: tone }, text)]),
    ),
  );
}

const legend = (entries) => el('p', { class: 'legend small muted' }, entries.map(([kind, text]) => el('span', {}, el('i', { class: kind }), text)));

function expiry(full, now, headers, view, redraw) {
  const purchases = full.mspSummaries?.mspEntitlements ?? full.summaries.entitlements;
  const all = spans(purchases, now);
  const shown = view.allSpans ? all : all.slice(-LINES);
  const path = full.mspSummaries ? '/mspEntitlements' : '/entitlements';
  return section(
    'Expiry',
    copyButton(curl('GET', path, { headers }), 'entitlements', 'curl-expiry'),
    all.length ? timeline(shown, now, view.width) : empty('Nothing bought or assigned.'),
    all.length > 0 && legend([['valid', 'valid'], ['trial', 'trial'], ['future', 'not started'], ['grace', 'grace period'], ['expired', 'expired'], ['now', 'now']]),
    shown.length < all.length &&
      el('button', { type: 'button', 'data-key': 'all-spans', onclick: () => redraw({ allSpans: true }) }, `Show all ${count(all.length)}`),
  );
}
