// Elements, and drawing a panel again without replacing what stays.

const SVG = 'http://www.w3.org/2000/svg';
/** Set as properties: the attributes of these names are only what a field starts with. */
const PROPERTIES = ['value', 'checked', 'open'];

function build(node, props, children) {
  node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) listen(node, name.slice(2), value);
    else if (name === 'style') for (const [key, to] of Object.entries(value)) node.style.setProperty(key, to);
    else if (PROPERTIES.includes(name)) give(node, name, value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  return node;
}

export const el = (tag, props = {}, ...children) => build(document.createElement(tag), props, children);
export const svg = (tag, props = {}, ...children) => build(document.createElementNS(SVG, tag), props, children);
export const byId = (id) => document.getElementById(id);

/** Handlers are kept on the node, so that a node that stays can be given new ones. */
function listen(node, type, handler) {
  node.handlers ??= new Map();
  if (!node.handlers.has(type)) node.addEventListener(type, (event) => node.handlers.get(type)?.(event));
  node.handlers.set(type, handler);
}

/** Sets a property, and remembers what was set: what a reader has typed or opened since then differs from it. */
function give(node, name, value) {
  node[name] = value;
  node.given = { ...node.given, [name]: value };
}

/**
 * Draws a container again. Nodes that stay are changed rather than replaced, so that a press, the focus, an open list, a
 * scroll position and what is being typed survive. `data-key` identifies a node among its siblings.
 */
export function render(container, ...nodes) {
  const active = document.activeElement;
  const hadFocus = container !== active && container.contains(active);
  patchChildren(container, nodes.flat(Infinity).filter(Boolean));
  // The focused element is gone or disabled: the panel itself comes next.
  if (hadFocus && (!container.contains(active) || active.disabled)) container.focus({ preventScroll: true });
}

const keyOf = (node) => node.dataset?.key;
const isSame = (a, b) => a.nodeName === b.nodeName && a.namespaceURI === b.namespaceURI && keyOf(a) === keyOf(b) && a.type === b.type;

function patchChildren(parent, wanted) {
  const staying = new Set(wanted.map(keyOf));
  for (const child of [...parent.children]) if (keyOf(child) && !staying.has(keyOf(child))) child.remove();
  const keyed = new Map([...parent.children].map((child) => [keyOf(child), child]));
  let at = parent.firstChild;
  for (const next of wanted) {
    const old = keyOf(next) ? keyed.get(keyOf(next)) : at;
    if (!old || !isSame(old, next)) {
      parent.insertBefore(next, at);
      continue;
    }
    if (old === at) at = at.nextSibling;
    else parent.insertBefore(old, at);
    patch(old, next);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function patch(old, next) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  patchAttributes(old, next);
  for (const type of old.handlers?.keys() ?? []) if (!next.handlers?.has(type)) old.handlers.set(type, undefined);
  for (const [type, handler] of next.handlers ?? []) listen(old, type, handler);
  patchChildren(old, [...next.childNodes]);
  for (const name of PROPERTIES) {
    const value = next.given?.[name];
    if (value !== undefined && value !== old.given?.[name]) give(old, name, value);
  }
}

function patchAttributes(old, next) {
  for (const { name } of [...old.attributes]) if (name !== 'open' && !next.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) === value) continue;
    // The policy for styles refuses the attribute.
    if (name === 'style') old.style.cssText = next.style.cssText;
    else if (name !== 'open') old.setAttribute(name, value);
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
  for (const drop of document.querySelectorAll('.drop[open]')) {
    if (!drop.contains(event.target) && !event.target.closest('.notices, dialog')) drop.open = false;
  }
});

/** Text in which words between backticks are code. */
export const prose = (text) => text.split('`').map((part, index) => (index % 2 ? el('code', {}, part) : part));

export const empty = (...words) => el('p', { class: 'empty' }, ...words);

export const field = (label, input, hint) => el('label', { class: 'field' }, el('span', {}, label), input, hint && el('small', { class: 'muted' }, hint));

/** Options of a selection, as `[value, text]`; a value that is not among them is added, so that it is not lost. */
export function select(options, { value, ...props } = {}) {
  const all = options.map((option) => (Array.isArray(option) ? option : [option, option]));
  if (value !== undefined && !all.some(([known]) => known === value)) all.unshift([value, value]);
  return el('select', { ...props, value }, all.map(([known, text]) => el('option', { value: known }, text)));
}

export const section = (title, tools, ...content) =>
  el('section', { class: 'part', 'aria-label': title }, el('header', { class: 'part-head' }, el('h3', {}, title), tools), content);
