// When licences start, expire and leave their grace period: a drawing in real pixels, so that its text
// stays readable on a phone.

import { svg } from './dom.js';
import { DAY, count, day, fromNow } from './format.js';
import { product } from './words.js';

const ROW = 38;
const TOP = 26;
const BAR = 10;

/** Rows of either generation of purchases, as the drawing wants them; earliest expiry first. */
export function spans(rows, now) {
  const at = Date.parse(now);
  return rows
    .map((row) => {
      const [start, end] = [Date.parse(row.effectiveDate), Date.parse(row.expirationDate)];
      const grace = row.graceEndDate ? Date.parse(row.graceEndDate) : end;
      const trial = row.tempLicense ?? row.isTrial ?? false;
      const state = at < start ? 'future' : at <= end ? (trial ? 'trial' : 'valid') : at <= grace ? 'grace' : 'expired';
      const name = product(row.deviceType, row.deviceSubType);
      const kind = [trial && 'trial', row.assignedLicense && 'assigned'].filter(Boolean).join(', ');
      return { id: row.id, name, kind, quantity: row.quantity, start, end, grace, state };
    })
    .sort((a, b) => a.end - b.end || a.start - b.start);
}

function words(span, now) {
  const { state, start, end, grace } = span;
  if (state === 'future') return `starts ${fromNow(now, start)} (${day(start)})`;
  if (state === 'grace') return `expired ${day(end)}, grace ends ${fromNow(now, grace)}`;
  if (state === 'expired') return `expired ${fromNow(now, end)} (${day(end)})`;
  return `expires ${fromNow(now, end)} (${day(end)})`;
}

const label = (span) => `${span.name} · ${count(span.quantity)}${span.kind ? ` · ${span.kind}` : ''}`;

/** The drawing, `width` pixels wide. */
export function timeline(all, now, width) {
  const at = Date.parse(now);
  const last = Math.max(...all.map((span) => span.grace), at + 60 * DAY);
  const first = Math.min(...all.filter((span) => span.end < at).map((span) => span.end - 20 * DAY), at - 30 * DAY);
  const from = Math.max(first, at - 400 * DAY);
  const to = Math.min(last + 15 * DAY, at + 760 * DAY);
  const x = (moment) => Math.round(((Math.min(Math.max(moment, from), to) - from) / (to - from)) * width);
  const height = TOP + all.length * ROW + 4;
  const drawing = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', class: 'timeline' });
  drawing.append(
    svg('title', {}, `Expiry of ${all.length} purchases. ${all.map((span) => `${label(span)}: ${words(span, now)}`).join('. ')}.`),
    defs(),
    ...months(from, to, width).flatMap(([moment, text]) => [
      svg('line', { x1: x(moment), x2: x(moment), y1: TOP - 8, y2: height, class: 'grid' }),
      svg('text', { x: x(moment) + 4, y: TOP - 10, class: 'tick' }, text),
    ]),
    ...all.flatMap((span, index) => bars(span, index, now, x)),
    svg('line', { x1: x(at), x2: x(at), y1: TOP - 4, y2: height, class: 'now' }),
    svg('circle', { cx: x(at), cy: TOP - 4, r: 3.5, class: 'now-dot' }),
    ...all.flatMap((span, index) => texts(span, index, now, width)),
  );
  return drawing;
}

function bars(span, index, now, x) {
  const [a, b, c] = [x(span.start), x(span.end), x(span.grace)];
  const bar = { y: TOP + index * ROW + 20, height: BAR };
  return [
    c > b && svg('rect', { ...bar, x: b, width: c - b, class: 'grace', rx: 2 }),
    svg('rect', { ...bar, x: a, width: Math.max(b - a, 3), rx: 3, class: `span ${span.state}` }, svg('title', {}, `${label(span)}: ${words(span, now)}`)),
  ].filter(Boolean);
}

/** What it is to the left, when it ends to the right: in full, or where there is no room, the day alone. */
function texts(span, index, now, width) {
  const y = TOP + index * ROW + 13;
  const left = label(span);
  const right = [words(span, now), day(span.end)].find((text) => (left.length + text.length) * 6.6 < width);
  return [
    svg('text', { x: 2, y, class: 'name' }, left),
    right && svg('text', { x: width - 2, y, class: 'when', 'text-anchor': 'end' }, right),
  ].filter(Boolean);
}

function defs() {
  const pattern = { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' };
  return svg('defs', {}, svg('pattern', pattern, svg('rect', { width: 3, height: 6, class: 'hatch' })));
}

const month = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' });

/** First days of months, or of every second, third ... month where they would stand too close. */
function months(from, to, width) {
  const total = (to - from) / (30.4 * DAY);
  const step = [1, 2, 3, 6, 12].find((step) => (width / total) * step >= 54) ?? 24;
  const start = new Date(from);
  const ticks = [];
  for (let index = start.getUTCFullYear() * 12 + start.getUTCMonth() + 1; ; index += 1) {
    const moment = Date.UTC(Math.floor(index / 12), index % 12, 1);
    // The last one needs room for its text.
    if (moment >= to - (36 / width) * (to - from)) return ticks;
    if (index % step === 0) {
      const text = index % 12 === 0 ? String(Math.floor(index / 12)) : month.format(moment);
      ticks.push([moment, text]);
    }
  }
}
