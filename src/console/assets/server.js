// Calls to the server, and the same calls as curl lines.

/** Where the server is, with the sandbox's prefix: each page says where that is relative to it. */
const root = new URL(document.documentElement.dataset.root, document.baseURI);
export const url = (path, at = root) => new URL(path.replace(/^\//, ''), at).href;

/** The sandbox under whose prefix the page is, if any, and the root of the server. */
const [prefix, name] = root.pathname.match(/sandboxes\/([^/]+)\/$/) ?? ['', ''];
export const prefixed = name;
export const home = new URL(root.pathname.slice(0, root.pathname.length - prefix.length), root);

// The control surface may need a token. It is kept for as long as the tab lives.
const TOKEN = 'control-token';
export const controlToken = () => sessionStorage.getItem(TOKEN) ?? '';
export const setControlToken = (token) => sessionStorage.setItem(TOKEN, token);
const withToken = (path, headers) => (path.startsWith('/_mock') && controlToken() ? { 'x-mock-token': controlToken(), ...headers } : headers);

/** Sends a request. `status` is 0 if the server cannot be reached. */
export async function call(method, path, { body, headers = {}, at } = {}) {
  const init = { method, headers: { accept: 'application/json', ...withToken(path, headers) }, cache: 'no-store' };
  if (body !== undefined) {
    init.body = typeof body === 'string' ? body : JSON.stringify(body);
    init.headers['content-type'] ??= 'application/json';
  }
  const started = performance.now();
  try {
    const response = await fetch(url(path, at), init);
    const text = await response.text();
    const took = performance.now() - started;
    return { ok: response.ok, status: response.status, headers: response.headers, text, data: parsed(text), took };
  } catch (error) {
    return { ok: false, status: 0, headers: new Headers(), text: String(error), data: undefined, took: 0 };
  }
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Why the server refused, in whichever of its shapes it said so. */
export function reason({ status, data, text }) {
  if (status === 0) return 'The server cannot be reached.';
  const error = data?.errors?.[0] ?? data?.error ?? data ?? {};
  const words = error.detail ?? error.errorMessage ?? error.message ?? error.reason ?? error.error_description;
  const findings = (data?.findings ?? []).map((finding) => (typeof finding === 'string' ? finding.replace(/^error: body at \$\.?/, '').replace(/^: /, '') : (finding.problem ?? JSON.stringify(finding))));
  return [`${status}: ${words ?? (text.slice(0, 200) || 'no reason was given')}`, ...findings].join('\n');
}

const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;

/** A call as a line for a shell. */
export function curl(method, path, { body, headers = {}, at } = {}) {
  const parts = ['curl', '-sS'];
  if (method !== 'GET') parts.push('-X', method);
  parts.push(quoted(url(path, at)));
  const all = { ...withToken(path, headers) };
  if (body !== undefined) all['content-type'] ??= 'application/json';
  for (const [name, value] of Object.entries(all)) parts.push('-H', quoted(`${name}: ${value}`));
  if (body !== undefined) parts.push('-d', quoted(typeof body === 'string' ? body : JSON.stringify(body)));
  return parts.join(' ');
}

/** Saves an answer as a file. A link could not send the control token. */
export async function download(path, file) {
  const answer = await call('GET', path);
  if (!answer.ok) return answer;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([answer.text], { type: 'application/json' }));
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return answer;
}
