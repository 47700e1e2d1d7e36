// Elements, calls, curl lines, notices. No framework: the page is small.

/** Where the server is, with the sandbox's prefix: pages say where they are relative to it. */
const root = new URL(document.documentElement.dataset.root, document.baseURI);
export const url = (path, at = root) => new URL(path.replace(/^\//, ''), at).href;

/** The sandbox whose prefix the page is under, if it is, and where the root of them all is. */
const [prefix, name] = root.pathname.match(/sandboxes\/([^/]+)\/$/) ?? ['', ''];
export const prefixed = name;
export const home = new URL(root.pathname.slice(0, root.pathname.length - prefix.length), root);

const SVG = 'http://www.w3.org/2000/svg';

function build(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'style') for (const [key, to] of Object.entries(value)) node.style.setProperty(key, to);
    else if (['value', 'checked', 'open', 'disabled', 'selected'].includes(name)) node[name] = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

export const el = (tag, props = {}, ...children) => build(document.createElement(tag), props, children);
export const svg = (tag, props = {}, ...children) => build(document.createElementNS(SVG, tag), props, children);
export const byId = (id) => document.getElementById(id);

/**
 * Replaces what is in a container; focus, open details and scroll stay where they were, by `data-key`, and
 * so does what is being typed.
 */
export function render(container, ...nodes) {
  const active = document.activeElement;
  const focused = container.contains(active) ? active.dataset.key : undefined;
  const opened = new Set([...container.querySelectorAll('details[open][data-key]')].map((node) => node.dataset.key));
  const scrolled = new Map(
    [...container.querySelectorAll('[data-scroll]')].map((node) => [node.dataset.scroll, [node.scrollLeft, node.scrollTop]]),
  );
  const typed = new Map([...container.querySelectorAll('details[open] input[data-key]')].map((node) => [node.dataset.key, node.value]));
  container.replaceChildren(...nodes.flat(Infinity).filter(Boolean));
  for (const node of container.querySelectorAll('input[data-key]')) node.value = typed.get(node.dataset.key) ?? node.value;
  for (const node of container.querySelectorAll('details[data-key]')) if (opened.has(node.dataset.key)) node.open = true;
  for (const node of container.querySelectorAll('[data-scroll]')) {
    [node.scrollLeft, node.scrollTop] = scrolled.get(node.dataset.scroll) ?? [0, 0];
  }
  if (focused) {
    const again = container.querySelector(`[data-key="${CSS.escape(focused)}"]`);
    // What had the focus is gone: the next best place is the panel itself.
    (again && !again.disabled ? again : container).focus({ preventScroll: true });
  }
}

/** Closes what was opened below a button; the focus goes back to the button. */
export function shut(drop) {
  if (drop.contains(document.activeElement)) drop.querySelector('summary').focus();
  drop.open = false;
}

// As menus do: by Escape, or by a click elsewhere.
document.addEventListener('keydown', (event) => {
  const drop = event.key === 'Escape' && document.activeElement?.closest('.drop[open]');
  if (drop) shut(drop);
});
document.addEventListener('pointerdown', (event) => {
  for (const drop of document.querySelectorAll('.drop[open]')) if (!drop.contains(event.target) && !event.target.closest('.notices')) drop.open = false;
});

// The control surface may want a token; it is kept for as long as the tab lives.
const TOKEN = 'control-token';
export const controlToken = () => sessionStorage.getItem(TOKEN) ?? '';
export const setControlToken = (token) => sessionStorage.setItem(TOKEN, token);
const withToken = (path, headers) => (path.startsWith('/_mock') && controlToken() ? { 'x-mock-token': controlToken(), ...headers } : headers);

/** What the server answered; `status` 0 when it could not be reached. */
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
    let data;
    try {
      data = text ? JSON.parse(text) : undefined;
    } catch {
      data = undefined;
    }
    const took = performance.now() - started;
    return { ok: response.ok, status: response.status, headers: response.headers, text, data, took };
  } catch (error) {
    return { ok: false, status: 0, headers: new Headers(), text: String(error), data: undefined, took: 0 };
  }
}

/** Why the server said no, whichever of its shapes it said it in. */
export function reason({ status, data, text }) {
  if (status === 0) return 'The server cannot be reached.';
  const error = data?.errors?.[0] ?? data?.error ?? data ?? {};
  const words = error.detail ?? error.errorMessage ?? error.message ?? error.reason ?? error.error_description;
  return `${status}: ${words ?? (text.slice(0, 200) || 'no reason was given')}`;
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

export async function copy(text, what = 'curl line') {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a secure context there is no clipboard but the old way.
    const area = el('textarea', { class: 'offscreen', readonly: true }, text);
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (!done) return notice(text, { tone: 'plain', stay: true });
  }
  notice(`Copied the ${what}.`);
}

