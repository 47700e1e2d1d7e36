// Who calls when an operation is tried: a tenant, or a token to log in for.

import { byId, el, field, select } from './dom.js';
import { notice } from './notices.js';
import { call, reason, setControlToken } from './server.js';

/** Sent with each request that is tried. */
export const caller = { tenant: '', token: '' };

/** Asks for the control token; the operations themselves need none. */
export function gate(words, then) {
  const token = el('input', { type: 'password', autocomplete: 'off', required: true });
  const go = async (event) => {
    event.preventDefault();
    setControlToken(token.value);
    await then();
  };
  return el('form', { class: 'fields', onsubmit: go }, field(words, token), el('button', { type: 'submit' }, 'Continue'));
}

export async function whoCalls() {
  const answer = await call('GET', '/_mock/tenants');
  const tenants = answer.ok ? answer.data : [];
  Object.assign(caller, { tenant: '', token: '' });
  const options = [['', 'the default tenant, or the token’s'], ...tenants.map(({ id, name }) => [id, `${name} (${id.slice(0, 2)}…${id.slice(-2)})`])];
  const token = el('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', placeholder: 'none', oninput: (event) => (caller.token = event.target.value.trim()) });
  byId('caller').replaceChildren(
    field('x-rks-tenantid', select(options, { value: '', onchange: (event) => (caller.tenant = event.target.value) })),
    field('Bearer token', token),
    answer.status === 401 ? gate('Control token, for the list of tenants', whoCalls) : '',
  );
  byId('login').replaceChildren(...(answer.ok ? [login(tenants, token)] : []));
}

/** Gets a token as API clients do, by client credentials. */
function login(tenants, token) {
  const able = tenants.filter(({ clients }) => clients?.length);
  const of = select(able.map(({ id, name }) => [id, name]), { value: (able.find((tenant) => tenant.default) ?? able[0])?.id, onchange: () => fill() });
  const id = el('input', { required: true, autocomplete: 'off', spellcheck: 'false' });
  const secret = el('input', { required: true, autocomplete: 'off', spellcheck: 'false' });
  const fill = async () => {
    const rows = await call('GET', `/_mock/console/tenants/${of.value}/rows`);
    const [client] = rows.data?.clients ?? [];
    id.value = client?.clientId ?? '';
    secret.value = client?.clientSecret ?? '';
  };
  const go = async (event) => {
    event.preventDefault();
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id.value, client_secret: secret.value });
    const answer = await call('POST', `/oauth2/token/${of.value}`, { body: body.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    if (!answer.ok) return notice(reason(answer), { tone: 'bad' });
    caller.token = answer.data.access_token;
    token.value = caller.token;
    notice('Logged in. The token is sent with each request from here on.');
  };
  if (able.length) fill();
  return el(
    'details',
    { class: 'schema' },
    el('summary', {}, el('strong', {}, 'Log in for a token'), el('span', { class: 'muted small' }, ' POST /oauth2/token/{tenantId}')),
    able.length
      ? el('form', { class: 'fields', onsubmit: go }, field('Tenant', of), field('client_id', id), field('client_secret', secret), el('button', { type: 'submit', class: 'primary' }, 'Log in'))
      : el('p', { class: 'empty' }, 'No tenant of this scenario has an API client.'),
  );
}
