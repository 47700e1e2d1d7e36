// The journal of requests as it grows: a line each, with headers and bodies on demand.

import { act, copyAsCurl } from './actions.js';
import { el, empty, field, render } from './dom.js';
import { clockTime, count, day } from './format.js';
import { copy, notice } from './notices.js';
import { call, curl, download, reason } from './server.js';

const KEPT = 300;
const SHOWN = 60;
const PAGE = 1000;

/** What is known of the journal. */
export function journal() {
  return { rows: [], since: 0, dropped: 0, missing: false, filter: '', unmatched: false, paused: false, all: false, whole: new Map() };
}

/** Reads what is new. */
export async function read(state) {
  for (;;) {
    const { since } = state;
    const answer = await call('GET', `/_mock/requests?since=${since}&limit=${PAGE}`);
    state.missing = answer.status === 404;
    // The page may have started to read from the beginning meanwhile.
    if (!answer.ok || since !== state.since) return;
    const { requests, next, dropped } = answer.data;
    // Numbers go on when the journal is cleared; a smaller one is another server's.
    if (next < since) Object.assign(state, { since: 0 });
    else {
      if (since === 0) Object.assign(state, { rows: [], whole: new Map() });
      Object.assign(state, { rows: [...state.rows, ...requests].slice(-KEPT), since: next, dropped });
      if (requests.length < PAGE) return;
    }
  }
}

export function show(container, state, redraw) {
  if (state.missing) {
    return render(container, empty('This server keeps no journal (GET /_mock/requests is a 404). The rest of the page works without it.'));
  }
  const wanted = state.rows.filter(
    (row) =>
      (!state.unmatched || row.unmatched) &&
      `${row.method} ${row.path}?${row.query ?? ''} ${row.status} ${row.operationId ?? ''} ${row.tenant ?? ''}`.toLowerCase().includes(state.filter.toLowerCase()),
  );
  const newest = wanted.toReversed();
  const shown = state.all ? newest : newest.slice(0, SHOWN);
  render(
    container,
    shown.length
      ? el('ol', { class: 'requests' }, shown.map((row) => el('li', { 'data-key': `request-${row.seq}` }, line(row, state, redraw))))
      : empty(state.rows.length ? 'No request matches.' : 'No requests yet. The console’s own requests are not listed.'),
    shown.length < newest.length &&
      el('button', { type: 'button', class: 'wide', 'data-key': 'all-requests', onclick: () => redraw({ all: true }) }, `Show all ${count(newest.length)}`),
  );
}

const level = (status) => (status === 0 || status >= 500 ? 'bad' : status >= 400 ? 'warn' : status >= 300 ? 'info' : 'good');

const line = (row, state, redraw) =>
  el(
    'details',
    { ontoggle: (event) => event.currentTarget.open && fill(row, state, redraw) },
    el(
      'summary',
      {},
      el('time', { datetime: row.at, title: day(row.at) }, clockTime(row.at)),
      el('span', { class: `method ${row.method.toLowerCase()}` }, row.method),
      el('span', { class: 'path' }, row.path, row.query && el('span', { class: 'muted' }, `?${row.query}`)),
      row.unmatched && el('span', { class: 'chip' }, 'unmatched'),
      row.faults?.map((id) => el('span', { class: 'chip fault' }, id)),
      row.complete === false && row.status !== 0 && el('span', { class: 'chip' }, 'cut'),
      el('span', { class: `status ${level(row.status)}` }, row.status === 0 ? 'cut' : row.status),
    ),
    el('div', { class: 'whole' }, body(row, state.whole.get(row.seq))),
  );

async function fill(row, state, redraw) {
  if (state.whole.has(row.seq)) return;
  const answer = await call('GET', `/_mock/requests/${row.seq}`);
  state.whole.set(row.seq, answer.ok ? answer.data : { problem: reason(answer) });
  if (state.whole.size > 50) state.whole.delete(state.whole.keys().next().value);
  redraw({});
}

function body(row, whole) {
  if (!whole) return false;
  if (whole.problem) return empty(whole.problem);
  const facts = [whole.operationId, whole.tenant && `tenant ${whole.tenant}`, whole.client, `${count(whole.tookMs)} ms`, whole.id];
  return [
    el('p', { class: 'small muted' }, facts.filter(Boolean).join(' · ')),
    el('div', { class: 'messages' }, message('Request', whole.request), message('Answer', whole.response)),
    el('button', { type: 'button', class: 'ghost small', 'aria-label': `Copy as curl: ${row.method} ${row.path}`, onclick: () => copyLine(row) }, 'Copy as curl'),
  ];
}

const message = (title, { headers, body, bodyAs, bodySize, bodyCut }) =>
  el(
    'section',
    { 'aria-label': title },
    el('h3', {}, title),
    el('dl', {}, Object.entries(headers).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, Array.isArray(value) ? value.join(', ') : value)])),
    body !== undefined && el('pre', { tabindex: 0, 'aria-label': `${title} body` }, bodyAs === 'json' ? JSON.stringify(body, null, 2) : body),
    bodyCut && el('p', { class: 'small muted' }, `Only the beginning of ${count(bodySize)} bytes was kept.`),
  );

async function copyLine(row) {
  const answer = await call('GET', `/_mock/requests/${row.seq}/curl`);
  // The server knows the headers; without it, method and address have to be enough.
  await copy(answer.ok ? answer.text.trim() : curl(row.method, row.query ? `${row.path}?${row.query}` : row.path));
}

/** The controls above the list, made once. */
export function tools(state, redraw) {
  const pause = el('button', { type: 'button', class: 'small', 'aria-pressed': 'false', onclick: () => {
    state.paused = !state.paused;
    pause.setAttribute('aria-pressed', String(state.paused));
    redraw({ again: true });
  } }, 'Pause');
  return [
    field('Filter requests', el('input', { type: 'search', placeholder: 'path, status, tenant', oninput: (event) => redraw({ filter: event.target.value }) })),
    el('label', { class: 'check' }, el('input', { type: 'checkbox', onchange: (event) => redraw({ unmatched: event.target.checked }) }), 'Only unmatched'),
    pause,
    el('button', { type: 'button', class: 'small', onclick: async (event) => {
      const answer = await act('DELETE', '/_mock/requests', { button: event.currentTarget, done: 'The journal is empty.' });
      if (answer.ok) forget(state, redraw);
    } }, 'Clear'),
    el('button', { type: 'button', class: 'small', title: 'Save the requests as an HTTP archive', onclick: async () => {
      const answer = await download('/_mock/requests/har', 'requests.har');
      if (!answer.ok) notice(reason(answer), { tone: 'bad' });
    } }, 'Download HAR'),
    copyAsCurl('requests', [['List the requests', () => curl('GET', '/_mock/requests')], ['Export as HAR', () => curl('GET', '/_mock/requests/har')], ['Clear', () => curl('DELETE', '/_mock/requests')]]),
  ];
}

/** The journal was cleared, here or by someone else. */
export const forget = (state, redraw) => redraw({ rows: [], whole: new Map() });