export const copyButton = (line, label, key) =>
  el(
    'button',
    {
      type: 'button',
      class: 'ghost small',
      'data-key': key,
      'aria-label': `Copy as curl: ${label}`,
      title: 'Copy as curl',
      onclick: () => copy(typeof line === 'function' ? line() : line),
    },
    'curl',
  );

/** A short message that goes by itself; also told to screen readers. */
export function notice(text, { tone = 'good', line, stay = false } = {}) {
  const place = byId('notices');
  const close = () => note.remove();
  const note = el(
    'div',
    { class: `notice ${tone}`, role: tone === 'bad' ? 'alert' : 'status' },
    el('p', {}, text),
    line && copyButton(line, text),
    el('button', { type: 'button', class: 'ghost small', 'aria-label': 'Dismiss', onclick: close }, '×'),
  );
  place.append(note);
  while (place.childElementCount > 3) place.firstElementChild.remove();
  // Not away from under a pointer, nor from under a keyboard's focus.
  const go = () => (note.matches(':hover, :focus-within') ? setTimeout(go, 2_000) : close());
  if (!stay) setTimeout(go, tone === 'bad' ? 12_000 : 6_000);
}

/** What happens after something was done; the page sets it. */
let after = async () => {};
export const whenDone = (then) => (after = then);

/** Does what a button says, tells how it went, and brings the page up to date. */
export async function act(method, path, { done, button, ...how } = {}) {
  button?.setAttribute('aria-busy', 'true');
  const answer = await call(method, path, how);
  const line = curl(method, path, how);
  // Who reads that it is done shall see it done.
  await after(answer);
  if (answer.ok) {
    const words = typeof done === 'function' ? done(answer) : done;
    if (words) notice(words, { line });
  } else {
    notice(reason(answer), { tone: 'bad', line });
  }
  button?.removeAttribute('aria-busy');
  return answer;
}

/** A button that calls the server. */
export function action(label, method, path, options = {}) {
  const { key, kind = '', title, before, ...rest } = options;
  return el(
    'button',
    {
      type: 'button',
      class: kind,
      'data-key': key ?? `${method} ${path}`,
      title,
      'aria-label': title,
      onclick: (event) => {
        if (before && !before()) return;
        act(method, path, { ...rest, button: event.currentTarget });
      },
    },
    label,
  );
}

/** Which button was pressed once, of those that want to be pressed twice. */
let asked;

/** A button for what cannot be undone: it asks once more, on itself. `words` say what is done, and what is asked. */
export function sureButton(label, [words, question], key, then) {
  const show = () => {
    const sure = asked?.key === key;
    button.textContent = sure ? 'Sure?' : label;
    button.classList.toggle('sure', sure);
    button.setAttribute('aria-label', sure ? question : words);
  };
  const calm = () => {
    if (asked?.key !== key) return;
    clearTimeout(asked.timer);
    const { show } = asked;
    asked = undefined;
    show();
  };
  const press = async () => {
    if (asked?.key === key) {
      await then(button);
      return calm();
    }
    asked = { key, show, timer: setTimeout(calm, 4000) };
    show();
  };
  const button = el('button', { type: 'button', class: 'small danger', 'data-key': key, onclick: press });
  // It may have been drawn anew in between.
  if (asked?.key === key) asked.show = show;
  show();
  return button;
}

const number = new Intl.NumberFormat('en-GB');
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: 'UTC' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' });

export const DAY = 86_400_000;
export const count = (n) => number.format(n);
export const day = (at) => date.format(new Date(at));
export const clockTime = (at) => time.format(new Date(at));
export const weekdayOf = (at) => weekday.format(new Date(at));
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${Math.abs(n) === 1 ? one : many}`;

/** Calendar days from one moment to another, both in UTC. */
export const daysBetween = (from, to) => Math.floor(new Date(to) / DAY) - Math.floor(new Date(from) / DAY);

/** `today`, `tomorrow`, `in 5 days`, `3 days ago`. */
export function fromNow(now, at) {
  const days = daysBetween(now, at);
  if (days === 0) return 'today';
  if (days === 1) return 'tomorrow';
  if (days === -1) return 'yesterday';
  return days > 0 ? `in ${plural(days, 'day')}` : `${plural(-days, 'day')} ago`;
}

/** Text in which `words` are code. */
export const prose = (text) => text.split('`').map((part, index) => (index % 2 ? el('code', {}, part) : part));

export const empty = (...words) => el('p', { class: 'empty' }, ...words);

export const section = (title, tools, ...content) =>
  el('section', { class: 'part', 'aria-label': title }, el('header', { class: 'part-head' }, el('h3', {}, title), tools), content);
