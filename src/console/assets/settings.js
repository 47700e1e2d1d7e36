// How the sandbox answers: style, authentication, the delay of refreshes, and the phase-out of deprecated operations.

import { openForm } from './dialog.js';
import { isoDay } from './format.js';
import { notice } from './notices.js';
import { call, reason } from './server.js';

const STYLES = [['documented', 'as documented'], ['observed', 'as observed']];
const AUTH = [['open', 'open: no token is needed'], ['required', 'required: a valid token is needed']];
const MODES = [['headers', 'headers announce it'], ['gone', '410 from the sunset date on'], ['silent', 'nothing is announced']];

/** Opens the form with the settings as they are. */
export async function openSettings() {
  const [settings, report] = await Promise.all([call('GET', '/_mock/settings'), call('GET', '/_mock/deprecations')]);
  if (!settings.ok) return notice(reason(settings), { tone: 'bad' });
  const { sunset, ...now } = settings.data;
  const operations = report.ok ? report.data.operations.map(({ operationId }) => operationId) : sunset.only;
  openForm({
    title: 'Settings',
    text: 'How this sandbox answers from now on.',
    json: true,
    fields: [
      { name: 'style', label: 'Style of the answers', type: 'select', options: STYLES, value: now.style },
      { name: 'auth', label: 'Tokens', type: 'select', options: AUTH, value: now.auth },
      { name: 'refreshDelay', label: 'Duration of a refresh', value: now.refreshDelay, placeholder: '2s, 500ms', required: true },
      { name: 'mode', label: 'Deprecated operations', type: 'select', options: MODES, value: sunset.mode },
      { name: 'date', label: 'Sunset date', type: 'date', value: isoDay(sunset.date), required: true },
      { name: 'brownout', label: 'Brownout at the start of each hour', value: sunset.brownout ?? '', placeholder: 'none, or 5m', hint: 'For that long they answer 410 before the sunset date, too' },
      { name: 'only', label: 'The sunset applies to', type: 'checks', options: operations, value: sunset.only, hint: 'to all, if none is selected' },
    ],
    request: (values) => ({ method: 'PATCH', path: '/_mock/settings', body: changes(now, sunset, values) }),
    done: 'The settings are changed.',
  });
}

/** Only what differs: settings that are not sent stay as they are. */
function changes(now, sunset, { style, auth, refreshDelay, mode, date, brownout, only }) {
  const differing = (wanted, present) => Object.fromEntries(Object.entries(wanted).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(present[name])));
  const phase = differing(
    { mode, date, brownout: brownout || '0s', only },
    { ...sunset, date: isoDay(sunset.date), brownout: sunset.brownout ?? '0s' },
  );
  return { ...differing({ style, auth, refreshDelay }, now), ...(Object.keys(phase).length > 0 && { sunset: phase }) };
}
