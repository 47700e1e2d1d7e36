// A page of licences that behaves as the vendor's web UI does: a refresh is asked for, the old numbers stay
// until the socket reports that it has ended, and only then is everything read again.

import { get, listen, place, reason, signIn } from './api.js';
import { kind } from './kinds.js';
import { connection, say, show } from './view.js';

const session = await signIn(place());
const { useCase, summaries, purchases, banners, others, pools } = kind(session.tenantType);
document.querySelector('#tenant').textContent = `${session.tenantType} ${session.tenant}`;

let shown;
let before;
let reads = 0;

async function read() {
  const turn = ++reads;
  const paths = [summaries, purchases, banners, ...others];
  const [summary, bought, notes, ...more] = await Promise.all(paths.map((path) => get(session, path)));
  // Answers can overtake each other: only the latest question counts.
  if (turn !== reads) return;
  shown = { pools: pools(summary, ...more), purchases: bought, banners: notes };
  show(shown, before);
}

/** Does something, and shows the result. */
async function attempt(what, otherwise) {
  try {
    await what();
  } catch (error) {
    say(`${otherwise} ${error.message}`, 'failed');
  }
}

function refresh() {
  return attempt(async () => {
    before = shown;
    say('Refreshing. The numbers below are still the old ones.', 'busy');
    await get(session, `${summaries}?refresh=true`);
    await read();
  }, 'The refresh was not accepted.');
}

function heard(event) {
  if (event.useCase !== useCase) return;
  if (event.status === 'FAIL') say(`The refresh failed. ${reason(event)}`, 'failed');
  if (event.status !== 'SUCCESS') return;
  attempt(async () => {
    await read();
    say('Refreshed. New numbers and rows are marked.', 'done');
  }, 'The new numbers could not be read.');
}

document.querySelector('#refresh').addEventListener('click', refresh);
listen(session, { heard, connected: connection });
await attempt(async () => {
  await read();
  say('Up to date.', 'done');
}, 'The licences could not be read.');
