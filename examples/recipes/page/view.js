// Rows into elements. What differs from the rows before is marked.

import { totals } from './kinds.js';

const $ = (selector) => document.querySelector(selector);
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const date = (text) => (text ? day.format(new Date(text)) : '–');

const WORDS = {
  INITIAL: ['note', 'expire'],
  CLOSE_TO_EXPIRATION: ['warning', 'expire'],
  GRACE_PERIOD: ['warning', 'have expired; the grace period ends'],
  AFTER_GRACE_PERIOD: ['alarm', 'have expired; the grace period ended'],
  EXPIRED: ['alarm', 'have expired'],
};

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const number = (value, ...more) => element('td', { class: 'number' }, String(value), ...more);

function change(value, before) {
  if (before === undefined || before === value) return [];
  return [' ', element('ins', {}, (value > before ? '+' : '') + (value - before))];
}

function banner(row) {
  const [level, verb] = WORDS[row.type] ?? ['note', row.type.toLowerCase().replaceAll('_', ' ')];
  const text = `${row.deviceCount} ${row.deviceType} licences ${verb} ${date(row.effectDate)}`;
  // Analytics compares licences with devices, and is not about a date.
  const analytics = `${row.totalRALicense} analytics licences for ${row.totalActiveDevices} devices`;
  return element('li', { class: level }, row.type.startsWith('RA_') ? analytics : text);
}

function pool(row, before) {
  return element('tr', {},
    element('th', { scope: 'row' }, row.name),
    number(row.quantity, ...change(row.quantity, before?.quantity)),
    number(row.used, ...change(row.used, before?.used)),
    number(row.quantity - row.used),
    element('td', {}, date(row.until)));
}

function purchase(row, isNew) {
  return element('tr', {},
    element('th', { scope: 'row' }, row.id, ...(isNew ? [' ', element('ins', {}, 'new')] : [])),
    element('td', {}, row.sku),
    number(row.quantity),
    element('td', {}, date(row.effectiveDate)),
    element('td', {}, date(row.expirationDate)));
}

function bar({ quantity, used }) {
  const meter = element('meter', { min: 0, max: quantity, value: used, 'aria-labelledby': 'used' });
  return [element('p', { id: 'used' }, element('strong', {}, String(used)), ` of ${quantity} licences in use`), meter];
}

/** Shows what there is; `before` is what was shown before the refresh. */
export function show({ pools, purchases, banners }, before) {
  const like = (row) => before?.pools.find((other) => other.name === row.name);
  const known = new Set(before?.purchases.map((row) => row.id));
  $('#banners').replaceChildren(...banners.map(banner));
  $('#totals').replaceChildren(...bar(totals(pools)));
  $('#pools tbody').replaceChildren(...pools.map((row) => pool(row, like(row))));
  $('#purchases tbody').replaceChildren(...purchases.map((row) => purchase(row, before && !known.has(row.id))));
}

export function say(text, state) {
  $('#status').textContent = text;
  $('#status').dataset.state = state;
  $('#refresh').disabled = state === 'busy';
  $('main').setAttribute('aria-busy', state === 'busy');
}

export function connection(isUp) {
  $('#link').dataset.state = isUp ? 'on' : 'off';
  $('#link').textContent = isUp ? 'connected' : 'not connected';
}
