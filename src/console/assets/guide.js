// Renders the migration guide, which is in the page as Markdown. It knows what that text uses: headings, paragraphs,
// lists, tables, code blocks; in a line code, emphasis and links.

import { byId, el } from './dom.js';

/** The parts of a line. Links lead to files that a browser cannot reach from here, except those to addresses or parts. */
function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)]+\))/).map((part) => {
    if (/^`.+`$/.test(part)) return el('code', {}, part.slice(1, -1));
    if (/^\*\*.+\*\*$/.test(part)) return el('strong', {}, inline(part.slice(2, -2)));
    const [, words, target] = part.match(/^\[(.+)\]\((.+)\)$/) ?? [];
    if (!words) return part;
    return /^(https?:|#)/.test(target) ? el('a', { href: target }, inline(words)) : el('span', {}, inline(words));
  });
}

const cells = (line) => line.replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));

/** Long names may be broken between their words. */
function breakable(node) {
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) found.push(texts.currentNode);
  for (const text of found) text.replaceWith(...text.data.split(/(?<=[a-z])(?=[A-Z])/).flatMap((word, index) => (index ? [el('wbr'), word] : word)));
  return node;
}

function table([head, , ...rows]) {
  const row = (line, tag, props) => el('tr', {}, cells(line).map((cell) => breakable(el(tag, props, inline(cell)))));
  return el('table', {}, el('thead', {}, row(head, 'th', { scope: 'col' })), el('tbody', {}, rows.map((line) => row(line, 'td', {}))));
}

const slug = (text) => text.toLowerCase().replace(/[^a-z0-9 -]/g, '').trim().replaceAll(' ', '-');

function list(lines) {
  const items = [];
  for (const line of lines) {
    if (/^([-*]|\d+\.) /.test(line)) items.push(line.replace(/^([-*]|\d+\.) /, ''));
    else items[items.length - 1] += ` ${line.trim()}`;
  }
  return el(/^\d/.test(lines[0]) ? 'ol' : 'ul', { class: 'bullets' }, items.map((item) => el('li', {}, inline(item))));
}

function block(lines) {
  const [first] = lines;
  if (first.startsWith('```')) return el('pre', { tabindex: 0, 'aria-label': 'Example' }, lines.slice(1, -1).join('\n'));
  const [, marks, title] = first.match(/^(#{1,5}) (.+)$/) ?? [];
  // The page has a heading of its own above.
  if (marks) return [el(`h${marks.length + 1}`, { id: slug(title), tabindex: -1 }, inline(title)), lines.length > 1 && block(lines.slice(1))];
  if (first.startsWith('|')) return table(lines);
  if (/^([-*]|\d+\.) /.test(first)) return list(lines);
  return el('p', {}, inline(lines.join(' ')));
}

/** A Markdown text as elements. A block is a fenced one, or lines without an empty one between them. */
function markdown(text) {
  const blocks = text.match(/^```[^]*?^```$|(?:^(?!```).+\n?)+/gm) ?? [];
  return blocks.flatMap((lines) => block(lines.trimEnd().split('\n'))).flat(Infinity).filter(Boolean);
}

const parts = markdown(byId('guide-source').textContent);
const [title, ...rest] = parts;
const contents = parts.filter((node) => node.tagName === 'H3').map((node) => el('li', {}, el('a', { href: `#${node.id}` }, node.textContent)));
byId('guide').replaceChildren(title, el('nav', { 'aria-label': 'Parts of the guide' }, el('ul', { class: 'bullets' }, contents)), ...rest);
// The browser looked for the part of the address before it was here.
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
