// The OpenAPI document as a page: operations by tag, parameters, schemas, and a form to try each.

import { byId, call, copyButton, curl, el, empty, prefixed, prose, reason, render, setControlToken } from './lib.js';

const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'];
const DEEP = 6;

let doc;
const caller = { tenant: '', token: '' };

const named = (ref) => ref.split('/').slice(1).reduce((node, key) => node?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], doc);
const resolve = (node) => (node?.$ref ? resolve(named(node.$ref)) : (node ?? {}));
const anchor = (operation) => `op-${operation.operationId}`;

// Schemas ---------------------------------------------------------------------------------------

function typeOf(schema) {
  const name = schema.$ref?.split('/').pop();
  const real = resolve(schema);
  if (real.oneOf ?? real.anyOf) return [...new Set((real.oneOf ?? real.anyOf).map(typeOf))].join(' or ');
  const types = [real.type ?? (real.properties ? 'object' : real.allOf ? 'object' : 'any')].flat();
  return types
    .map((type) => {
      if (type === 'array') return `list of ${typeOf(real.items ?? {})}`;
      return type === 'object' && name ? name : real.format ? `${type} (${real.format})` : type;
    })
    .join(' or ');
}

const facts = (schema) => {
  const real = resolve(schema);
  return [
    real.enum && `one of ${real.enum.filter((value) => value !== null).join(', ')}`,
    real.const !== undefined && `always ${real.const}`,
    real.default !== undefined && `default ${JSON.stringify(real.default)}`,
    real.minimum !== undefined && `at least ${real.minimum}`,
    real.maximum !== undefined && `at most ${real.maximum}`,
    real.pattern && `like ${real.pattern}`,
    real.deprecated && 'deprecated',
  ].filter(Boolean);
};

/** A path that breaks where it has a slash. */
const steps = (path) => path.split(/(?<=.)(?=\/)/).flatMap((step) => [el('wbr'), step]);

/** What is inside of a schema, as far as it has an inside. */
function fields(schema) {
  const real = resolve(schema);
  if (real.type === 'array' || real.items) return fields(real.items ?? {});
  const parts = [real, ...(real.allOf ?? real.oneOf ?? real.anyOf ?? []).map(resolve)];
  const required = new Set(parts.flatMap((part) => part.required ?? []));
  return parts.flatMap((part) => Object.entries(part.properties ?? {})).map(([name, of]) => [name, of, required.has(name)]);
}

function tree(schema, depth = 0) {
  const inside = fields(schema);
  if (inside.length === 0) return undefined;
  return el(
    'ul',
    {},
    inside.map(([name, of, required]) => {
      const text = [resolve(of).description ?? of.description, ...facts(of)].filter(Boolean).join(' · ');
      const line = [el('strong', {}, name), required ? '' : '?', ': ', el('span', { class: 'type' }, typeOf(of)), text && el('span', { class: 'note' }, ' – ', prose(text))];
      // Inner levels are built when they are opened: schemas may contain themselves.
      if (depth >= DEEP || fields(of).length === 0) return el('li', {}, line);
      const details = el('details', { ontoggle: () => details.childElementCount === 1 && details.append(tree(of, depth + 1)) }, el('summary', {}, line));
      return el('li', {}, details);
    }),
  );
}

function sample(schema, depth = 0) {
  const real = resolve(schema);
  const example = real.example ?? real.examples?.[0] ?? real.default;
  if (example !== undefined) return example;
  if (real.enum) return real.enum[0];
  if (real.oneOf ?? real.anyOf) return sample((real.oneOf ?? real.anyOf).find((one) => resolve(one).type !== 'null') ?? {}, depth);
  const type = [real.type].flat().find((one) => one !== 'null');
  if (type === 'array') return depth > DEEP ? [] : [sample(real.items ?? {}, depth + 1)];
  if (type === 'integer' || type === 'number') return real.minimum ?? 1;
  if (type === 'boolean') return false;
  if (type === 'string') return real.format === 'date-time' ? '2026-01-31T00:00:00Z' : real.format === 'uuid' ? '00000000-0000-0000-0000-000000000000' : '';
  const inside = fields(real).filter(([, , required]) => required);
  return depth > DEEP ? {} : Object.fromEntries(inside.map(([name, of]) => [name, sample(of, depth + 1)]));
}

function schemaPart(title, content) {
  const [type, media] = Object.entries(content ?? {})[0] ?? [];
  if (!media?.schema) return undefined;
  return el(
    'details',
    { class: 'schema' },
    el('summary', {}, title, ' ', el('code', {}, typeOf(media.schema)), el('span', { class: 'muted small' }, ` ${type}`)),
    el('div', { class: 'tree' }, tree(media.schema) ?? empty('Nothing further is said about it.')),
  );
}

