// Keeps the page up to date: reads what the server says has changed, and hands it to the panels.

import { DAY, byId, call, clockTime, controlToken, copyButton, curl, day, el, notice, plural, setControlToken, url, weekdayOf, whenDone } from './lib.js';
import * as requests from './journal.js';
import * as panels from './panels.js';
import * as tenants from './tenants.js';

const POLL = 3000;
const QUIET = 200;
/** What may be missing in a server is asked for again after a while only. */
const AGAIN = 60_000;

const state = { overview: undefined, full: undefined, selected: undefined, filter: '', all: false };
const view = { page: 0, onlyValid: false, allSpans: false, width: 600, names: new Map() };
const journal = requests.journal();
const missing = new Map();
let shownNow;

/** The moment on the sandbox's clock, as far as it is known here. */
function now() {
  const { clock, read } = state;
  if (!clock) return new Date(0).toISOString();
  const passed = clock.frozen ? 0 : (performance.now() - read) * clock.speed;
  return new Date(Date.parse(clock.now) + passed).toISOString();
}

// Reading -------------------------------------------------------------------------------------

async function get(path) {
  const again = missing.get(path);
  if (again > performance.now()) return undefined;
  const answer = await call('GET', path);
  if (answer.status === 404) missing.set(path, performance.now() + AGAIN);
  else missing.delete(path);
  reachable(answer.status !== 0);
  gate(answer.status === 401);
  return answer.ok ? answer.data : undefined;
}

/** Asks for the control token while the server refuses for want of it. */
function gate(shut) {
  if (byId('gate').hidden === !shut) return;
  byId('gate').hidden = !shut;
  if (shut) byId('gate-token').focus();
}

const PARTS = {
  async overview() {
    const before = state.overview;
    state.overview = (await get('/_mock/console/overview')) ?? before;
    const { overview } = state;
    if (!overview) return;
    if (!overview.tenants.some(({ id }) => id === state.selected)) {
      state.selected = (overview.tenants.find((tenant) => tenant.default) ?? overview.tenants[0])?.id;
      await PARTS.tenant();
    } else if (before && (before.generation !== overview.generation || before.scenario !== overview.scenario || before.now.slice(0, 10) !== overview.now.slice(0, 10))) {
      await PARTS.tenant();
    }
  },
  async tenant() {
    const id = state.selected;
    const full = id && (await get(`/_mock/console/tenants/${id}`));
    if (id === state.selected) state.full = full;
  },
  async clock() {
    const clock = await get('/_mock/clock');
    if (clock) [state.clock, state.read] = [clock, performance.now()];
  },
  async activities() {
    [state.activities, state.policy] = await Promise.all([get('/_mock/activities'), get('/_mock/activities/policy')]);
  },
  async scenarios() {
    state.scenarios = await get('/_mock/scenarios');
  },
  async faults() {
    [state.faults, state.sets] = await Promise.all([get('/_mock/faults'), get('/_mock/faults/sets')]);
    if (state.sets && !Array.isArray(state.sets)) state.sets = state.sets.sets;
  },
  async journal() {
    if (!journal.paused && !(missing.get('journal') > performance.now())) {
      await requests.read(journal);
      if (journal.missing) missing.set('journal', performance.now() + AGAIN);
    }
  },
};
/** What is read while the server cannot be reached: one question is enough. */
const SHUT = ['overview'];
const LIVE = ['overview', 'clock', 'activities', 'faults', 'journal'];
const ALL = ['overview', 'tenant', 'clock', 'activities', 'scenarios', 'faults', 'journal'];

const wanted = new Set();
let reading;

/** Reads parts, one batch at a time; what is asked for meanwhile comes with the next one. */
function load(parts, wait = 0) {
  for (const part of parts) wanted.add(part);
  reading ??= (async () => {
    try {
      if (wait) await new Promise((go) => setTimeout(go, wait));
      while (wanted.size > 0) {
        const batch = [...wanted];
        wanted.clear();
        await Promise.all(batch.map((part) => PARTS[part]()));
        draw();
      }
    } finally {
      reading = undefined;
    }
  })();
  return reading;
}

