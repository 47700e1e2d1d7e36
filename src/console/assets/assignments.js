// The assignments of a tenant: a table by pages.

import { act, sureButton } from './actions.js';
import { asMsp, openAssign, openChange } from './assign.js';
import { el, empty, section } from './dom.js';
import { count, day } from './format.js';
import { product } from './words.js';

const PAGE = 25;
const isOn = (row) => row.status === 'VALID' || row.status === 'FUTURE';

export function assignments({ tenant, full, rows, now, tenants, view, redraw }) {
  const isMsp = Boolean(full.mspSummaries);
  const msp = isMsp ? tenant.id : tenant.parent;
  if (!msp) return false;
  const valid = full.assignments.filter(isOn).length;
  const wanted = full.assignments.filter((row) => !view.onlyValid || isOn(row));
  const pages = Math.max(1, Math.ceil(wanted.length / PAGE));
  const page = Math.min(view.page, pages - 1);
  const shown = wanted.slice(page * PAGE, (page + 1) * PAGE);
  const headers = asMsp(msp, rows);
  const names = new Map(tenants.map(({ id, name }) => [id, name]));
  const open = () => openAssign({ msp, customer: isMsp ? undefined : tenant.id, rows, tenants, now });
  return section(
    isMsp ? 'Assignments' : 'Assigned by its MSP',
    el(
      'div',
      { class: 'tools' },
      el('label', { class: 'check' }, el('input', { type: 'checkbox', 'data-key': 'only-valid', checked: view.onlyValid, onchange: (event) => redraw({ onlyValid: event.target.checked, page: 0 }) }), `Only the ${count(valid)} valid or future`),
      el('button', { type: 'button', class: 'small', 'data-key': 'assign', onclick: open }, 'Assign licences'),
    ),
    shown.length ? el('div', { class: 'scroll fit' }, table(shown, headers, names)) : empty('No assignments.'),
    pages > 1 && pager(page, pages, redraw),
  );
}

function table(shown, headers, names) {
  const head = ['To', 'Licence', 'Quantity', 'Expires'];
  return el(
    'table',
    { class: 'stacks assignments' },
    el('thead', {}, el('tr', {}, head.map((text) => el('th', { scope: 'col', class: text === 'Quantity' ? 'num' : '' }, text)), el('th', { scope: 'col', class: 'end' }, el('span', { class: 'offscreen' }, 'Actions')))),
    el('tbody', {}, shown.map((row) => el('tr', { 'data-key': `assignment-${row.id}` }, cells(row, headers, names)))),
  );
}

const cells = (row, headers, names) => [
  el('td', { class: 'to' }, row.mspEcTenantId === row.mspTenantId ? 'to itself' : (names.get(row.mspEcTenantId) ?? row.mspEcTenantId), el('code', { class: 'sub' }, row.id)),
  el('td', {}, product(row.deviceType, row.deviceSubType), row.trialAssignment && el('span', { class: 'chip trial' }, 'trial')),
  el('td', { class: 'num' }, count(row.quantity)),
  el('td', {}, day(row.dateExpires), el('span', { class: `chip status-chip ${row.status.toLowerCase()}` }, row.status.toLowerCase())),
  el('td', { class: 'end' }, isOn(row) && buttons(row, headers)),
];

function buttons(row, headers) {
  // Only an MSP's own assignments can be revoked by an operation that is not deprecated.
  const call = row.mspEcTenantId === row.mspTenantId ? [`/tenants/self/entitlements/assignments/${row.id}`, {}] : ['/assignments', { body: [{ assignmentId: row.id }] }];
  const revoke = (button) => act('DELETE', call[0], { ...call[1], headers, button, done: `Assignment ${row.id} is revoked.` });
  return el(
    'div',
    { class: 'row-buttons' },
    el('button', { type: 'button', class: 'small', 'data-key': `change-${row.id}`, 'aria-label': `Change assignment ${row.id}`, onclick: () => openChange({ row, headers }) }, 'Change'),
    sureButton('Revoke', `assignment ${row.id}`, `revoke-${row.id}`, revoke),
  );
}

const pager = (page, pages, redraw) =>
  el(
    'div',
    { class: 'pager' },
    el('button', { type: 'button', 'data-key': 'page-back', disabled: page === 0, onclick: () => redraw({ page: page - 1 }) }, 'Back'),
    el('span', {}, `Page ${page + 1} of ${count(pages)}`),
    el('button', { type: 'button', 'data-key': 'page-on', disabled: page + 1 >= pages, onclick: () => redraw({ page: page + 1 }) }, 'Next'),
  );
