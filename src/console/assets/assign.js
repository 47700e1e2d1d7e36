// Assigning licences, and changing an assignment, through the vendor's API as the MSP.

import { openForm } from './dialog.js';
import { count, isoDay, plural } from './format.js';
import { notice } from './notices.js';
import { call, reason } from './server.js';
import { product } from './words.js';

/** The headers of a call as an MSP. */
export const asMsp = (msp, rows) => ({ 'x-rks-tenantid': msp, ...(rows?.mspToken ? { authorization: `Bearer ${rows.mspToken}` } : {}) });

/** Opens the form for a new assignment of an MSP; `customer` is selected at first. */
export async function openAssign({ msp, customer, rows, tenants, now }) {
  const [answer, bought] = await Promise.all([call('GET', `/_mock/console/tenants/${msp}`), call('GET', `/_mock/console/tenants/${msp}/rows`)]);
  const pools = answer.data?.mspSummaries?.mspEntitlementSummaries;
  if (!pools) return notice(reason(answer), { tone: 'bad' });
  if (pools.length === 0) return notice('The MSP has no pools. Add one first.', { tone: 'bad' });
  const key = (pool) => `${pool.licenseType} ${pool.trial}`;
  const label = (pool) => `${product(pool.deviceType ?? pool.licenseType, pool.deviceSubType)}${pool.trial ? ', trial' : ''} (${count(pool.remainingLicenses)} left)`;
  const customers = tenants.filter(({ parent }) => parent === msp);
  const chosen = (wanted) => pools.find((pool) => key(pool) === wanted);
  openForm({
    title: 'Assign licences',
    text: `By POST /assignments, as ${tenants.find(({ id }) => id === msp)?.name ?? 'the MSP'}.`,
    submit: 'Assign',
    json: true,
    fields: [
      { name: 'to', label: 'To', type: 'select', value: customer ?? customers[0]?.id ?? msp, options: [...customers.map(({ id, name }) => [id, name]), [msp, 'the MSP itself']] },
      { name: 'pool', label: 'Licence', type: 'select', options: pools.map((pool) => [key(pool), label(pool)]), value: key(pools[0]) },
      { name: 'quantity', label: 'Quantity', type: 'number', value: 1, min: 1, required: true },
      { name: 'until', label: 'Last day', type: 'date', required: true, follow: ({ pool }) => isoDay(lastDay(chosen(pool), bought.data?.mspEntitlements, now)) },
    ],
    request: ({ to, pool, quantity, until }) => ({
      method: 'POST',
      path: '/assignments',
      headers: asMsp(msp, rows),
      body: { ...(to === msp ? { ownAssignments: true } : { mspEcTenantId: to }), endDate: until, assignments: [row(chosen(pool), quantity)] },
    }),
    done: ({ data }) => `${plural(data.assignments?.[0]?.quantity ?? 0, 'licence')} assigned: assignment ${data.assignments?.[0]?.id}.`,
  });
}

/** The day on which the last purchase of a pool expires. */
function lastDay({ licenseType, trial }, purchases = [], now) {
  const days = purchases.filter((one) => one.licenseType === licenseType.replace(/_TEMP$/, '') && Boolean(one.isTrial) === trial).map((one) => one.expirationDate);
  return days.sort().at(-1) ?? now;
}

/** A row as the vendor's UI sends it. URL filtering has no device type. */
function row({ deviceType, deviceSubType, licenseType, trial }, quantity) {
  const what = deviceType ? { deviceType, ...(deviceSubType && { deviceSubtype: deviceSubType }) } : { licenseType: licenseType.replace(/_TEMP$/, '') };
  return { ...what, quantity, ...(trial && { useTemporaryMspEntitlement: true }) };
}

/** Opens the form for a change of an assignment, which makes a new one in its place. */
export function openChange({ row, headers }) {
  openForm({
    title: `Change assignment ${row.id}`,
    text: 'By PATCH /assignments, which revokes it and makes a new one.',
    submit: 'Change',
    json: true,
    fields: [
      { name: 'quantity', label: 'Quantity', type: 'number', value: row.quantity, min: 0, required: true },
      { name: 'until', label: 'Last day', type: 'date', value: isoDay(row.dateExpires), required: true },
    ],
    request: ({ quantity, until }) => ({
      method: 'PATCH',
      path: '/assignments',
      headers,
      body: [{ assignmentId: row.id, quantity, ...(until !== isoDay(row.dateExpires) && { endDate: until }) }],
    }),
    done: ({ data }) => (data.assignments?.length ? `Assignment ${row.id} is now assignment ${data.assignments[0].id}.` : `Assignment ${row.id} is changed.`),
  });
}
