// Which sandbox the page shows, and links to the others; making and deleting them.

import { act, copyInto, sureButton } from './actions.js';
import { byId, el, empty, render } from './dom.js';
import { count } from './format.js';
import { notice } from './notices.js';
import { call, curl, home, prefixed, reason } from './server.js';

/** The list has a filter from this many on. */
const MANY = 9;

/** Reads the first few; there may be thousands. */
export async function read() {
  const filter = encodeURIComponent(byId('sandbox-filter').value.trim());
  const answer = await call('GET', `/_mock/console/sandboxes?filter=${filter}`);
  return answer.ok ? answer.data : undefined;
}

/** Where a sandbox is, or the root: a page may have been reached by the sandbox's own host. */
function address(name, current) {
  const at = new URL(name ? `sandboxes/${name}/` : '', home);
  if (!prefixed && current && at.hostname === `${current}.localhost`) at.hostname = 'localhost';
  return at.href;
}

export function show({ sandboxes, scenarios, overview }) {
  const { sandbox: current } = overview;
  const total = sandboxes?.total ?? 0;
  byId('sandbox').replaceChildren(current ? `Sandbox ${current}` : 'Sandboxes', !current && total > 0 ? el('span', { class: 'chip' }, count(total)) : '');
  byId('sandbox').classList.toggle('in', Boolean(current));
  byId('sandbox-filter-field').hidden = total < MANY;
  choices(scenarios);
  if (!sandboxes) return render(byId('sandbox-list'), empty('The list cannot be read.'));
  const { found, sandboxes: rows } = sandboxes;
  render(
    byId('sandbox-list'),
    el('ul', { class: 'sandboxes' }, el('li', {}, link('', 'The root', current)), rows.map((row) => el('li', { 'data-key': row.name }, line(row, current)))),
    total > 0 && found === 0 && empty('No sandbox matches.'),
    found > rows.length && empty(`And ${count(found - rows.length)} more: filter to see them.`),
  );
}

const link = (name, text, current, more) =>
  el('a', { href: address(name, current), 'data-key': `to-${name}`, 'aria-current': name === current ? 'page' : undefined }, el('strong', {}, text), more && el('span', { class: 'small muted' }, more));

function line({ name, scenario }, current) {
  const path = `/_mock/sandboxes/${name}`;
  const remove = async (button) => {
    // The page of a deleted sandbox has nothing to show.
    if (name === current) return leave(name, path, button);
    await act('DELETE', path, { at: home, button, done: `Sandbox ${name} is deleted.` });
  };
  return [
    link(name, name, current, scenario),
    sureButton('Delete', `sandbox ${name}`, `delete-sandbox-${name}`, remove),
  ];
}

async function leave(name, path, button) {
  button.setAttribute('aria-busy', 'true');
  const answer = await call('DELETE', path, { at: home });
  if (answer.ok) location.assign(address('', name));
  else notice(reason(answer), { tone: 'bad', line: curl('DELETE', path, { at: home }) });
}

/** The scenarios for a new one; what is chosen stays. */
function choices(scenarios) {
  const select = byId('sandbox-scenario');
  const names = (scenarios?.scenarios ?? []).filter(({ problem }) => !problem).map(({ name }) => name);
  if (select.options.length === names.length + 1) return;
  const { value } = select;
  select.replaceChildren(el('option', { value: '' }, 'as the root'), ...names.map((name) => el('option', { value: name }, name)));
  select.value = names.includes(value) ? value : '';
}

const asked = () => ({
  ...(byId('sandbox-name').value.trim() && { name: byId('sandbox-name').value.trim() }),
  ...(byId('sandbox-scenario').value && { scenario: byId('sandbox-scenario').value }),
});

/** Wires what stands in the page already; `reload` reads the list again. */
export function start(reload) {
  copyInto('sandbox-tools', 'sandboxes', [
    ['List the sandboxes', () => curl('GET', '/_mock/sandboxes', { at: home })],
    ['Make this sandbox', () => curl('POST', '/_mock/sandboxes', { at: home, body: asked() })],
  ]);
  byId('sandbox-filter').addEventListener('input', reload);
  // Others make them, too, and no event reports it.
  byId('sandboxes').addEventListener('toggle', () => byId('sandboxes').open && reload());
  byId('sandbox-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = await act('POST', '/_mock/sandboxes', {
      at: home,
      body: asked(),
      button: event.submitter,
      done: ({ data }) => `Sandbox ${data.name} is made from scenario ${data.scenario}.`,
    });
    if (!answer.ok) return;
    byId('sandbox-name').value = '';
    const made = () => byId('sandbox-list').querySelector(`[data-key="to-${CSS.escape(answer.data.name)}"]`);
    if (!made()) {
      byId('sandbox-filter').value = answer.data.name;
      await reload();
    }
    made()?.focus();
  });
}
