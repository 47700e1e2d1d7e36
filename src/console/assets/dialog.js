// A form in a dialog: fields, or the body of the request as JSON.

import { report, upToDate } from './actions.js';
import { byId, el, field, select } from './dom.js';
import { copy } from './notices.js';
import { call, curl, reason } from './server.js';

let ids = 0;

/**
 * Opens a form. `fields`: what `input` takes, or finished elements; `request(values)`: the request as
 * `{ method, path, body, ... }`; `done`: what to say afterwards; `json`: whether the body can be edited as JSON.
 */
export function openForm({ title, text, fields, request, done, submit = 'Save', json = false }) {
  const id = `dialog-${(ids += 1)}`;
  const inputs = fields.map((one) => (one instanceof Element ? { node: one } : input(one)));
  const grid = el('div', { class: 'dialog-fields' }, inputs.map(({ node }) => node));
  const raw = el('textarea', { class: 'raw', spellcheck: 'false', rows: 14, 'aria-label': 'Body of the request as JSON' });
  raw.hidden = true;
  const problem = el('p', { class: 'problem', role: 'alert' });
  const values = () => Object.fromEntries(inputs.filter(({ name }) => name).map(({ name, read }) => [name, read()]));
  /** The request; while the JSON is shown, with that as its body. */
  const wanted = () => {
    const { method, path, ...how } = request(values());
    return [method, path, { ...how, ...(!raw.hidden && { body: raw.value }) }];
  };
  const refresh = () => {
    const now = values();
    for (const { node, when, follow } of inputs) {
      if (when) node.hidden = !when(now);
      follow?.(now);
    }
  };
  const send = async (event) => {
    event.preventDefault();
    const button = event.submitter ?? go;
    button.setAttribute('aria-busy', 'true');
    const how = wanted();
    const answer = await call(...how);
    button.removeAttribute('aria-busy');
    problem.textContent = answer.ok ? '' : reason(answer);
    if (!answer.ok) return;
    await upToDate();
    dialog.close();
    report(answer, done, curl(...how));
  };
  const toggle = el('button', { type: 'button', class: 'ghost small', 'aria-pressed': 'false', onclick: () => {
    raw.hidden = !raw.hidden;
    grid.hidden = !raw.hidden;
    if (!raw.hidden) raw.value = JSON.stringify(request(values()).body, null, 2);
    toggle.setAttribute('aria-pressed', String(!raw.hidden));
  } }, 'Edit as JSON');
  const go = el('button', { type: 'submit', class: 'primary' }, submit);
  const dialog = el(
    'dialog',
    { class: 'dialog', 'aria-labelledby': id },
    el(
      'form',
      { onsubmit: send, oninput: refresh, onchange: refresh },
      el('header', { class: 'panel-head' }, el('h2', { id }, title), el('button', { type: 'button', class: 'ghost small', 'aria-label': 'Close', onclick: () => dialog.close() }, '×')),
      text && el('p', { class: 'small muted' }, text),
      grid,
      raw,
      problem,
      el('div', { class: 'buttons' }, go, el('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'), el('span', { class: 'gap' }), json && toggle, el('button', { type: 'button', class: 'ghost small', onclick: () => copy(curl(...wanted())) }, 'Copy as curl')),
    ),
  );
  show(dialog);
  refresh();
  return dialog;
}

/** Everything outside of a modal dialog is inert, so the notices move into it while it is open. */
function show(dialog) {
  const notices = byId('notices');
  dialog.addEventListener('close', () => {
    document.body.append(notices);
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.append(notices);
  dialog.showModal();
}

/**
 * A field of a form: `name`, `label`, `type` (text, number, date, checkbox, select, checks), `value`, `hint`, `options`,
 * `when(values)`: whether it is shown, `follow(values)`: what it contains until the reader changes it.
 */
function input({ name, label, type = 'text', value, hint, options, when, follow, ...props }) {
  if (type === 'checkbox') {
    const box = el('input', { type, checked: Boolean(value), ...props });
    return { name, when, read: () => box.checked, node: el('label', { class: 'check' }, box, label) };
  }
  if (type === 'checks') return checks({ name, label, value, options, when, hint });
  if (type === 'select') {
    const list = select(options, { value, ...props });
    return { name, when, read: () => list.value, node: field(label, list, hint) };
  }
  const list = options && el('datalist', { id: `list-${(ids += 1)}` }, options.map((option) => el('option', { value: option })));
  let isTouched = false;
  const box = el('input', { type, value: value ?? '', autocomplete: 'off', spellcheck: 'false', list: list?.id, oninput: () => (isTouched = true), ...props });
  const read = () => (type === 'number' ? (box.value === '' ? undefined : Number(box.value)) : box.value.trim());
  const followed = follow && ((values) => !isTouched && (box.value = follow(values)));
  return { name, when, read, follow: followed, node: field(label, [box, list ?? []], hint) };
}

function checks({ name, label, value, options, when, hint }) {
  const boxes = options.map((option) => el('input', { type: 'checkbox', checked: value.includes(option), value: option }));
  const node = el('fieldset', { class: 'wide' }, el('legend', {}, label), hint && el('small', { class: 'muted' }, hint), boxes.map((box) => el('label', { class: 'check' }, box, el('code', {}, box.value))));
  return { name, when, node, read: () => boxes.filter((box) => box.checked).map((box) => box.value) };
}
