// What a test needs of the simulator's control surface: a system of its own, its clock, its journal.

const MOCK = process.env.R1MOCK_URL ?? 'http://127.0.0.1:8080';

async function post(url, body) {
  const answer = await fetch(url, { method: 'POST', body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`POST ${url}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? undefined : answer.json();
}

/** A sandbox whose clock stands still. Its `url` takes the place of the API's address. */
async function sandbox({ scenario = 'default', now = '2026-03-10T12:00:00Z', ...settings } = {}) {
  const clock = { now, frozen: true };
  const { name, baseUrl, token } = await post(`${MOCK}/_mock/sandboxes`, { scenario, settings: { clock, ...settings } });
  return {
    url: baseUrl,
    token,
    advance: (by) => post(`${baseUrl}/_mock/clock/advance`, { by }),
    fault: (rule) => post(`${baseUrl}/_mock/faults`, rule),
    /** Fails with the simulator's explanation if a call was not made so often. */
    async verify(match, count) {
      const { passed, explanation } = await post(`${baseUrl}/_mock/requests/verify`, { match, count });
      if (!passed) throw new Error(explanation);
    },
    /** Waits until calls were made, and answered, so often. */
    async wait(match, count = 1) {
      const { passed, explanation } = await post(`${baseUrl}/_mock/requests/wait`, { match, count, since: 0, timeout: 'PT10S' });
      if (!passed) throw new Error(explanation);
    },
    remove: () => fetch(`${MOCK}/_mock/sandboxes/${name}`, { method: 'DELETE' }),
  };
}

module.exports = { sandbox };
