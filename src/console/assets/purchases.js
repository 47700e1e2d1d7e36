// Purchases of a tenant and pools of an MSP: added, changed, removed.

import { act, sureButton } from './actions.js';
import { openForm } from './dialog.js';
import { el, empty, section } from './dom.js';
import { count, day, isoDay } from './format.js';
import { DEVICE_TYPES, POOL_PRODUCTS, SUB_TYPES, product } from './words.js';

const SHOWN = 12;
/** Plausible stock keeping units. */
const SKUS = { WIFI: 'CLD-RKWF-1001', SWITCH: 'CLD-S76M-1001', APSW: 'CLD-PROF-APSW-REC1', ANALYTICS: 'CLD-ANAP-1001', MSP_WIFI: 'CLD-MW00-1001', MSP_APSW: 'CLD-PROF-APSW-MSP1', MSP_ICX76: 'CLD-MS76-1001' };
const YEAR = 364 * 86_400_000;

/** The two kinds: what a tenant bought for itself, and what an MSP bought for its customers. */
const KINDS = {
  purchase: { word: 'purchase', rows: 'entitlements', path: 'entitlements', trial: 'tempLicense' },
  pool: { word: 'pool', rows: 'mspEntitlements', path: 'msp-entitlements', trial: 'isTrial' },
};

/** The part of the tenant's panel that changes them. */
export function purchases({ tenant, full, rows, now, view, redraw }) {
  if (!rows) return false;
  const isMsp = Boolean(full.mspSummaries);
  const kinds = isMsp ? ['pool', 'purchase'] : ['purchase'];
  const all = kinds.flatMap((kind) => rows[KINDS[kind].rows].map((row) => ({ kind, row })));
  const shown = view.allPurchases ? all : all.slice(0, SHOWN);
  const add = (kind) => el('button', { type: 'button', class: 'small', 'data-key': `add-${kind}`, onclick: () => open(kind, { tenant, rows, now }) }, `Add a ${KINDS[kind].word}`);
  return section(
    isMsp ? 'Pools and purchases' : 'Purchases',
    el('div', { class: 'tools' }, kinds.map(add)),
    shown.length ? el('div', { class: 'scroll fit' }, table(shown, { tenant, rows, now, isMsp })) : empty('There are none.'),
    shown.length < all.length && el('button', { type: 'button', class: 'wide', 'data-key': 'all-purchases', onclick: () => redraw({ allPurchases: true }) }, `Show all ${count(all.length)}`),
  );
}

function table(shown, context) {
  const head = ['Licence', 'Quantity', 'From', 'Until'];
  return el(
    'table',
    { class: 'stacks purchases' },
    el('thead', {}, el('tr', {}, head.map((text) => el('th', { scope: 'col', class: text === 'Quantity' ? 'num' : '' }, text)), el('th', { scope: 'col', class: 'end' }, el('span', { class: 'offscreen' }, 'Actions')))),
    el('tbody', {}, shown.map(({ kind, row }) => el('tr', { 'data-key': `${kind}-${row.id}` }, cells(kind, row, context)))),
  );
}

function cells(kind, row, context) {
  const { tenant, now, isMsp } = context;
  const { word, path, trial } = KINDS[kind];
  const isOver = Date.parse(row.expirationDate) < Date.parse(now);
  const name = kind === 'pool' ? product(row.licenseType) : product(row.deviceType, row.deviceSubType);
  const remove = (button) => act('DELETE', `/_mock/state/purchases/${tenant.id}/${encodeURIComponent(row.id)}`, { button, done: `The ${word} ${row.id} is removed.` });
  return [
    el('td', { class: 'to' }, name, row[trial] && el('span', { class: 'chip trial' }, 'trial'), isMsp && kind === 'purchase' && el('span', { class: 'chip' }, 'its own'), el('code', { class: 'sub' }, row.id, ' · ', row.sku)),
    el('td', { class: 'num' }, count(row.quantity)),
    el('td', {}, day(row.effectiveDate)),
    el('td', {}, day(row.expirationDate), isOver && el('span', { class: 'chip status-chip' }, 'expired')),
    el(
      'td',
      { class: 'end' },
      el('div', { class: 'row-buttons' },
        el('button', { type: 'button', class: 'small', 'data-key': `change-${path}-${row.id}`, 'aria-label': `Change ${word} ${row.id}`, onclick: () => open(kind, { ...context, row }) }, 'Change'),
        sureButton('Remove', `${word} ${row.id}`, `remove-${path}-${row.id}`, remove)),
    ),
  ];
}

