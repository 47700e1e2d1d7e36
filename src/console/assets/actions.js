// Buttons that call the server, and the control of each panel that copies its calls as curl lines.

import { byId, el, shut } from './dom.js';
import { copy, notice } from './notices.js';
import { call, curl, reason } from './server.js';

/** What brings the page up to date after a change; the page sets it. */
let after = async () => {};
export const whenDone = (then) => (after = then);
export const upToDate = () => after();

/** Sends a request for a button, brings the page up to date, and reports the outcome. */
export async function act(method, path, { done, button, ...how } = {}) {
  button?.setAttribute('aria-busy', 'true');
  const answer = await call(method, path, how);
  // A reader of the notice should see its effect on the page.
  await after();
  report(answer, done, curl(method, path, how));
  button?.removeAttribute('aria-busy');
  return answer;
}

/** Says how a call went. `done`: the words for success, or a function of the answer; nothing is said without words. */
export function report(answer, done, line) {
  if (!answer.ok) return notice(reason(answer), { tone: 'bad', line });
  const words = typeof done === 'function' ? done(answer) : done;
  if (words) notice(words, { line });
}

/**
 * A button that calls the server. `title` says more about it, `name` completes its label for screen readers, `before` runs
 * first.
 */
export function action(label, method, path, { key, kind = '', title, name, before, ...rest } = {}) {
  const press = (event) => {
    before?.();
    act(method, path, { ...rest, button: event.currentTarget });
  };
  return el('button', { type: 'button', class: kind, 'data-key': key ?? `${method} ${path}`, title, 'aria-label': name, onclick: press }, label);
}

/** The button that was pressed once, of those that must be pressed twice. */
let asked;
const buttonOf = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);

/** A button for what cannot be undone: it asks again, on itself. `what` completes its label for screen readers. */
export function sureButton(label, what, key, then) {
  const button = el('button', { type: 'button', class: 'small danger', 'data-key': key, onclick: (event) => press(event.currentTarget) });
  const press = async (button) => {
    if (asked?.key === key) {
      await then(button);
      return calm();
    }
    asked = { key, label, what, timer: setTimeout(calm, 4000) };
    show(button, label, what, true);
  };
  const calm = () => {
    if (asked?.key !== key) return;
    clearTimeout(asked.timer);
    asked = undefined;
    const button = buttonOf(key);
    if (button) show(button, label, what, false);
  };
  show(button, label, what, asked?.key === key);
  return button;
}

function show(button, label, what, isSure) {
  button.textContent = isSure ? 'Sure?' : label;
  button.className = `small danger${isSure ? ' sure' : ''}`;
  button.setAttribute('aria-label', isSure ? `Sure? ${label} ${what}` : `${label} ${what}`);
}

/** The calls of a panel as curl lines: a button for one, a menu for several. Each is `[name, () => line]`. */
export function copyAsCurl(panel, calls, key = `curl-${panel}`) {
  const label = 'Copy as curl';
  if (calls.length === 1) {
    const [[, line]] = calls;
    return el('button', { type: 'button', class: 'ghost small', 'data-key': key, 'aria-label': `${label}: ${panel}`, onclick: () => copy(line()) }, label);
  }
  const choose = (event, line) => {
    copy(line());
    shut(event.currentTarget.closest('details'));
  };
  const items = calls.map(([name, line]) => el('li', {}, el('button', { type: 'button', class: 'ghost small', onclick: (event) => choose(event, line) }, name)));
  return el(
    'details',
    { class: 'drop menu', 'data-key': key },
    el('summary', { class: 'ghost small', 'data-key': `${key}-line`, 'aria-label': `${label}: ${panel}` }, label),
    el('ul', { class: 'sheet' }, items),
  );
}

/** The same for a panel whose head is in the page already. */
export const copyInto = (id, panel, calls) => byId(id).append(copyAsCurl(panel, calls));
