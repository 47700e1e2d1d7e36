// The assignments of a tenant: a table by pages.

import { act, copyButton, count, curl, day, el, empty, section, sureButton } from './lib.js';
import { product } from './words.js';

const PAGE = 25;

export function assignments(tenant, full, now, headers, view, redraw) {
  const isMsp = Boolean(full.mspSummaries);
  if (!isMsp && full.assignments.length === 0) return false;
  const names = view.names;
  const valid = full.assignments.filter((row) => row.status === 'VALID' || row.status === 'FUTURE').length;
  const wanted = full.assignments.filter((row) => !view.onlyValid || row.status === 'VALID' || row.status === 'FUTURE');
  const pages = Math.max(1, Math.ceil(wanted.length / PAGE));
  const page = Math.min(view.page, pages - 1);
  const shown = wanted.slice(page * PAGE, (page + 1) * PAGE);
  const msp = { ...headers, 'x-rks-tenantid': tenant.parent && !isMsp ? tenant.parent : tenant.id };
  const cells = (row) => [
    el('td', { class: 'to' }, row.mspEcTenantId === row.mspTenantId ? 'to itself' : (names.get(row.mspEcTenantId) ?? row.mspEcTenantId), el('code', { class: 'sub' }, row.id)),
    el('td', {}, product(row.deviceType, row.deviceSubType), row.trialAssignment && el('span', { class: 'chip trial' }, 'trial')),
    el('td', { class: 'num' }, count(row.quantity)),
    el('td', {}, day(row.dateExpires)),
    el('td', { class: 'state' }, el('span', { class: `chip ${row.status.toLowerCase()}` }, row.status.toLowerCase())),
    el('td', { class: 'end' }, row.status === 'VALID' || row.status === 'FUTURE' ? revoke(row, msp) : ''),
  ];
  return section(
    isMsp ? 'Assignments' : 'Assigned by its MSP',
    el(
      'div',
      { class: 'tools' },
      el('label', { class: 'check' }, el('input', { type: 'checkbox', 'data-key': 'only-valid', checked: view.onlyValid, onchange: (event) => redraw({ onlyValid: event.target.checked, page: 0 }) }), `Only the ${count(valid)} valid or future`),
      isMsp && copyButton(curl('GET', '/assignments', { headers }), 'assignments', 'curl-assignments'),
    ),
    shown.length
      ? el(
          'div',
          { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of assignments', 'data-scroll': 'assignments', 'data-key': 'table' },
          el(
            'table',
            { class: 'assignments' },
            el('thead', {}, el('tr', {}, ['To', 'Licence', 'Quantity', 'Expires', 'Status'].map((text) => el('th', { scope: 'col', class: text === 'Quantity' ? 'num' : '' }, text)), el('th', { scope: 'col', class: 'end' }, el('span', { class: 'offscreen' }, 'Actions')))),
            el('tbody', {}, shown.map((row) => el('tr', {}, cells(row)))),
          ),
        )
      : empty('No assignments.'),
    pages > 1 &&
      el(
        'div',
        { class: 'pager' },
        el('button', { type: 'button', 'data-key': 'page-back', disabled: page === 0, onclick: () => redraw({ page: page - 1 }) }, 'Back'),
        el('span', {}, `Page ${page + 1} of ${count(pages)}`),
        el('button', { type: 'button', 'data-key': 'page-on', disabled: page + 1 >= pages, onclick: () => redraw({ page: page + 1 }) }, 'Next'),
      ),
  );
}

function revoke(row, headers) {
  const done = `Assignment ${row.id} is revoked.`;
  return sureButton('Revoke', [`Revoke assignment ${row.id}`, `Really revoke assignment ${row.id}?`], `revoke-${row.id}`, (button) =>
    act('DELETE', '/assignments', { body: [{ assignmentId: row.id }], headers, button, done }),
  );
}
