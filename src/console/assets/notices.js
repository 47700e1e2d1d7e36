// Short messages in the corner, and copying to the clipboard.

import { byId, el } from './dom.js';

/**
 * A message that goes by itself; screen readers announce it too. `line`: what was done, as a curl line; `link`: where to go
 * from here, as `[address, text]`.
 */
export function notice(text, { tone = 'good', line, link, stay = false } = {}) {
  const place = byId('notices');
  const close = () => note.remove();
  const note = el(
    'div',
    { class: `notice ${tone}`, role: tone === 'bad' ? 'alert' : 'status' },
    el('p', {}, text, link && [' ', el('a', { href: link[0] }, link[1])]),
    line && el('button', { type: 'button', class: 'ghost small', onclick: () => copy(line) }, 'Copy as curl'),
    el('button', { type: 'button', class: 'ghost small', 'aria-label': 'Dismiss', onclick: close }, '×'),
  );
  place.append(note);
  while (place.childElementCount > 3) place.firstElementChild.remove();
  // Not while a pointer is over it or the focus is in it.
  const go = () => (note.matches(':hover, :focus-within') ? setTimeout(go, 2_000) : close());
  if (!stay) setTimeout(go, tone === 'bad' ? 12_000 : 6_000);
}

export async function copy(text, what = 'curl line') {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Outside a secure context there is only the older way.
    const area = el('textarea', { class: 'offscreen', readonly: true }, text);
    (document.querySelector('dialog[open]') ?? document.body).append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (!done) return notice(text, { tone: 'plain', stay: true });
  }
  notice(`Copied the ${what}.`);
}
