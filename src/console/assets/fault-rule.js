// A fault rule of one's own: which requests, what happens to them, how often.

import { openForm } from './dialog.js';
import { notice } from './notices.js';
import { call, reason } from './server.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The common effects: the label, and the effect of the form's values. All others can be written as JSON. */
const EFFECTS = {
  status: ['Answer with an error status', ({ code, retryAfter }) => ({ status: { code, ...(retryAfter !== undefined && { retryAfter }) } })],
  delay: ['Delay the answer', ({ time }) => ({ delay: { fixed: time } })],
  hang: ['Never answer', () => ({ hang: {} })],
  cut: ['Cut the connection before an answer', () => ({ cut: { at: 'start' } })],
  cutBody: ['Cut the connection in the body', () => ({ cut: { at: 'body' } })],
  emptyReply: ['Close the connection without an answer', () => ({ emptyReply: {} })],
  slowBody: ['Send the body slowly', ({ rate }) => ({ slowBody: { bytesPerSecond: rate } })],
  malformedJson: ['Answer with malformed JSON', () => ({ malformedJson: {} })],
  truncatedJson: ['Leave out the end of the body', () => ({ truncatedJson: {} })],
  loseReply: ['Do the work, then lose the reply', () => ({ loseReply: {} })],
  sessionDies: ['End the session (401)', () => ({ sessionDies: {} })],
  rateLimit: ['Limit the rate (429)', ({ bucket, perSecond }) => ({ rateLimit: { bucket, perSecond } })],
  activity: ['Let the refresh fail', () => ({ activity: { outcome: 'fail' } })],
  futureApi: ['Answer as a later version of the API might', () => ({ futureApi: {} })],
};

/** Opens the form for a new rule. */
export async function openRule(tenants) {
  const answer = await call('GET', '/_mock/console/openapi.json');
  if (!answer.ok) return notice(reason(answer), { tone: 'bad' });
  const operations = Object.values(answer.data.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
  openForm({
    title: 'Add a fault rule',
    text: 'The rule applies to requests that match everything given here.',
    submit: 'Add',
    json: true,
    fields: [...where(tenants, operations.filter(Boolean).sort()), ...what(), ...often()],
    request: (values) => ({ method: 'POST', path: '/_mock/faults', body: rule(values) }),
    done: ({ data }) => `Rule ${data[0]?.id} is in force.`,
  });
}

const where = (tenants, operations) => [
  { name: 'method', label: 'Method', type: 'select', options: [['', 'any'], ...METHODS] },
  { name: 'path', label: 'Path', placeholder: '/entitlements/**', hint: '* stands for one segment, ** for several' },
  { name: 'operationId', label: 'Operation', type: 'select', options: [['', 'any'], ...operations] },
  { name: 'tenant', label: 'Tenant', type: 'select', options: [['', 'any'], ...tenants.map(({ id, name }) => [id, name])] },
];

function what() {
  const only = (...words) => ({ effect }) => words.includes(effect);
  return [
    { name: 'effect', label: 'What happens', type: 'select', value: 'status', options: Object.entries(EFFECTS).map(([word, [label]]) => [word, label]) },
    { name: 'code', label: 'Status', type: 'number', value: 503, min: 400, max: 599, when: only('status') },
    { name: 'retryAfter', label: 'Retry-After (seconds)', type: 'number', min: 0, placeholder: 'none', when: only('status') },
    { name: 'time', label: 'Delay', value: '2s', placeholder: '2s, 500ms', when: only('delay') },
    { name: 'rate', label: 'Bytes per second', type: 'number', value: 256, min: 1, when: only('slowBody') },
    { name: 'bucket', label: 'Requests at once', type: 'number', value: 200, min: 1, when: only('rateLimit') },
    { name: 'perSecond', label: 'Requests per second', type: 'number', value: 100, min: 1, when: only('rateLimit') },
  ];
}

const often = () => [
  { name: 'percent', label: 'Probability (per cent)', type: 'number', value: 100, min: 0, max: 100, step: 'any' },
  { name: 'skip', label: 'Skip the first requests', type: 'number', value: 0, min: 0 },
  { name: 'times', label: 'Apply at most (times)', type: 'number', min: 1, placeholder: 'no limit' },
  { name: 'id', label: 'Name', placeholder: 'generated' },
];

function rule({ id, method, path, operationId, tenant, effect, percent, skip, times, ...rest }) {
  const match = Object.fromEntries(Object.entries({ method, path, operationId, tenant }).filter(([, value]) => value));
  return {
    ...(id && { id }),
    ...(Object.keys(match).length > 0 && { match }),
    ...(skip > 0 && { skip }),
    ...(times !== undefined && { times }),
    ...(percent < 100 && { probability: percent / 100 }),
    effects: [EFFECTS[effect][1](rest)],
  };
}
