// Who still calls deprecated operations.

import { sureButton, act } from './actions.js';
import { el, empty, render } from './dom.js';
import { clockTime, count, day, plural } from './format.js';
import { curl } from './server.js';

export const curlLines = [
  ['The report', () => curl('GET', '/_mock/deprecations')],
  ['The report as text', () => curl('GET', '/_mock/deprecations?format=text')],
  ['Forget the calls', () => curl('DELETE', '/_mock/deprecations')],
];

export function show(container, { deprecations }) {
  if (!deprecations) return render(container, empty('The report cannot be read.'));
  const called = deprecations.operations.filter(({ calls }) => calls > 0);
  const clear = (button) => act('DELETE', '/_mock/deprecations', { button, done: 'The record of deprecated calls is empty.' });
  render(
    container,
    called.length === 0 && empty('No deprecated operation was called.'),
    el('ul', { class: 'rules' }, called.map((one) => el('li', { 'data-key': one.operationId }, operation(one)))),
    el(
      'div',
      { class: 'buttons' },
      el('a', { href: '_mock/deprecations/about', 'data-key': 'guide' }, 'Migration guide'),
      called.length > 0 && sureButton('Clear', 'the record of deprecated calls', 'clear-deprecations', clear),
    ),
  );
}

function operation({ operation, operationId, calls, gone, successors, lastCall, userAgents = [] }) {
  return el(
    'details',
    { 'data-key': `deprecated-${operationId}` },
    el('summary', {}, el('code', {}, operation), el('span', { class: 'status warn' }, count(calls))),
    el('p', { class: 'small muted' }, `last on ${day(lastCall)}, ${clockTime(lastCall)}`, gone > 0 && ` · ${plural(gone, 'answer')} with 410`),
    el('p', { class: 'small' }, 'Use instead: ', successors.map((one, n) => [n > 0 && ', ', el('code', {}, one)])),
    el('ul', { class: 'small' }, userAgents.map(({ userAgent, calls }) => el('li', {}, `${plural(calls, 'call')} by `, el('code', {}, userAgent || '(no user agent)')))),
  );
}
