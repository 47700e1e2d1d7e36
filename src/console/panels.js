// Clock, scenario, activities and faults.

import { act, action, byId, clockTime, copyButton, count, curl, day, el, empty, fromNow, notice, call, plural, reason, render, shut, weekdayOf } from './lib.js';

const MOST_STEPS = 200;

/** The clock's buttons; what it shows is drawn apart, every second. */
export function clock(container, { clock, overview, after, happened }) {
  if (!clock) return;
  const { frozen, speed, next } = clock;
  render(
    container,
    el(
      'div',
      { class: 'buttons', role: 'group', 'aria-label': 'Clock' },
      frozen
        ? action('Resume', 'POST', '/_mock/clock/resume', { key: 'freeze', done: 'The clock runs.' })
        : action('Freeze', 'POST', '/_mock/clock/freeze', { key: 'freeze', done: 'The clock stands still.' }),
      step('Next day', { by: 'P1D' }, happened),
      el('button', { type: 'button', class: 'primary', 'data-key': 'next-banner', disabled: !next, title: 'Put the clock forward to the next change of a banner', onclick: (event) => nextBanner(event.currentTarget, after, happened) }, 'Next banner'),
      action('Next event', 'POST', '/_mock/clock/next', { key: 'next-event', title: 'Put the clock forward to the next thing that happens by itself', done: (answer) => happened(answer.data) }),
      setter(overview?.now),
      copyButton(curl('GET', '/_mock/clock'), 'clock', 'curl-clock'),
    ),
    el('p', { class: 'small next' }, speed !== 1 && !frozen && `At ${count(speed)} times real speed. `, next ? upcoming(next, clock.now, overview) : 'Nothing more will happen by itself.'),
  );
}

const step = (label, body, happened) =>
  action(label, 'POST', '/_mock/clock/advance', { body, key: 'next-day', title: 'Put the clock forward by one day', done: (answer) => happened(answer.data) });

/** Steps until a banner changes: banners are not all that happens by itself. */
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
  const line = curl('POST', '/_mock/clock/next');
  await after();
  if (answer.ok) notice(happened({ ...answer.data, happened: seen }), { line });
  else notice(reason(answer), { tone: 'bad', line });
}

function setter(now) {
  const input = el('input', { type: 'datetime-local', step: 1, 'aria-label': 'Date and time in UTC', 'data-key': 'set-clock-value', required: true, value: (now ?? '').slice(0, 19) });
  const set = async (event) => {
    event.preventDefault();
    const at = `${input.value.length === 16 ? `${input.value}:00` : input.value}Z`;
    const answer = await act('PUT', '/_mock/clock', { body: { now: at }, button: event.submitter, done: `The clock shows ${day(at)}, ${clockTime(at)}.` });
    // It has been drawn anew.
    if (answer.ok) shut(document.querySelector('[data-key="set-clock"]'));
  };
  const form = el('form', { class: 'inline', onsubmit: set }, input, el('button', { type: 'submit', 'data-key': 'set-clock-go' }, 'Set'));
  return el('details', { class: 'drop', 'data-key': 'set-clock' }, el('summary', { 'data-key': 'set-clock-line' }, 'Set…'), form);
}

/** As `fromNow`, today with the time. */
const soon = (now, at) => (fromNow(now, at) === 'today' ? `today at ${clockTime(at)}` : fromNow(now, at));

const tidy = (what, overview) => {
  const [tenant, ...rest] = what.split(': ');
  const name = overview?.tenants.find(({ id }) => id === tenant)?.name ?? tenant;
  return `${name}: ${rest.join(': ').replace(/([0-9a-f]{8})-[0-9a-f-]{27}/, '$1')}`;
};

function upcoming(next, now, overview) {
  const [first, ...more] = next.what;
  return [el('strong', {}, `Next, ${soon(now, next.at)}: `), tidy(first, overview), more.length > 0 && ` and ${count(more.length)} more`, '.'];
}

