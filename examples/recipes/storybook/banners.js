// The component: a list of banners, as the API at `url` has them.

export async function fetchBanners(url, headers) {
  const answer = await fetch(`${url}/banners`, { headers });
  const body = await answer.json();
  return answer.ok ? { rows: body } : { error: body.errors[0].message };
}

export function banners({ rows = [], error }) {
  const list = document.createElement('ul');
  const texts = error ? [error] : rows.map((row) => `${row.deviceCount} ${row.deviceType}: ${row.type} (${row.effectDays} days)`);
  for (const text of texts) list.appendChild(document.createElement('li')).textContent = text;
  return list;
}
