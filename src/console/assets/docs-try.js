// The form that tries an operation.

import { copyAsCurl } from './actions.js';
import { el, field, render, select } from './dom.js';
import { caller } from './docs-login.js';
import { examples, resolve, sample, typeOf, words } from './docs-schema.js';
import { call, curl, reason } from './server.js';

const FORM = 'application/x-www-form-urlencoded';

/** An example of a request's body as text: the document's first, or one made up of its schema. */
export function bodyExample([type, media]) {
  const value = examples(media)[0]?.[1] ?? sample(media.schema ?? {});
  if (typeof value === 'string') return value;
  return type === FORM ? new URLSearchParams(value).toString() : JSON.stringify(value, null, 2);
}

export function form({ method, path, parameters, requestBody }) {
  const inputs = parameters.filter((one) => one.in !== 'cookie').map((one) => [one, input(one)]);
  const [content] = Object.entries(resolve(requestBody).content ?? {});
  const body = content && el('textarea', { spellcheck: 'false', value: bodyExample(content) });
  const place = el('div', { class: 'answer', role: 'status', tabindex: -1 });
  const asked = () => {
    const given = (kind) => inputs.filter(([one, node]) => one.in === kind && node.value !== '').map(([one, node]) => [one.name, node.value]);
    const query = new URLSearchParams(given('query')).toString();
    const filled = given('path').reduce((text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(value)), path);
    const headers = Object.fromEntries(given('header'));
    if (caller.tenant) headers['x-rks-tenantid'] = caller.tenant;
    if (caller.token) headers.authorization = `Bearer ${caller.token}`;
    if (body) headers['content-type'] = content[0];
    return [query ? `${filled}?${query}` : filled, { headers, ...(body && { body: body.value }) }];
  };
  const send = async (event) => {
    event.preventDefault();
    event.submitter?.setAttribute('aria-busy', 'true');
    const [target, options] = asked();
    answer(place, await call(method, target, options));
    event.submitter?.removeAttribute('aria-busy');
  };
  return el(
    'form',
    { class: 'try', onsubmit: send },
    inputs.length > 0 && el('div', { class: 'fields' }, inputs.map(([one, node]) => field(`${one.name} (${one.in}${one.required ? ', required' : ''})`, node))),
    body && field(`Body (${content[0]})`, body),
    el('div', { class: 'buttons' }, el('button', { type: 'submit', class: 'primary' }, 'Send'), copyAsCurl(`${method} ${path}`, [['', () => curl(method, ...asked())]])),
    place,
  );
}

function input({ schema, required, example }) {
  const choices = typeOf(schema ?? {}).includes('boolean') ? [true, false] : words(schema ?? {});
  if (choices.length < 2) return el('input', { type: 'text', required, autocomplete: 'off', spellcheck: 'false', placeholder: example });
  return select([['', '–'], ...choices.map((word) => [String(word), String(word)])], { required });
}

function answer(place, { ok, status, text, data, headers, took }) {
  const shown = data === undefined ? text : JSON.stringify(data, null, 2);
  render(
    place,
    el('p', { class: 'line' }, el('span', { class: `status ${ok ? 'good' : 'bad'}` }, status || 'none'), el('span', { class: 'muted small' }, status ? `${Math.round(took)} ms · ${headers.get('content-type') ?? 'no body'}` : reason({ status }))),
    headers.get('location') && el('p', { class: 'small' }, 'Location: ', el('code', {}, headers.get('location'))),
    shown && el('pre', { tabindex: 0, 'aria-label': 'Body of the response' }, shown),
  );
}
