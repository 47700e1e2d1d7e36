// The clock's buttons. Its face is drawn apart, every second.

import { act, action, report } from './actions.js';
import { el, render, shut } from './dom.js';
import { clockTime, count, day, soon, weekdayOf } from './format.js';
import { call, curl } from './server.js';

const MOST_STEPS = 200;

export const curlLines = [
  ['Show the clock', () => curl('GET', '/_mock/clock')],
  ['Advance by one day', () => curl('POST', '/_mock/clock/advance', { body: { by: 'P1D' } })],
  ['Advance to the next event', () => curl('POST', '/_mock/clock/next')],
  ['Freeze', () => curl('POST', '/_mock/clock/freeze')],
];

export function clock(container, { clock, overview, after, happened }) {
  if (!clock) return;
  const { frozen, speed, next } = clock;
  const done = (answer) => happened(answer.data);
  render(
    container,
    el(
      'div',
      { class: 'buttons', role: 'group', 'aria-label': 'Clock' },
      frozen
        ? action('Resume', 'POST', '/_mock/clock/resume', { key: 'freeze', done: 'The clock is running.' })
        : action('Freeze', 'POST', '/_mock/clock/freeze', { key: 'freeze', done: 'The clock is frozen.' }),
      action('Next day', 'POST', '/_mock/clock/advance', { body: { by: 'P1D' }, key: 'next-day', title: 'Advance the clock by one day', done }),
      el('button', { type: 'button', class: 'primary', 'data-key': 'next-banner', disabled: !next, title: 'Advance the clock until a banner changes', onclick: (event) => nextBanner(event.currentTarget, after, happened) }, 'Next banner'),
      action('Next event', 'POST', '/_mock/clock/next', { key: 'next-event', title: 'Advance the clock to the next thing that happens by itself', done }),
      setter(overview?.now),
    ),
    el('p', { class: 'small next' }, speed !== 1 && !frozen && `At ${count(speed)} times real speed. `, next ? upcoming(next, clock.now, overview) : 'Nothing more will happen by itself.'),
  );
}

/** Advances until a banner changes: other things happen by themselves, too. */
async function nextBanner(button, after, happened) {
  button.setAttribute('aria-busy', 'true');
  let answer;
  const seen = [];
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    answer = await call('POST', '/_mock/clock/next');
    if (!answer.ok) break;
    seen.push(...(answer.data.happened ?? []));
    if (seen.at(-1)?.what.some((what) => what.includes('banner'))) break;
  }
  button.removeAttribute('aria-busy');
  await after();
  report(answer, () => happened({ ...answer.data, happened: seen }), curl('POST', '/_mock/clock/next'));
}

function setter(now) {
  const set = async (event) => {
    event.preventDefault();
    const { value } = event.currentTarget.querySelector('input');
    const drop = event.currentTarget.closest('details');
    const at = `${value.length === 16 ? `${value}:00` : value}Z`;
    const answer = await act('PUT', '/_mock/clock', { body: { now: at }, button: event.submitter, done: `The clock is set to ${day(at)}, ${clockTime(at)}.` });
    if (answer.ok) shut(drop);
  };
  const input = el('input', { type: 'datetime-local', step: 1, 'aria-label': 'Date and time in UTC', required: true, value: (now ?? '').slice(0, 19) });
  const form = el('form', { class: 'inline', onsubmit: set }, input, el('button', { type: 'submit' }, 'Set'));
  return el('details', { class: 'drop', 'data-key': 'set-clock' }, el('summary', {}, 'Set…'), form);
}

const tidy = (what, overview) => {
  const [tenant, ...rest] = what.split(': ');
  const name = overview?.tenants.find(({ id }) => id === tenant)?.name ?? tenant;
  return `${name}: ${rest.join(': ').replace(/([0-9a-f]{8})-[0-9a-f-]{27}/, '$1')}`;
};

function upcoming(next, now, overview) {
  const [first, ...more] = next.what;
  return [el('strong', {}, `Next, ${soon(now, next.at)}: `), tidy(first, overview), more.length > 0 && ` and ${count(more.length)} more`, '.'];
}

/** What happened while the clock advanced, in a sentence. */
export function passed(data, overview) {
  const all = (data?.happened ?? []).flatMap((entry) => entry.what);
  const now = `${weekdayOf(data.now)} ${day(data.now)}`;
  if (all.length === 0) return `It is ${now}. Nothing else has happened.`;
  const last = tidy(all.at(-1), overview);
  return `It is ${now}. ${last}${all.length > 1 ? `, and ${count(all.length - 1)} more since then` : ''}.`;
}
