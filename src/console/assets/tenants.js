// The tenants at a glance.

import { el, empty, render } from './dom.js';
import { count, plural } from './format.js';
import { curl } from './server.js';
import { bar, level } from './use.js';
import { tenantType, worst } from './words.js';

const SHOWN = 40;

export const curlLines = [['List the tenants', () => curl('GET', '/_mock/tenants')]];

/** The list; customers come after their MSP. */
export function list(container, { overview, selected, filter, all, select, showAll }) {
  const tenants = ordered(overview.tenants).filter((tenant) =>
    `${tenant.name} ${tenant.id} ${tenant.type}`.toLowerCase().includes(filter.toLowerCase()),
  );
  const shown = all ? tenants : tenants.slice(0, SHOWN);
  render(
    container,
    tenants.length === 0 && empty('No tenant matches.'),
    el('ul', { class: 'tenants' }, shown.map((tenant) => el('li', { class: tenant.parent ? 'child' : '', 'data-key': `of-${tenant.id}` }, card(tenant, tenant.id === selected, select)))),
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
