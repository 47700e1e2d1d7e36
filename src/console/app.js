// Keeps the page up to date: reads what the server says has changed, and hands it to the panels.

import { DAY, byId, call, clockTime, copyButton, curl, day, el, home, notice, plural, prefixed, reason, setControlToken, weekdayOf, whenDone } from './lib.js';
import * as requests from './journal.js';
import * as live from './live.js';
import * as panels from './panels.js';
import * as sandboxes from './sandboxes.js';
import * as tenants from './tenants.js';

/** What may be missing in a server is asked for again after a while only. */
const AGAIN = 60_000;
const OVERVIEW = '/_mock/console/overview';

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
  live.reachable(answer.status !== 0);
  gate(answer.status === 401);
  if (prefixed && path === OVERVIEW && answer.status) gone(answer.status === 404);
  return answer.ok ? answer.data : undefined;
}

/** Asks for the control token while the server refuses for want of it. */
function gate(shut) {
  if (byId('gate').hidden === !shut) return;
  byId('gate').hidden = !shut;
  if (shut) byId('gate-token').focus();
}

/** Tells that the sandbox of this page is no more. */
function gone(yes) {
  if (byId('gone').hidden === !yes) return;
  byId('gone').hidden = !yes;
  if (yes) byId('remake').focus();
}

const isOpen = () => byId('gate').hidden && byId('gone').hidden;

const PARTS = {
  async overview() {
    const before = state.overview;
    state.overview = (await get(OVERVIEW)) ?? before;
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
  async sandboxes() {
    state.sandboxes = await sandboxes.read();
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
const ALL = ['overview', 'tenant', 'clock', 'activities', 'scenarios', 'faults', 'journal', 'sandboxes'];

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
  panel('sandboxes', [state.sandboxes, scenarios, overview.sandbox], () => sandboxes.show({ ...state }));
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
  panel('journal', [rows.at(-1)?.seq, rows.length, rows[0]?.seq, rows.at(-1)?.id, filter, unmatched, all, journal.missing], () =>
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
  // On a narrow screen it stands below the list, out of sight.
  if (matchMedia('(width < 780px)').matches) byId('tenant').scrollIntoView();
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

// The start -----------------------------------------------------------------------------------

byId('tenant-filter').addEventListener('input', (event) => redraw({ filter: event.target.value }));
byId('request-tools').append(...requests.tools(journal, redrawJournal));
byId('tenant-tools').append(copyButton(() => curl('GET', '/_mock/tenants'), 'tenants'));
byId('activity-tools').append(copyButton(() => curl('GET', '/_mock/activities'), 'activities'));
sandboxes.start(() => load(['sandboxes']));
byId('gone-home').href = home.href;
byId('remake').addEventListener('click', async () => {
  const answer = await call('POST', '/_mock/sandboxes', { at: home, body: { name: prefixed } });
  if (answer.ok) location.reload();
  else notice(reason(answer), { tone: 'bad' });
});
byId('gate').addEventListener('submit', async (event) => {
  event.preventDefault();
  setControlToken(byId('gate-token').value);
  byId('gate-token').value = '';
  live.poll(true);
  await load(SHUT);
  if (byId('gate').hidden) await load(ALL);
  else notice('That is not its token.', { tone: 'bad' });
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

// Being looked at is a use: an unused sandbox would be removed.
setInterval(() => !document.hidden && isOpen() && load(SHUT), AGAIN);

await load(SHUT);
if (isOpen()) await load(ALL);
live.start({
  load,
  loadAll() {
    // It may be another server by now, with a journal of its own.
    journal.since = 0;
    return load(ALL);
  },
  loadWhilePolling(isReachable) {
    if (byId('gate').hidden) load(isReachable && isOpen() ? LIVE : SHUT);
  },
});
