// Numbers, dates and days as the page writes them.

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

/** The day of a moment, as date fields have it: 2026-01-31. */
export const isoDay = (at) => new Date(at).toISOString().slice(0, 10);

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

/** As `fromNow`, today with the time. */
export const soon = (now, at) => (fromNow(now, at) === 'today' ? `today at ${clockTime(at)}` : fromNow(now, at));