/** What the clock came past, in a sentence. */
export function passed(data, overview) {
  const all = (data?.happened ?? []).flatMap((entry) => entry.what);
  const now = `${weekdayOf(data.now)} ${day(data.now)}`;
  if (all.length === 0) return `It is ${now}. Nothing happened on the way.`;
  const last = tidy(all.at(-1), overview);
  return `It is ${now}. ${last}${all.length > 1 ? `, and ${count(all.length - 1)} more on the way` : ''}.`;
}

export function scenario(container, { scenarios, overview }) {
  if (!scenarios) return;
  const options = scenarios.scenarios.map(({ name, title, problem }) =>
    el('option', { value: name, disabled: Boolean(problem) }, problem ? `${name} (broken)` : `${name} – ${title}`),
  );
  const current = overview?.scenario ?? scenarios.current;
  if (!scenarios.scenarios.some(({ name }) => name === current)) options.unshift(el('option', { value: current }, current));
  const { title } = scenarios.scenarios.find(({ name }) => name === overview?.scenario) ?? {};
  const select = el('select', { 'data-key': 'scenario', id: 'scenario-select', title }, options);
  // Only what the reader is choosing right now is kept.
  const kept = document.activeElement?.id === 'scenario-select' ? document.activeElement.value : undefined;
  select.value = kept ?? current;
  const load = () => {
    const name = select.value;
    act('POST', `/_mock/scenarios/${encodeURIComponent(name)}/load`, { button, done: `Scenario ${name} is loaded.` });
  };
  const button = el('button', { type: 'button', 'data-key': 'load', onclick: load }, 'Load');
  render(
    container,
    el('label', { class: 'field' }, el('span', {}, 'Scenario'), select),
    button,
    action('Reset', 'POST', '/_mock/reset', { key: 'reset', title: 'Back to the start of the scenario; the clock stays', done: 'Back to the start of the scenario.' }),
    copyButton(() => curl('POST', `/_mock/scenarios/${encodeURIComponent(select.value)}/load`), 'load this scenario', 'curl-scenario'),
  );
}

const OUTCOMES = { success: 'succeed', fail: 'fail', hang: 'never end' };
const PROGRESS = { now: 'at once', time: 'by time', polls: 'after polls', hand: 'by hand' };

export function activities(container, { activities, policy, overview, now }) {
  if (!activities) return;
  const running = activities.filter((row) => !row.ended).toReversed();
  const ended = activities.filter((row) => row.ended).toReversed().slice(0, 5);
  const select = (label, key, words, value) =>
    el('label', { class: 'field' }, el('span', {}, label), el('select', { 'data-key': `policy-${key}`, onchange: (event) => act('PATCH', '/_mock/activities/policy', { body: { [key]: event.target.value }, done: `Refreshes ${key === 'outcome' ? `will ${words[event.target.value]}` : `end ${words[event.target.value]}`} from here on.` }) },
      Object.entries(words).map(([word, text]) => el('option', { value: word, selected: word === value }, text))));
  render(
    container,
    policy && el('div', { class: 'fields' }, select('Refreshes will', 'outcome', OUTCOMES, policy.outcome), select('and end', 'progress', PROGRESS, policy.progress)),
    running.length + ended.length === 0 && empty('No refresh has been asked for.'),
    el('ul', { class: 'activities' }, [...running, ...ended].map((row) => el('li', {}, activity(row, overview, now)))),
  );
}

