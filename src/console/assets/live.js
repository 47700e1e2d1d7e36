// Hearing of changes by server-sent events, or asking for them; and whether the server can be reached at all.

import { byId } from './dom.js';
import { notice } from './notices.js';
import { controlToken, url } from './server.js';

const POLL = 3000;
/** Events come in swarms: the page reads once for those of this many milliseconds. */
const QUIET = 200;
/** How soon a server without events is asked for them again. */
const AGAIN = 60_000;

/** What to read after which event. */
const TELLS = {
  activityChanged: ['activities', 'clock'],
  stateChanged: ['overview', 'clock', 'activities'],
  clockTurned: ['overview', 'clock', 'activities'],
  requestAnswered: ['journal', 'deprecations'],
  requestsCleared: ['cleared'],
  settingsChanged: ['overview', 'tenant', 'faults', 'activities', 'deprecations'],
  snapshotsChanged: ['snapshots'],
  fixturesRead: ['scenarios', 'overview'],
  sandboxRemoved: ['overview'],
};

let polling;
let isReachable = true;
/** How the page reads: set by `start`. */
let load, loadAll, loadWhilePolling;

export function reachable(yes) {
  if (isReachable !== yes) {
    isReachable = yes;
    if (!yes) notice('The server cannot be reached. Trying again every three seconds.', { tone: 'bad' });
    else {
      notice('The server is back.');
      loadAll();
    }
  }
  badge();
}

const LIVE = ['Live', 'good', 'The server reports every change (server-sent events)'];
const ASKING = ['Every 3 s', 'warn', 'The server does not report changes; the page asks every three seconds'];
const AWAY = ['Not reachable', 'bad', 'The server does not answer; the page tries again every three seconds'];

function badge() {
  const [text, tone, title] = !isReachable ? AWAY : polling ? ASKING : LIVE;
  const place = byId('live');
  if (place.textContent === text) return;
  Object.assign(place, { textContent: text, className: `live ${tone}`, title });
}

export function poll(yes) {
  if (yes && !polling) polling = setInterval(() => !document.hidden && loadWhilePolling(isReachable), POLL);
  if (!yes && polling) polling = clearInterval(polling);
  badge();
}

function listen() {
  // An event stream cannot send a token.
  if (controlToken()) return poll(true);
  const events = new EventSource(url('/_mock/events'));
  events.onopen = () => {
    poll(false);
    loadAll();
  };
  events.onerror = () => {
    poll(true);
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN);
  };
  for (const [type, parts] of Object.entries(TELLS)) events.addEventListener(type, () => load(parts, QUIET));
  // Nobody knows what was missed, so everything is read.
  events.addEventListener('missed', () => loadAll());
}

export function start(how) {
  ({ load, loadAll, loadWhilePolling } = how);
  listen();
}
