// Faults: predefined sets to switch on and off, and rules of one's own.

import { act, action, sureButton } from './actions.js';
import { byId, el, empty, render } from './dom.js';
import { openRule } from './fault-rule.js';
import { count, plural } from './format.js';
import { curl } from './server.js';

export const curlLines = [
  ['List the rules', () => curl('GET', '/_mock/faults')],
  ['List the sets', () => curl('GET', '/_mock/faults/sets')],
  ['Remove all', () => curl('DELETE', '/_mock/faults')],
];

const isOf = (name, rule) => rule.id === name || (rule.id?.startsWith(`${name}.`) && /^\d+$/.test(rule.id.slice(name.length + 1)));

export function faults(container, { faults, sets = [], overview }) {
  if (faults === undefined) {
    return render(container, empty('This server has no faults (GET /_mock/faults is a 404). The rest of the page works without them.'));
  }
  const own = faults.filter((rule) => !sets.some(({ name }) => isOf(name, rule)));
  note(faults.length);
  render(
    container,
    el(
      'ul',
      { class: 'switches' },
      sets.map(({ name, title }) => el('li', {}, el('div', {}, el('strong', {}, name), el('p', { class: 'small muted' }, title)), toggle(name, faults.some((rule) => isOf(name, rule))))),
    ),
    el('h3', {}, 'Your own rules'),
    own.length > 0 && el('ul', { class: 'rules' }, own.map((rule) => el('li', { 'data-key': rule.id }, line(rule, overview)))),
    el(
      'div',
      { class: 'buttons' },
      el('button', { type: 'button', 'data-key': 'add-rule', onclick: () => openRule(overview.tenants) }, 'Add a rule'),
      faults.length > 0 && action('Clear all faults', 'DELETE', '/_mock/faults', { key: 'clear-faults', done: 'All faults are cleared.' }),
    ),
    faults.length > 0 && el('p', { class: 'small muted' }, `${count(faults.length)} ${faults.length === 1 ? 'rule is' : 'rules are'} in force.`),
  );
}

function line(rule, overview) {
  const { id, hits } = rule;
  const remove = (button) => act('DELETE', `/_mock/faults/${encodeURIComponent(id)}`, { button, done: `Rule ${id} is removed.` });
  return [
    el('div', {}, el('strong', {}, id), el('p', { class: 'small' }, summary(rule, overview)), el('p', { class: 'small muted' }, `applied to ${count(hits.struck ?? hits.applied ?? 0)} of ${plural(hits.matched, 'matching request')}`)),
    sureButton('Remove', `rule ${id}`, `remove-rule-${id}`, remove),
  ];
}

/** `GET /banners: status 503`. */
function summary({ match = {}, effects, probability = 1, times, skip }, overview) {
  const { method, path, operationId, tenant, ...others } = match;
  const name = overview?.tenants.find(({ id }) => id === tenant)?.name ?? tenant;
  const where = [method, path ?? operationId, tenant && `of ${name}`, ...Object.keys(others)].filter(Boolean).join(' ') || 'every request';
  const what = effects.map((effect) => {
    const [[word, how]] = Object.entries(effect);
    return word === 'status' ? `status ${how.code}` : word;
  });
  const limits = [probability < 1 && `${Math.round(probability * 100)} %`, skip > 0 && `after ${count(skip)}`, times !== undefined && `at most ${plural(times, 'time')}`];
  return [el('code', {}, where), `: ${what.join(', ')}`, limits.filter(Boolean).map((text) => ` · ${text}`)];
}

/** A note at the top of the page: requests fail on purpose. */
function note(rules) {
  byId('fault-note').hidden = rules === 0;
  byId('fault-note').textContent = plural(rules, 'fault rule');
}

function toggle(name, on) {
  const press = (event) => act(on ? 'DELETE' : 'POST', `/_mock/faults/sets/${name}`, { button: event.currentTarget, done: `${name} is ${on ? 'off' : 'on'}.` });
  return el(
    'button',
    { type: 'button', role: 'switch', class: 'switch', 'aria-checked': String(on), 'aria-label': `Fault set ${name}`, 'data-key': `set-${name}`, onclick: press },
    el('span', { class: 'thumb', 'aria-hidden': 'true' }),
  );
}
