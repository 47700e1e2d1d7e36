// The OpenAPI document as a page: operations by tag, parameters, schemas, examples, and a form to try each.

import { copyAsCurl } from './actions.js';
import { gate, whoCalls } from './docs-login.js';
import { examples, facts, resolve, tree, typeOf, use } from './docs-schema.js';
import { bodyExample, form } from './docs-try.js';
import { byId, el, empty, prose, render } from './dom.js';
import { call, curl, prefixed, reason } from './server.js';

const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'];

let doc;

const anchor = (operation) => `op-${operation.operationId}`;

/** A path that breaks where it has a slash. */
const steps = (path) => path.split(/(?<=.)(?=\/)/).flatMap((step) => [el('wbr'), step]);

function operations() {
  return Object.entries(doc.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      ...item[method],
      method: method.toUpperCase(),
      path,
      parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map(resolve),
    })),
  );
}

const code = (label, text) => [el('h5', {}, label), el('pre', { tabindex: 0, 'aria-label': label }, text)];
const asText = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

/** A body: its schema and its examples. */
function body(title, content, made) {
  const [entry] = Object.entries(content ?? {});
  if (!entry?.[1].schema) return undefined;
  const [type, media] = entry;
  const shown = made ? [['Example', made]] : examples(media);
  return el(
    'details',
    { class: 'schema' },
    el('summary', {}, title, ' ', el('code', {}, typeOf(media.schema)), el('span', { class: 'muted small' }, ` ${type}`)),
    el('div', { class: 'tree' }, tree(media.schema) ?? empty('No further description.')),
    shown.map(([name, value]) => code(name, asText(value))),
  );
}

function request({ requestBody }) {
  if (!requestBody) return false;
  const { content, description } = resolve(requestBody);
  const [entry] = Object.entries(content ?? {});
  return [el('h4', {}, 'Request body'), description && el('p', { class: 'small' }, prose(description)), body('Schema and example', content, entry && bodyExample(entry))];
}

function responses({ responses }) {
  return [
    el('h4', {}, 'Responses'),
    Object.entries(responses ?? {}).map(([status, one]) => {
      const answer = resolve(one);
      const title = [el('span', { class: `status ${status < '300' ? 'good' : 'warn'}` }, status), ' ', prose(answer.description ?? '')];
      return body(title, answer.content) ?? el('p', { class: 'small' }, title);
    }),
  ];
}

function parameters({ operationId, parameters }) {
  if (parameters.length === 0) return false;
  const row = ({ name, in: place, required, schema = {}, description }) =>
    el('tr', {}, el('td', {}, el('code', {}, name), el('span', { class: 'muted small' }, ` ${place}${required ? ', required' : ''}`)), el('td', {}, typeOf(schema)), el('td', {}, prose([description, ...facts(schema)].filter(Boolean).join(' · '))));
  return [
    el('h4', {}, 'Parameters'),
    el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Parameters of ${operationId}` }, el('table', {}, el('tbody', {}, parameters.map(row)))),
  ];
}

function article(operation) {
  const { method, path, summary, description, deprecated, operationId } = operation;
  const id = anchor(operation);
  // A stream of events does not end: its answer would never be shown.
  const endless = Object.values(operation.responses ?? {}).some((one) => resolve(one).content?.['text/event-stream']);
  const place = el('div', {});
  const attempt = el('details', { class: 'schema', ontoggle: () => attempt.open && !place.firstChild && place.append(form(operation)) }, el('summary', {}, el('strong', {}, 'Try it')), place);
  const text = [summary, description].filter(Boolean).join(' ');
  return el(
    'article',
    { class: 'panel operation', id, 'aria-labelledby': `${id}-title`, tabindex: -1 },
    el('header', {}, el('h3', { id: `${id}-title` }, el('span', { class: `method ${method.toLowerCase()}` }, method), ' ', path), deprecated && el('span', { class: 'chip old' }, 'deprecated'), el('code', { class: 'muted' }, operationId)),
    text && el('p', {}, prose(text)),
    parameters(operation),
    request(operation),
    responses(operation),
    endless ? el('div', { class: 'buttons' }, el('p', { class: 'small muted' }, 'The stream goes on until the client closes it.'), copyAsCurl(`${method} ${path}`, [['', () => curl(method, path)]])) : attempt,
  );
}

function show(filter = '') {
  const all = operations().filter((one) => `${one.method} ${one.path} ${one.operationId} ${one.summary ?? ''}`.toLowerCase().includes(filter.toLowerCase()));
  const known = (doc.tags ?? []).map((tag) => tag.name);
  const tags = [...new Set([...known, ...all.flatMap((one) => one.tags ?? ['Other'])])];
  const groups = tags.map((tag) => [tag, all.filter((one) => (one.tags ?? ['Other'])[0] === tag)]).filter(([, some]) => some.length);
  byId('toc').replaceChildren(
    ...groups.flatMap(([tag, some]) => [el('h3', {}, tag), el('ul', {}, some.map((one) => el('li', {}, el('a', { href: `#${anchor(one)}` }, el('span', { class: `method ${one.method.toLowerCase()}` }, one.method), el('span', { class: one.deprecated ? 'old' : '' }, steps(one.path))))))]),
  );
  byId('list').replaceChildren(
    ...(groups.length ? groups.flatMap(([tag, some]) => [el('h2', {}, tag, ' ', el('span', { class: 'muted small' }, doc.tags?.find(({ name }) => name === tag)?.description ?? '')), ...some.map(article)]) : [empty('No operation matches.')]),
  );
}

/** The page is about the API, or with `?surface=control` about the simulator's own control surface. */
const isControl = new URLSearchParams(location.search).get('surface') === 'control';
if (isControl) {
  byId('other').textContent = 'API';
  byId('other').setAttribute('href', '?');
  byId('document').setAttribute('href', '../openapi.json');
}
// On a narrow screen the list of operations is in the way until it is wanted.
const narrow = matchMedia('(width < 780px)');
byId('operations-list').open = !narrow.matches;
byId('toc').addEventListener('click', (event) => {
  if (narrow.matches && event.target.closest('a')) byId('operations-list').open = false;
});

async function start() {
  const read = await call('GET', isControl ? '/_mock/openapi.json' : '/_mock/console/openapi.json');
  if (read.status === 401) return render(byId('list'), gate('Control token, for the document', start));
  if (!read.ok) return render(byId('list'), empty(`The document cannot be read. ${reason(read)}`));
  doc = read.data;
  use(doc);
  byId('version').textContent = `${doc.info.title}, v${doc.info.version}`;
  byId('sandbox').hidden = !prefixed;
  byId('sandbox').textContent = `sandbox ${prefixed}`;
  byId('about').replaceChildren(...prose(doc.info.description ?? ''));
  show();
  byId('filter').addEventListener('input', (event) => show(event.target.value));
  // The control surface does not care who calls.
  if (isControl) byId('caller-title').textContent = 'About';
  else await whoCalls();
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

await start();
