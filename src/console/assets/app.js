// Draws what was read, and wires what is in the page from the start.

import { copyInto, whenDone } from './actions.js';
import * as activities from './activities.js';
import * as clock from './clock.js';
import * as deprecations from './deprecations.js';
import { byId } from './dom.js';
import * as faults from './faults.js';
import { DAY, clockTime, day, plural, weekdayOf } from './format.js';
import * as requests from './journal.js';
import * as live from './live.js';
import { notice } from './notices.js';
import { ALL, LIVE, SHUT, isOpen, journal, load, loadAgain, now, state, whenRead } from './reading.js';
import * as sandboxes from './sandboxes.js';
import * as scenario from './scenario.js';
import { call, curl, home, prefixed, reason, setControlToken } from './server.js';
import { openSettings } from './settings.js';
import * as snapshots from './snapshots.js';
import { detail } from './tenant.js';
import * as tenants from './tenants.js';

/** What the reader chose on this page. */
const view = { page: 0, onlyValid: false, allSpans: false, allPurchases: false, width: 600 };
const drawn = new Map();
let shownNow;

/** Draws a panel if what it shows has changed: what stays is not touched, nor announced again. */
function panel(name, key, paint) {
  const text = JSON.stringify(key);
  if (drawn.get(name) === text) return;
  drawn.set(name, text);
  paint();
}

function draw() {
  const { overview, selected, filter, all, clock: shown, scenarios } = state;
  if (!overview) return;
  const names = overview.tenants.map(({ name }) => name);
  const today = now().slice(0, 10);
  const at = { ...overview, now: now() };
  document.title = `${overview.sandbox ? `${overview.sandbox} · ` : ''}${overview.scenario} · r1-entitlements-mock`;
  byId('version').textContent = `v${overview.version}`;
  byId('tenant-count').textContent = overview.tenants.length;
  byId('tenant-filter-field').hidden = overview.tenants.length < 9;
  panel('sandboxes', [state.sandboxes, scenarios, overview.sandbox], () => sandboxes.show(state));
  panel('list', [overview.tenants, selected, filter, all], () =>
    tenants.list(byId('tenant-list'), { overview, selected, filter, all, select, showAll: () => redraw({ all: true }) }),
  );
  panel('detail', [overview.tenants, selected, state.full, state.rows, view, today], drawDetail);
  panel('clock', [shown && { ...shown, now: today }, names], () => clock.clock(byId('clock-controls'), { clock: shown, overview: at, happened, after: () => load(ALL) }));
  panel('scenario', [scenarios, overview.scenario], () => scenario.scenario(byId('scenario'), state));
  panel('broken', [scenarios, overview.scenario], () => scenario.broken(state));
  panel('snapshots', state.snapshots, () => snapshots.show(state));
  panel('activities', [state.activities, state.policy, names], () => activities.activities(byId('activities'), { ...state, now: now() }));
  panel('faults', [state.faults, state.sets, names], () => faults.faults(byId('faults'), state));
  panel('deprecations', state.deprecations, () => deprecations.show(byId('deprecations'), state));
  drawJournal();
  tick();
}

function drawDetail() {
  const { overview, full, rows, selected } = state;
  const tenant = overview.tenants.find(({ id }) => id === selected);
  const own = full?.id === selected;
  detail(byId('tenant'), { tenant, full: own ? full : undefined, rows: own ? rows : undefined, now: now(), tenants: overview.tenants, view, redraw });
}

