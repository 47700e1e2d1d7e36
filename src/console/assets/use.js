// How much of what is licensed is in use.

import { el, empty, section } from './dom.js';
import { count, day, daysBetween, fromNow, plural } from './format.js';
import { product } from './words.js';

/** From how many days before it a shortage is worth a colour. */
const NEAR = 60;

const share = (used, total) => (total > 0 ? Math.round((used / total) * 100) : used > 0 ? 101 : 0);
export const level = (used, total) => (used > total ? 'bad' : share(used, total) >= 90 ? 'warn' : 'good');

/** A bar of parts `[amount, class]` out of `total`. */
export function bar(parts, total, label) {
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

/** The part of the tenant's panel. `tools`: its buttons. */
export function use(full, now, tools) {
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
  return [
    full.mspSummaries && section('Pools', undefined, pools.length ? rows('Pools, all together', pools, now, 'assigned') : empty('There are no pools.'), legend([['customers', 'to customers'], ['own', 'to itself'], ['free', 'free']])),
    section(full.mspSummaries ? 'Its own devices' : 'Use', tools, own.length ? rows('All licences together', own, now, 'used') : empty('There are no licences and no devices.')),
  ];
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

export const legend = (entries) => el('p', { class: 'legend small muted' }, entries.map(([kind, text]) => el('span', {}, el('i', { class: kind }), text)));
