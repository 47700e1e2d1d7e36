// Refreshes: how the next ones go, those that run, and those that have ended.

import { act, action } from './actions.js';
import { el, empty, field, render, select } from './dom.js';
import { clockTime, count, soon } from './format.js';
import { notice } from './notices.js';
import { curl } from './server.js';

const OUTCOMES = { success: 'succeeds', fail: 'fails', hang: 'never ends' };
const PROGRESS = { now: 'immediately', time: 'after a delay', polls: 'after some polls', hand: 'manually' };
const STATUSES = { INPROGRESS: 'running', SUCCESS: 'success', FAIL: 'failed' };

export const curlLines = [
  ['List the activities', () => curl('GET', '/_mock/activities')],
  ['How refreshes go', () => curl('GET', '/_mock/activities/policy')],
];

/** The activities whose end this page is to announce. */
const awaited = new Map();
export const awaitEnd = (id, name) => awaited.set(id, name);

/** Announces what has ended since the last time. */
export function announce(activities) {
  for (const { requestId, status, ended } of activities ?? []) {
    if (!ended || !awaited.has(requestId)) continue;
    const name = awaited.get(requestId);
    awaited.delete(requestId);
    if (status === 'FAIL') notice(`The refresh of ${name} failed.`, { tone: 'bad' });
    else notice(`The refresh of ${name} is complete: its licences are up to date.`);
  }
}

export function activities(container, { activities, policy, overview, now }) {
  if (!activities) return;
  const running = activities.filter((row) => !row.ended).toReversed();
  const ended = activities.filter((row) => row.ended).toReversed().slice(0, 5);
  const choice = (label, key, words) => {
    const change = (event) => {
      const { value } = event.target;
      act('PATCH', '/_mock/activities/policy', { body: { [key]: value }, done: `From now on a refresh ${key === 'outcome' ? words[value] : `ends ${words[value]}`}.` });
    };
    return field(label, select(Object.entries(words), { 'data-key': `policy-${key}`, value: policy[key], onchange: change }));
  };
  render(
    container,
    policy && el('div', { class: 'fields' }, choice('A refresh', 'outcome', OUTCOMES), choice('and ends', 'progress', PROGRESS)),
    running.length + ended.length === 0 && empty('No refresh has been started.'),
    el('ul', { class: 'activities' }, [...running, ...ended].map((row) => el('li', { 'data-key': row.requestId }, activity(row, overview, now)))),
  );
}

function activity(row, overview, now) {
  const { requestId: id, status, due, started, ended, pollsLeft } = row;
  const short = id.slice(0, 8);
  const tenant = overview?.tenants.find((tenant) => tenant.id === row.tenantId)?.name ?? row.tenantId;
  return [
    el('div', { class: 'line' }, el('strong', {}, row.useCase), el('span', { class: `chip ${status.toLowerCase()}` }, STATUSES[status] ?? status)),
    el('p', { class: 'small muted' }, tenant, ' · ', el('code', {}, short), ' · ', ended ? `ended ${clockTime(ended)}` : left(row, now)),
    !ended && el('progress', { 'data-started': started, 'data-due': due ?? undefined, max: 1, value: due ? done(started, due, now) : undefined, 'aria-label': `Progress of activity ${short}` }),
    !ended && el('div', { class: 'buttons' }, buttons(row, short, tenant)),
  ];
}

function buttons({ requestId: id, due, pollsLeft }, short, tenant) {
  const steer = (label, how) => action(label, 'POST', `/_mock/activities/${id}/${label.toLowerCase()}`, { key: `${label}-${id}`, name: `${label} activity ${short}`, ...how });
  // The notice comes when it has ended, as for a refresh that ends by itself.
  const before = () => awaitEnd(id, tenant);
  return [
    steer('Complete', { kind: 'small', before }),
    steer('Fail', { kind: 'small danger', before }),
    due || pollsLeft
      ? steer('Hold', { kind: 'small', done: `Activity ${short} is on hold.` })
      : steer('Release', { kind: 'small', done: `Activity ${short} goes on.` }),
  ];
}

export const done = (started, due, now) => {
  const [from, to] = [Date.parse(started), Date.parse(due)];
  return to > from ? Math.min(1, Math.max(0, (Date.parse(now) - from) / (to - from))) : 1;
};

const left = ({ due, pollsLeft }, now) => {
  if (pollsLeft) return `ends after ${count(pollsLeft)} more polls`;
  if (!due) return 'waits to be completed';
  return `ends ${soon(now, due)}`;
};