function drawJournal() {
  const { rows, filter, unmatched, all, missing, whole } = journal;
  panel('journal', [rows.at(-1)?.seq, rows.length, rows[0]?.seq, rows.at(-1)?.id, filter, unmatched, all, missing, [...whole.keys()]], () =>
    requests.show(byId('requests'), journal, redrawJournal),
  );
  byId('request-count').textContent = missing || !rows.length ? '' : plural(rows.length, 'request');
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

const happened = (data) => clock.passed(data, state.overview);

// The tenant in the address, so that a reload and a link keep it ----------------------------------

const inAddress = () => new URLSearchParams(location.search).get('tenant') ?? undefined;

async function select(id) {
  if (state.selected === id) return;
  const address = new URL(location.href);
  address.searchParams.set('tenant', id);
  history.pushState(undefined, '', address);
  await show(id);
  // On a narrow screen it is below the list, out of sight.
  if (matchMedia('(width < 780px)').matches) byId('tenant').scrollIntoView();
}

async function show(id) {
  Object.assign(view, { page: 0, allSpans: false, allPurchases: false });
  Object.assign(state, { selected: id, full: undefined, rows: undefined });
  draw();
  await load(['overview', 'tenant']);
}

addEventListener('popstate', () => inAddress() !== state.selected && show(inAddress()));

// The face of the clock goes on by itself ---------------------------------------------------------

function tick() {
  const { clock } = state;
  if (!clock) return;
  const at = now();
  const face = `${weekdayOf(at)} ${day(at)}, ${clockTime(at)}`;
  if (face !== shownNow) {
    shownNow = face;
    byId('now').dateTime = at;
    byId('date').textContent = `${weekdayOf(at)} ${day(at)}`;
    byId('time').textContent = clockTime(at);
  }
  byId('clock-state').textContent = clock.frozen ? 'frozen' : clock.speed === 1 ? 'running' : `running × ${clock.speed}`;
  byId('clock-state').className = `chip ${clock.frozen ? 'frozen' : 'running'}`;
  for (const bar of document.querySelectorAll('progress[data-due]')) bar.value = activities.done(bar.dataset.started, bar.dataset.due, at);
  const due = clock.next && Date.parse(clock.next.at) <= Date.parse(at);
  const newDay = Math.floor(Date.parse(at) / DAY) !== Math.floor(Date.parse(clock.now) / DAY);
  if (due || newDay) load(['overview', 'tenant', 'clock', 'activities']);
}
setInterval(tick, 500);

// What is in the page from the start --------------------------------------------------------------

byId('tenant-filter').addEventListener('input', (event) => redraw({ filter: event.target.value }));
byId('request-tools').append(...requests.tools(journal, redrawJournal));
copyInto('tenant-tools', 'tenants', tenants.curlLines);
copyInto('activity-tools', 'activities', activities.curlLines);
copyInto('fault-tools', 'faults', faults.curlLines);
copyInto('deprecation-tools', 'deprecated calls', deprecations.curlLines);
copyInto('snapshot-tools', 'snapshots', snapshots.curlLines);
copyInto('deck-tools', 'clock and scenario', [...clock.curlLines, ...scenario.curlLines]);
sandboxes.start(() => load(['sandboxes']));
snapshots.start();
byId('settings').addEventListener('click', openSettings);
byId('gone-home').href = home.href;
byId('remake').addEventListener('click', async () => {
  const answer = await call('POST', '/_mock/sandboxes', { at: home, body: { name: prefixed } });
  if (answer.ok) location.reload();
  else notice(reason(answer), { tone: 'bad', line: curl('POST', '/_mock/sandboxes', { at: home, body: { name: prefixed } }) });
});
byId('gate').addEventListener('submit', async (event) => {
  event.preventDefault();
  setControlToken(byId('gate-token').value);
  byId('gate-token').value = '';
  live.poll(true);
  await load(SHUT);
  if (byId('gate').hidden) await load(ALL);
  else notice('That is not the control token.', { tone: 'bad' });
});
document.addEventListener('visibilitychange', () => !document.hidden && load(LIVE));

new ResizeObserver(([{ contentRect }]) => {
  const width = Math.floor(contentRect.width);
  if (width > 0 && Math.abs(width - view.width) > 1) redraw({ width });
}).observe(byId('measure'));

whenDone(loadAgain);
whenRead(draw);
// A sandbox that nobody uses is deleted after a while. Being looked at counts as use.
setInterval(() => !document.hidden && isOpen() && load(SHUT), 60_000);

state.selected = inAddress();
await load(SHUT);
if (isOpen()) await load(ALL);
// A link to a part of the page: until now the parts were empty.
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
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
