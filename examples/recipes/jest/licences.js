// The code under test: reads with one more try when the rate limit is hit, and waits for refreshes.

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

async function get(base, path, headers = {}) {
  const answer = await fetch(base + path, { headers });
  if (answer.status !== 429) return answer;
  await pause(Number(answer.headers.get('retry-after') ?? 1));
  return fetch(base + path, { headers });
}

async function quantity(base, headers) {
  const answer = await get(base, '/entitlements', headers);
  if (!answer.ok) throw new Error((await answer.json()).errors[0].message);
  return (await answer.json()).reduce((sum, row) => sum + row.quantity, 0);
}

const refresh = async (base, headers) =>
  (await (await get(base, '/entitlements/summaries?refresh=true', headers)).json()).requestId;

const status = async (base, id, headers) => (await (await get(base, `/activities/${id}`, headers)).json()).status;

module.exports = { quantity, refresh, status };
