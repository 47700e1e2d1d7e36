// The live journal of requests: a line each, with headers and bodies on demand.

import { act, call, clockTime, copy, copyButton, count, curl, day, el, empty, notice, reason, render } from './lib.js';

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
    // It may have been told to begin anew meanwhile.
    if (!answer.ok || since !== state.since) return;
    const { requests, next, dropped } = answer.data;
    // The number goes on when the journal is cleared; a smaller one is another server's.
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
    return render(container, empty('This server keeps no journal (GET /_mock/requests is a 404). The rest of the page works without.'));
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
      ? el('ol', { class: 'requests' }, shown.map((row) => el('li', {}, line(row, state))))
      : empty(state.rows.length ? 'No request matches.' : 'Nothing has been asked yet. Requests appear here as they come; this page’s own reading does not count.'),
    shown.length < newest.length &&
      el('button', { type: 'button', class: 'wide', 'data-key': 'all-requests', onclick: () => redraw({ all: true }) }, `Show all ${count(newest.length)}`),
  );
}

const level = (status) => (status === 0 || status >= 500 ? 'bad' : status >= 400 ? 'warn' : status >= 300 ? 'info' : 'good');

function line(row, state) {
  const key = `request-${row.seq}`;
  const place = el('div', { class: 'whole' });
  const details = el(
    'details',
    { 'data-key': key, ontoggle: () => details.open && fill(place, row, state) },
    el(
      'summary',
      { 'data-key': `${key}-line` },
      el('time', { datetime: row.at, title: day(row.at) }, clockTime(row.at)),
      el('span', { class: `method ${row.method.toLowerCase()}` }, row.method),
      el('span', { class: 'path' }, row.path, row.query && el('span', { class: 'muted' }, `?${row.query}`)),
      row.unmatched && el('span', { class: 'chip' }, 'unmatched'),
      row.complete === false && row.status !== 0 && el('span', { class: 'chip' }, 'cut'),
      el('span', { class: `status ${level(row.status)}` }, row.status === 0 ? 'cut' : row.status),
    ),
    place,
  );
  const known = state.whole.get(row.seq);
  if (known) body(place, known);
  return [details, el('button', { type: 'button', class: 'ghost small', 'data-key': `${key}-curl`, 'aria-label': `Copy as curl: ${row.method} ${row.path}`, title: 'Copy as curl', onclick: () => copyLine(row) }, 'curl')];
}

async function copyLine(row) {
  const answer = await call('GET', `/_mock/requests/${row.seq}/curl`);
  // The server knows the headers; without it, method and address must do.
  await copy(answer.ok ? answer.text.trim() : curl(row.method, row.query ? `${row.path}?${row.query}` : row.path));
}

async function fill(place, row, state) {
  if (state.whole.has(row.seq)) return;
  const answer = await call('GET', `/_mock/requests/${row.seq}`);
  if (!answer.ok) return render(place, empty(reason(answer)));
  state.whole.set(row.seq, answer.data);
  if (state.whole.size > 50) state.whole.delete(state.whole.keys().next().value);
  body(place, answer.data);
}

function body(place, whole) {
  const message = (title, { headers, body, bodyAs, bodySize, bodyCut }) =>
    el(
      'section',
      { 'aria-label': title },
      el('h4', {}, title),
      el('dl', {}, Object.entries(headers).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, Array.isArray(value) ? value.join(', ') : value)])),
      body !== undefined && el('pre', { tabindex: 0, 'aria-label': `${title} body` }, bodyAs === 'json' ? JSON.stringify(body, null, 2) : body),
      bodyCut && el('p', { class: 'small muted' }, `Only the beginning of ${count(bodySize)} bytes was kept.`),
    );
  const facts = [whole.operationId, whole.tenant && `tenant ${whole.tenant}`, whole.client, `${count(whole.tookMs)} ms`, whole.id];
  render(place, el('p', { class: 'small muted' }, facts.filter(Boolean).join(' · ')), el('div', { class: 'messages' }, message('Request', whole.request), message('Answer', whole.response)));
}

/** The switches above the list, made once. */
export function tools(state, redraw) {
  const pause = el('button', { type: 'button', class: 'small', 'aria-pressed': 'false', onclick: () => {
    state.paused = !state.paused;
    pause.setAttribute('aria-pressed', String(state.paused));
    pause.textContent = state.paused ? 'Go on' : 'Pause';
    redraw({ again: true });
  } }, 'Pause');
  return [
    el('label', { class: 'field' }, el('span', {}, 'Filter requests'), el('input', { type: 'search', placeholder: 'path, status, tenant', oninput: (event) => redraw({ filter: event.target.value }) })),
    el('label', { class: 'check' }, el('input', { type: 'checkbox', onchange: (event) => redraw({ unmatched: event.target.checked }) }), 'Only unmatched'),
    pause,
    el('button', { type: 'button', class: 'small', onclick: async (event) => {
      const button = event.currentTarget;
      const answer = await act('DELETE', '/_mock/requests', { button });
      if (!answer.ok) return;
      redraw({ rows: [], whole: new Map() });
      notice('The journal is empty.', { line: curl('DELETE', '/_mock/requests') });
    } }, 'Clear'),
    copyButton(() => curl('GET', '/_mock/requests'), 'journal'),
  ];
}
