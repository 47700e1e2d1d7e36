// The API as the vendor's web UI calls it: its headers, its credentials, its socket.

/** What the page's address says: ?api=http://127.0.0.1:8080&tenant=c0..., and where both are left out. */
export function place(search = location.search) {
  const query = new URLSearchParams(search);
  return {
    api: query.get('api') ?? 'http://127.0.0.1:8080',
    tenant: query.get('tenant') ?? 'c0000000000000000000000000000001',
  };
}

/** Stands for a login: takes a token as an API client does. The token says whose it is. */
export async function signIn({ api, tenant }) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'r1mock',
    client_secret: 'r1mock-secret',
  });
  const answer = await read(await fetch(`${api}/oauth2/token/${tenant}`, { method: 'POST', body }));
  return { api, tenant, token: answer.access_token, ...claims(answer.access_token) };
}

/** A GET with the headers that the UI sends with every call, `content-type` without a body included. */
export async function get({ api, tenant, token }, path) {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json',
    'x-rks-tenantid': tenant,
    'build-in-error-modal': 'false',
  };
  return read(await fetch(api + path, { headers, credentials: 'include' }));
}

/** Listens to the activities of the tenant; `io` is that of socket.io-client 2.4.0. */
export function listen({ api, tenant, token }, { heard, connected }) {
  const { origin, pathname } = new URL(api || '/', location.href);
  const socket = io(`${origin}/activity?${new URLSearchParams({ token, tenantId: tenant })}`, {
    path: `${pathname.replace(/\/$/, '')}/api/websocket/socket.io`,
    transports: ['websocket'],
  });
  socket.on('connect', () => connected(true));
  socket.on('disconnect', () => connected(false));
  socket.on('activityChangedEvent', (text) => heard(JSON.parse(text)));
}

/** The first error in an answer or at the end of an activity. */
export function reason({ errors, error }) {
  if (errors?.[0]) return errors[0].message;
  if (typeof error !== 'string' || !error.startsWith('{')) return error ?? 'no reason given';
  const first = JSON.parse(error).errors[0];
  return (typeof first === 'string' ? JSON.parse(first) : first).message;
}

async function read(answer) {
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${answer.status}: ${reason(body)}`);
  return body;
}

const claims = (token) => JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
