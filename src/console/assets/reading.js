// What the page knows of the sandbox, read in parts.

import { announce } from './activities.js';
import { byId } from './dom.js';
import * as requests from './journal.js';
import * as live from './live.js';
import * as sandboxes from './sandboxes.js';
import { call, prefixed } from './server.js';

/** What may be missing in a server is asked for again after this many milliseconds. */
const AGAIN = 60_000;
const OVERVIEW = '/_mock/console/overview';

export const state = { overview: undefined, full: undefined, rows: undefined, selected: undefined, filter: '', all: false };
export const journal = requests.journal();
const missing = new Map();

/** The moment on the sandbox's clock, as far as the page knows. */
export function now() {
  const { clock, read } = state;
  if (!clock) return new Date(0).toISOString();
  const passed = clock.frozen ? 0 : (performance.now() - read) * clock.speed;
  return new Date(Date.parse(clock.now) + passed).toISOString();
}

async function get(path) {
  if (missing.get(path) > performance.now()) return undefined;
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

/** Says that the sandbox of this page does not exist any more. */
function gone(yes) {
  if (byId('gone').hidden === !yes) return;
  byId('gone').hidden = !yes;
  if (yes) byId('remake').focus();
}

export const isOpen = () => byId('gate').hidden && byId('gone').hidden;

const isOtherDay = (a, b) => a.now.slice(0, 10) !== b.now.slice(0, 10);
const differs = (a, b) => a.generation !== b.generation || a.scenario !== b.scenario || a.auth !== b.auth || isOtherDay(a, b);

const PARTS = {
  async overview() {
    const before = state.overview;
    state.overview = (await get(OVERVIEW)) ?? before;
    const { overview, selected } = state;
    if (!overview) return;
    const known = overview.tenants.some(({ id }) => id === selected);
    if (!known) state.selected = (overview.tenants.find((tenant) => tenant.default) ?? overview.tenants[0])?.id;
    if (!known || !before || differs(before, overview)) await PARTS.tenant();
  },
  async tenant() {
    const id = state.selected;
    const [full, rows] = id ? await Promise.all([get(`/_mock/console/tenants/${id}`), get(`/_mock/console/tenants/${id}/rows`)]) : [];
    if (id === state.selected) Object.assign(state, { full, rows });
  },
  async clock() {
    const clock = await get('/_mock/clock');
    if (clock) [state.clock, state.read] = [clock, performance.now()];
  },
  async activities() {
    [state.activities, state.policy] = await Promise.all([get('/_mock/activities'), get('/_mock/activities/policy')]);
    announce(state.activities);
  },
  async sandboxes() {
    state.sandboxes = await sandboxes.read();
  },
  async scenarios() {
    state.scenarios = await get('/_mock/scenarios');
  },
  async snapshots() {
    state.snapshots = await get('/_mock/snapshots');
  },
  async deprecations() {
    state.deprecations = await get('/_mock/deprecations');
  },
  async faults() {
    [state.faults, state.sets] = await Promise.all([get('/_mock/faults'), get('/_mock/faults/sets')]);
  },
  async journal() {
    if (!journal.paused && !(missing.get('journal') > performance.now())) {
      await requests.read(journal);
      if (journal.missing) missing.set('journal', performance.now() + AGAIN);
    }
  },
  /** The journal was cleared. */
  async cleared() {
    Object.assign(journal, { rows: [], whole: new Map() });
    await PARTS.journal();
  },
};

/** What is read while the server cannot be reached: one request is enough. */
export const SHUT = ['overview'];
export const LIVE = ['overview', 'clock', 'activities', 'faults', 'journal', 'snapshots', 'deprecations', 'scenarios'];
export const ALL = [...LIVE, 'tenant', 'sandboxes'];

const wanted = new Set();
let reading;
let draw = () => {};
export const whenRead = (then) => (draw = then);

/** Reads parts, one batch at a time. What is asked for meanwhile comes with the next batch. */
export function load(parts, wait = 0) {
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

/** Reads everything, after what is being read already. */
export async function loadAgain() {
  await reading;
  await load(ALL);
}