whenDone(async () => {
  await reading;
  await load(ALL);
});

// Drawing -------------------------------------------------------------------------------------

const drawn = new Map();

/** Draws a panel if what it shows has changed: what stays is not touched, nor told again. */
function panel(name, key, paint) {
  const text = JSON.stringify(key);
  if (drawn.get(name) === text) return;
  drawn.set(name, text);
  paint();
}

function draw() {
  const { overview, full, selected, filter, all, clock, scenarios, activities, policy, faults, sets } = state;
  if (!overview) return;
  document.title = `${overview.sandbox ? `${overview.sandbox} · ` : ''}${overview.scenario} · r1-entitlements-mock`;
  byId('version').textContent = `v${overview.version}`;
  byId('sandbox').hidden = !overview.sandbox;
  byId('sandbox').textContent = `sandbox ${overview.sandbox}`;
  const today = now().slice(0, 10);
  view.names = new Map(overview.tenants.map(({ id, name }) => [id, name]));
  byId('tenant-count').textContent = plural(overview.tenants.length, 'tenant');
  byId('tenant-filter-field').hidden = overview.tenants.length < 9;
  panel('list', [overview.tenants, selected, filter, all], () =>
    tenants.list(byId('tenant-list'), { overview, selected, filter, all, select, showAll: () => redraw({ all: true }) }),
  );
  panel('detail', [overview.tenants, selected, full, view, today], drawDetail);
  panel('clock', [clock && { ...clock, now: today }, overview.tenants.map(({ name }) => name)], () =>
    panels.clock(byId('clock-controls'), { clock, overview: { ...overview, now: now() }, happened, after: () => load(ALL) }),
  );
  panel('scenario', [scenarios, overview.scenario], () => panels.scenario(byId('scenario'), { scenarios, overview }));
  panel('activities', [activities, policy, overview.tenants.map(({ name }) => name)], () =>
    panels.activities(byId('activities'), { activities, policy, overview, now: now() }),
  );
  panel('faults', [faults, sets], () => panels.faults(byId('faults'), { faults, sets }));
  drawJournal();
  tick();
}

function drawDetail() {
  const { overview, full, selected } = state;
  const tenant = overview.tenants.find(({ id }) => id === selected);
  tenants.detail(byId('tenant'), { tenant, full: full?.id === selected ? full : undefined, now: now(), view, redraw });
}

function drawJournal() {
  const { rows, filter, unmatched, all } = journal;
  panel('journal', [rows.at(-1)?.seq, rows.length, rows[0]?.seq, filter, unmatched, all, journal.missing], () =>
    requests.show(byId('requests'), journal, redrawJournal),
  );
  byId('request-count').textContent = journal.missing || !rows.length ? '' : plural(rows.length, 'request');
}

function redraw(changes) {
  for (const [name, value] of Object.entries(changes)) (name in state ? state : view)[name] = value;
  draw();
}

function redrawJournal({ again, ...changes }) {
  Object.assign(journal, changes);
  drawJournal();
  if (again) load(['journal']);
}

async function select(id) {
  if (state.selected === id) return;
  Object.assign(view, { page: 0, allSpans: false });
  state.selected = id;
  state.full = undefined;
  draw();
  await load(['tenant']);
}

const happened = (data) => panels.passed(data, state.overview);

// The clock's face goes on by itself --------------------------------------------------------------