function activity(row, overview, now) {
  const { requestId: id, status, due, started, ended, pollsLeft } = row;
  const short = id.slice(0, 8);
  const tenant = overview?.tenants.find((tenant) => tenant.id === row.tenantId)?.name ?? row.tenantId;
  const steer = (label, how, kind = '') =>
    action(label, 'POST', `/_mock/activities/${id}/${how}`, { kind: `small ${kind}`, key: `${how}-${id}`, title: `${label} activity ${short}`, done: `Activity ${short}: ${label.toLowerCase()}.` });
  return [
    el('div', { class: 'line' }, el('strong', {}, row.useCase), el('span', { class: `chip ${status.toLowerCase()}` }, { INPROGRESS: 'running', SUCCESS: 'success', FAIL: 'failed' }[status] ?? status)),
    el('p', { class: 'small muted' }, tenant, ' · ', el('code', {}, short), ' · ', ended ? `ended ${clockTime(ended)}` : left(row, now)),
    !ended && [
      el('progress', { 'data-started': started, 'data-due': due ?? undefined, max: 1, value: due ? done(started, due, now) : undefined, 'aria-label': `Progress of activity ${short}` }),
      el(
        'div',
        { class: 'buttons' },
        steer('Complete', 'complete'),
        steer('Fail', 'fail', 'danger'),
        due || pollsLeft ? steer('Hold', 'hold') : steer('Release', 'release'),
        copyButton(curl('GET', `/activities/${id}`, { headers: { 'x-rks-tenantid': row.tenantId } }), `activity ${short}`, `curl-${id}`),
      ),
    ],
  ];
}

export const done = (started, due, now) => {
  const [from, to] = [Date.parse(started), Date.parse(due)];
  return to > from ? Math.min(1, Math.max(0, (Date.parse(now) - from) / (to - from))) : 1;
};

const left = ({ due, pollsLeft }, now) => {
  if (pollsLeft) return `ends after ${count(pollsLeft)} more polls`;
  if (!due) return 'waits for you';
  return `ends ${soon(now, due)}`;
};

const SETS = {
  'flaky-5xx': 'One request in five fails with a 5xx',
  slow: 'Answers take their time',
  'rate-limited': 'The documented rate limit, 429',
  'session-dies': 'Sessions end now and then (401)',
  'refresh-fails': 'Refreshes are accepted, then fail',
  lossy: 'Connections are cut now and then',
  maintenance: 'Everything answers 503',
};

export function faults(container, { faults, sets }) {
  if (faults === undefined) {
    return render(container, empty('This server has no faults to switch (GET /_mock/faults is a 404). The rest of the page works without.'));
  }
  const rules = Array.isArray(faults) ? faults : (faults.rules ?? []);
  const known = sets?.length ? sets.map(({ name, title }) => [name, title]) : Object.entries(SETS);
  const owned = (name) => rules.filter((rule) => rule.id === name || rule.id?.startsWith(`${name}.`));
  note(rules.length);
  render(
    container,
    el(
      'ul',
      { class: 'switches' },
      known.map(([name, title]) => {
        const on = owned(name).length > 0;
        return el('li', {}, el('div', {}, el('strong', {}, name), el('p', { class: 'small muted' }, title)), toggle(name, on));
      }),
    ),
    rules.length > 0 && el('p', { class: 'small muted' }, `${count(rules.length)} ${rules.length === 1 ? 'rule is' : 'rules are'} in force.`),
    el('div', { class: 'buttons' }, action('Clear all faults', 'DELETE', '/_mock/faults', { key: 'clear-faults', done: 'No faults any more.' }), copyButton(curl('GET', '/_mock/faults'), 'faults', 'curl-faults')),
  );
}

/** Whoever wonders why nothing works shall see it at the top. */
function note(rules) {
  byId('fault-note').hidden = rules === 0;
  byId('fault-note').title = 'In force: requests may fail on purpose';
  byId('fault-note').textContent = plural(rules, 'fault rule');
}

function toggle(name, on) {
  const path = `/_mock/faults/sets/${name}`;
  return el(
    'button',
    {
      type: 'button',
      role: 'switch',
      class: 'switch',
      'aria-checked': String(on),
      'aria-label': `Fault set ${name}`,
      'data-key': `set-${name}`,
      onclick: (event) => act(on ? 'DELETE' : 'POST', path, { button: event.currentTarget, done: on ? `${name} is off.` : `${name} is on.` }),
    },
    el('span', { class: 'thumb', 'aria-hidden': 'true' }),
  );
}