/** The form for a new one, or for a row that is there. */
function open(kind, { tenant, rows, now, row }) {
  const { word, path, trial } = KINDS[kind];
  const isPool = kind === 'pool';
  const known = rows[KINDS[kind].rows];
  openForm({
    title: row ? `Change ${word} ${row.id}` : `Add a ${word}`,
    text: `${isPool ? 'Bought by' : 'For'} ${tenant.name}. All summaries and banners follow from it.`,
    submit: row ? 'Change' : 'Add',
    json: true,
    fields: [
      { name: 'product', label: 'Licence', type: 'select', options: (isPool ? POOL_PRODUCTS : DEVICE_TYPES).map((one) => [one, product(one)]), value: isPool ? (row?.licenseType ?? 'MSP_APSW') : (row?.deviceType ?? 'WIFI') },
      ...(isPool ? [] : [{ name: 'variant', label: 'Variant', value: row?.deviceSubType, options: SUB_TYPES, placeholder: 'none, or ICX76' }]),
      { name: 'quantity', label: 'Quantity', type: 'number', value: row?.quantity ?? 10, min: 1, max: 10_000_000, required: true },
      { name: 'from', label: 'First day', type: 'date', value: isoDay(row?.effectiveDate ?? now), required: true },
      { name: 'until', label: 'Last day', type: 'date', value: isoDay(row?.expirationDate ?? Date.parse(now) + YEAR), required: true },
      { name: 'sku', label: 'SKU', value: row?.sku, required: true, ...(!row && { follow: (values) => usualSku(values, known, trial) }) },
      { name: 'trial', label: 'Trial', type: 'checkbox', value: row?.[trial] },
    ],
    request: (values) => ({ method: 'PUT', path: `/_mock/state/${path}/${tenant.id}`, body: { ...(isPool ? pool(values, row) : purchase(values, row, now)), ...terms(values, row, known, trial) } }),
    done: row ? `The ${word} ${row.id} is changed.` : `${tenant.name} has a new ${word}.`,
  });
}

/** What both kinds have. A date that was not touched keeps its time of day. */
function terms({ quantity, from, until, sku, trial }, row, known, trialField) {
  const date = (wanted, present) => (present && isoDay(present) === wanted ? present : wanted);
  return {
    id: row?.id ?? newId(known),
    sku,
    quantity,
    effectiveDate: date(from, row?.effectiveDate),
    expirationDate: date(until, row?.expirationDate),
    [trialField]: trial,
  };
}

/** The SKU of a similar row, or else a plausible one. */
function usualSku({ product, trial }, known, trialField) {
  const similar = known.find((one) => [one.licenseType, one.deviceType].includes(product) && Boolean(one[trialField]) === trial);
  return similar?.sku ?? `${SKUS[product] ?? `CLD-${product.replace(/^MSP_/, '').replaceAll('_', '-')}-1001`}${trial ? '-TEMP' : ''}`;
}

/** Ids of the licensing system start lower. */
function newId(known) {
  const numbers = known.map(({ id }) => Number(id.match(/^(9\d{8})-1$/)?.[1] ?? 900_000_000));
  return `${Math.max(900_000_000, ...numbers) + 1}-1`;
}

function purchase({ product, variant }, row = {}, now) {
  const isSame = row.deviceType === product && (row.deviceSubType ?? '') === variant;
  const { licenseType, licenseName, licenseDesc, deviceSubType, ...kept } = row;
  return {
    ...kept,
    deviceType: product,
    ...(variant && { deviceSubType: variant }),
    ...(isSame && { licenseType, licenseName, licenseDesc }),
    ...(row.updatedDate && { updatedDate: now }),
  };
}

function pool({ product }, row = {}) {
  const { deviceType, deviceSubType, ...kept } = row;
  return { ...kept, licenseType: product, ...(row.licenseType === product && { deviceType, deviceSubType }) };
}

