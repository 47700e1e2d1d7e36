// Snapshots: states that are saved, loaded, deleted, and forked into sandboxes.

import { act, action, sureButton } from './actions.js';
import { byId, el, empty, render } from './dom.js';
import { clockTime, count, day } from './format.js';
import { notice } from './notices.js';
import { curl, download, home, prefixed, reason } from './server.js';

const path = (name, how = '') => `/_mock/snapshots/${encodeURIComponent(name)}${how}`;
const typed = () => byId('snapshot-name').value.trim();

export const curlLines = [
  ['List the snapshots', () => curl('GET', '/_mock/snapshots')],
  ['Save a snapshot', () => curl('POST', '/_mock/snapshots', { body: { name: typed() || 'before' } })],
  ['Export the state', () => curl('GET', '/_mock/state')],
];

export function show({ snapshots }) {
  byId('snapshots-line').replaceChildren('Snapshots', snapshots?.length ? el('span', { class: 'chip' }, count(snapshots.length)) : '');
  if (!snapshots) return render(byId('snapshot-list'), empty('The list cannot be read.'));
  render(
    byId('snapshot-list'),
    snapshots.length === 0 && empty('There are none. A snapshot keeps the state and the time of the clock.'),
    el('ul', { class: 'snapshots' }, snapshots.map((row) => el('li', { 'data-key': row.name }, line(row)))),
  );
}

function line({ name, takenAt }) {
  const fork = ({ data }) => notice(`Sandbox ${data.name} is made from snapshot ${name}.`, { line: curl('POST', path(name, '/fork'), { body: {} }), link: [new URL(`sandboxes/${data.name}/`, home).href, 'Open it'] });
  return [
    el('div', {}, el('strong', {}, name), el('p', { class: 'small muted' }, `${day(takenAt)}, ${clockTime(takenAt)}`)),
    action('Load', 'POST', path(name, '/load'), { kind: 'small', key: `load-snapshot-${name}`, name: `Load snapshot ${name}`, done: `State and clock are as in snapshot ${name}.` }),
    el('button', { type: 'button', class: 'small', 'data-key': `fork-${name}`, 'aria-label': `Fork snapshot ${name} into a sandbox`, title: 'Make a sandbox of it', onclick: async (event) => {
      const answer = await act('POST', path(name, '/fork'), { body: {}, button: event.currentTarget });
      if (answer.ok) fork(answer);
    } }, 'Fork'),
    sureButton('Delete', `snapshot ${name}`, `delete-snapshot-${name}`, (button) => act('DELETE', path(name), { button, done: `Snapshot ${name} is deleted.` })),
  ];
}

/** Adds what the page has already. */
export function start() {
  byId('snapshot-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const name = typed();
    const answer = await act('POST', '/_mock/snapshots', { body: { name }, button: event.submitter, done: `Snapshot ${name} is saved.` });
    if (answer.ok) byId('snapshot-name').value = '';
  });
  byId('export').addEventListener('click', async () => {
    const answer = await download('/_mock/state', `${prefixed || 'state'}.json`);
    if (!answer.ok) notice(reason(answer), { tone: 'bad' });
  });
}