function tick() {
  const { clock } = state;
  if (!clock) return;
  const at = now();
  const face = `${weekdayOf(at)} ${day(at)}, ${clockTime(at)}`;
  if (face !== shownNow) {
    shownNow = face;
    byId('now').dateTime = at;
    byId('now').replaceChildren(el('span', { class: 'date' }, `${weekdayOf(at)} ${day(at)}`), el('span', { class: 'time' }, clockTime(at)));
    byId('clock-state').textContent = clock.frozen ? 'frozen' : clock.speed === 1 ? 'running' : `running × ${clock.speed}`;
    byId('clock-state').className = `chip ${clock.frozen ? 'frozen' : 'running'}`;
  }
  for (const bar of document.querySelectorAll('progress[data-due]')) bar.value = panels.done(bar.dataset.started, bar.dataset.due, at);
  const due = clock.next && Date.parse(clock.next.at) <= Date.parse(at);
  const newDay = Math.floor(Date.parse(at) / DAY) !== Math.floor(Date.parse(clock.now) / DAY);
  if (due || newDay) load(['overview', 'tenant', 'clock', 'activities']);
}
setInterval(tick, 500);

// Being told: events, or else asking ----------------------------------------------------------------

const TELLS = {
  activityChanged: ['activities', 'clock'],
  stateChanged: ['overview', 'clock', 'activities'],
  clockTurned: ['overview', 'clock', 'activities'],
  requestAnswered: ['journal'],
  settingsChanged: ['overview', 'faults', 'activities'],
  missed: ALL,
};

let polling;
let isReachable = true;

function reachable(yes) {
  if (isReachable !== yes) {
    isReachable = yes;
    if (!yes) notice('The server cannot be reached. Trying again every three seconds.', { tone: 'bad' });
    else {
      notice('The server is back.');
      load(ALL);
    }
  }
  badge();
}

function badge() {
  const [text, tone] = !isReachable ? ['Not reachable', 'bad'] : polling ? ['Every 3 s', 'warn'] : ['Live', 'good'];
  const title = { Live: 'The server tells of every change (server-sent events)', 'Every 3 s': 'The server does not tell of changes; the page asks every three seconds' };
  const place = byId('live');
  if (place.textContent === text) return;
  place.textContent = text;
  place.className = `live ${tone}`;
  place.title = title[text] ?? '';
}

function poll(yes) {
  if (yes && !polling) polling = setInterval(() => !document.hidden && byId('gate').hidden && load(isReachable ? LIVE : SHUT), POLL);
  if (!yes && polling) polling = clearInterval(polling);
  badge();
}

function listen() {
  // An event stream cannot bring a token.
  if (controlToken()) return poll(true);
  const events = new EventSource(url('/_mock/events'));
  events.onopen = () => {
    poll(false);
    load(ALL);
  };
  events.onerror = () => {
    poll(true);
    // A server without events is asked again only after a while.
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN);
  };
  const told = (type) => load(TELLS[type] ?? ALL, QUIET);
  for (const type of Object.keys(TELLS)) events.addEventListener(type, () => told(type));
}

// The start -----------------------------------------------------------------------------------

byId('tenant-filter').addEventListener('input', (event) => redraw({ filter: event.target.value }));
byId('request-tools').append(...requests.tools(journal, redrawJournal));
byId('tenant-tools').append(copyButton(() => curl('GET', '/_mock/tenants'), 'tenants'));
byId('activity-tools').append(copyButton(() => curl('GET', '/_mock/activities'), 'activities'));
byId('gate').addEventListener('submit', (event) => {
  event.preventDefault();
  setControlToken(byId('gate-token').value);
  byId('gate-token').value = '';
  poll(true);
  load(ALL);
});
byId('reload').addEventListener('click', async () => {
  missing.clear();
  await load(ALL);
  notice('The page is up to date.');
});
document.addEventListener('visibilitychange', () => !document.hidden && load(LIVE));

new ResizeObserver(([{ contentRect }]) => {
  const width = Math.floor(contentRect.width);
  if (width > 0 && Math.abs(width - view.width) > 1) redraw({ width });
}).observe(byId('measure'));

await load(SHUT);
if (byId('gate').hidden) await load(ALL);
listen();