// Operations --------------------------------------------------------------------------------------

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

function article(operation) {
  const { method, path, summary, description, deprecated, parameters, requestBody, responses } = operation;
  const id = anchor(operation);
  // A stream of events does not end: nothing would ever be shown of it.
  const endless = Object.values(responses ?? {}).some((one) => resolve(one).content?.['text/event-stream']);
  const place = el('div', {});
  const details = el('details', { class: 'schema', ontoggle: () => details.open && !place.firstChild && place.append(form(operation)) }, el('summary', {}, el('strong', {}, 'Try it')), place);
  const text = [summary, description].filter(Boolean).join(' ');
  return el(
    'article',
    { class: 'panel operation', id, 'aria-labelledby': `${id}-title`, tabindex: -1 },
    el('header', {}, el('h3', { id: `${id}-title` }, el('span', { class: `method ${method.toLowerCase()}` }, method), ' ', path), deprecated && el('span', { class: 'chip old' }, 'deprecated'), el('code', { class: 'muted' }, operation.operationId)),
    text && el('p', {}, prose(text)),
    parameters.length > 0 && [
      el('h4', {}, 'Parameters'),
      el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Parameters of ${operation.operationId}` }, el('table', {}, el('tbody', {}, parameters.map((one) => el('tr', {}, el('td', {}, el('code', {}, one.name), el('span', { class: 'muted small' }, ` ${one.in}${one.required ? ', required' : ''}`)), el('td', {}, typeOf(one.schema ?? {})), el('td', {}, prose([one.description, ...facts(one.schema ?? {})].filter(Boolean).join(' · ')))))))),
    ],
    requestBody && [el('h4', {}, 'Body'), schemaPart('Asked', resolve(requestBody).content)],
    el('h4', {}, 'Answers'),
    Object.entries(responses ?? {}).map(([status, one]) => {
      const answer = resolve(one);
      const title = [el('span', { class: `status ${status < '300' ? 'good' : 'warn'}` }, status), ' ', answer.description];
      return schemaPart(title, answer.content) ?? el('p', { class: 'small' }, title);
    }),
    endless ? el('div', { class: 'buttons' }, el('p', { class: 'small muted' }, 'It goes on for as long as one listens: '), copyButton(curl(method, path), `${method} ${path}`)) : details,
  );
}

function form(operation) {
  const { method, path, parameters, requestBody } = operation;
  const inputs = parameters.filter((one) => one.in !== 'cookie').map((one) => [one, input(one)]);
  const [type, media] = Object.entries(resolve(requestBody).content ?? {})[0] ?? [];
  const isForm = type === 'application/x-www-form-urlencoded';
  const example = media && (isForm ? new URLSearchParams(sample(media.schema)).toString() : JSON.stringify(sample(media.schema), null, 2));
  const body = media && el('textarea', { spellcheck: 'false' }, example);
  const place = el('div', { class: 'answer', role: 'status' });
  const asked = () => {
    const given = (kind) => inputs.filter(([one, node]) => one.in === kind && node.value !== '').map(([one, node]) => [one.name, node.value]);
    const query = new URLSearchParams(given('query')).toString();
    const filled = given('path').reduce((text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(value)), path);
    const headers = Object.fromEntries(given('header'));
    if (caller.tenant) headers['x-rks-tenantid'] = caller.tenant;
    if (caller.token) headers.authorization = `Bearer ${caller.token}`;
    if (body) headers['content-type'] = type;
    return [query ? `${filled}?${query}` : filled, { headers, ...(body ? { body: body.value } : {}) }];
  };
  return el(
    'form',
    { class: 'try', onsubmit: async (event) => {
      event.preventDefault();
      event.submitter?.setAttribute('aria-busy', 'true');
      const [target, options] = asked();
      answer(place, await call(method, target, options));
      event.submitter?.removeAttribute('aria-busy');
    } },
    inputs.length > 0 && el('div', { class: 'fields' }, inputs.map(([one, node]) => el('label', { class: 'field' }, el('span', {}, `${one.name} (${one.in}${one.required ? ', required' : ''})`), node))),
    body && el('label', { class: 'field' }, el('span', {}, `Body (${type})`), body),
    el('div', { class: 'buttons' }, el('button', { type: 'submit', class: 'primary' }, 'Send'), copyButton(() => curl(method, ...asked()), `${method} ${path}`)),
    place,
  );
}

function input({ schema, required }) {
  const real = resolve(schema ?? {});
  const one = real.enum ? real : (real.oneOf ?? real.anyOf ?? []).map(resolve).find((part) => part.enum);
  const words = one?.enum ?? ([real.type].flat().includes('boolean') ? [true, false] : undefined);
  if (!words) return el('input', { type: 'text', required, autocomplete: 'off', spellcheck: 'false' });
  return el('select', { required }, el('option', { value: '' }, '–'), words.filter((word) => word !== null).map((word) => el('option', { value: String(word) }, String(word))));
}

function answer(place, { ok, status, text, data, headers, took }) {
  const shown = data === undefined ? text : JSON.stringify(data, null, 2);
  render(
    place,
    el('p', { class: 'line' }, el('span', { class: `status ${ok ? 'good' : 'bad'}` }, status || 'none'), el('span', { class: 'muted small' }, status ? `${Math.round(took)} ms · ${headers.get('content-type') ?? 'no body'}` : reason({ status }))),
    headers.get('location') && el('p', { class: 'small' }, 'Location: ', el('code', {}, headers.get('location'))),
    shown && el('pre', { tabindex: 0, 'aria-label': 'Body of the answer' }, shown),
  );
}

// The page ----------------------------------------------------------------------------------------

/** The list of tenants may want the control token; the operations themselves do not. */
function gate(words = 'Control token, for the list of tenants', then = whoCalls) {
  const token = el('input', { type: 'password', autocomplete: 'off', required: true });
  const go = async (event) => {
    event.preventDefault();
    setControlToken(token.value);
    await then();
  };
  return el('form', { class: 'fields', onsubmit: go }, el('label', { class: 'field' }, el('span', {}, words), token), el('button', { type: 'submit' }, 'Go on'));
}

async function whoCalls() {
  const answer = await call('GET', '/_mock/tenants');
  const tenants = answer.ok ? answer.data : [];
  Object.assign(caller, { tenant: '', token: '' });
  const select = el('select', { onchange: (event) => (caller.tenant = event.target.value) }, el('option', { value: '' }, 'the default tenant, or the token’s'), tenants.map(({ id, name }) => el('option', { value: id }, `${name} (${id.slice(0, 2)}…${id.slice(-2)})`)));
  const token = el('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', placeholder: 'none', oninput: (event) => (caller.token = event.target.value.trim()) });
  byId('caller').replaceChildren(el('label', { class: 'field' }, el('span', {}, 'x-rks-tenantid'), select), el('label', { class: 'field' }, el('span', {}, 'Bearer token'), token), answer.status === 401 ? gate() : '');
}

function show(filter = '') {
  const all = operations().filter((one) => `${one.method} ${one.path} ${one.operationId} ${one.summary ?? ''}`.toLowerCase().includes(filter.toLowerCase()));
  const known = (doc.tags ?? []).map((tag) => tag.name);
  const tags = [...new Set([...known, ...all.flatMap((one) => one.tags ?? ['Other'])])];
  const groups = tags.map((tag) => [tag, all.filter((one) => (one.tags ?? ['Other'])[0] === tag)]).filter(([, some]) => some.length);
  render(
    byId('toc'),
    groups.map(([tag, some]) => [el('h3', {}, tag), el('ul', {}, some.map((one) => el('li', {}, el('a', { href: `#${anchor(one)}` }, el('span', { class: `method ${one.method.toLowerCase()}` }, one.method), el('span', { class: one.deprecated ? 'old' : '' }, steps(one.path))))))]),
  );
  render(
    byId('list'),
    groups.length ? groups.map(([tag, some]) => [el('h2', {}, tag, ' ', el('span', { class: 'muted small' }, doc.tags?.find(({ name }) => name === tag)?.description)), some.map(article)]) : empty('No operation matches.'),
  );
}

/** The page is about the API, or, asked so, about the simulator's own control surface. */
const isControl = new URLSearchParams(location.search).get('surface') === 'control';
if (isControl) {
  byId('other').textContent = 'API';
  byId('other').setAttribute('href', '?');
  byId('document').setAttribute('href', '../openapi.json');
}

async function start() {
  const read = await call('GET', isControl ? '/_mock/openapi.json' : '/openapi.json');
  if (read.status === 401) return render(byId('list'), gate('Control token, for the document', start));
  if (!read.ok) return render(byId('list'), empty(`The document cannot be read. ${reason(read)}`));
  doc = read.data;
  byId('version').textContent = `${doc.info.title}, v${doc.info.version}`;
  byId('sandbox').hidden = !prefixed;
  byId('sandbox').textContent = `sandbox ${prefixed}`;
  byId('about').replaceChildren(...prose(doc.info.description ?? ''));
  show();
  byId('filter').addEventListener('input', (event) => show(event.target.value));
  // To the control surface it does not matter who calls.
  if (isControl) byId('caller-title').textContent = 'About';
  else await whoCalls();
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

await start();
