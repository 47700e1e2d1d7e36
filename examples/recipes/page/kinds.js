// What a company sees and what an MSP sees: other paths, other rows, another use case at the end of a refresh.

const sum = (rows, value) => rows.reduce((total, row) => total + value(row), 0);
const kindOf = ({ deviceType, deviceSubType }) => [deviceType, deviceSubType].filter(Boolean).join(' ');

const company = {
  useCase: 'Refresh License',
  summaries: '/entitlements/summaries',
  purchases: '/entitlements',
  banners: '/banners',
  others: [],
  pools: ({ summary }) =>
    summary.map((row) => ({
      name: kindOf(row) + (row.tempLicense ? ' (trial)' : ''),
      quantity: row.quantity,
      used: row.deviceCount,
      until: row.expirationDate,
    })),
};

const msp = {
  useCase: 'MSP license refresh flow',
  summaries: '/mspEntitlements/summaries',
  purchases: '/mspEntitlements',
  banners: '/mspBanners',
  others: ['/assignments/summaries'],
  // A pool's purchases and its assignments are joined on licence type and trial.
  pools: ({ mspEntitlementSummaries }, assigned) =>
    mspEntitlementSummaries.map((row) => {
      const same = assigned.filter((other) => other.licenseType === row.licenseType && other.trial === row.trial);
      return {
        name: kindOf(row) + (row.trial ? ' (trial)' : ''),
        quantity: row.quantity + row.courtesyQuantity,
        used: sum(same, (other) => other.quantity + other.myAssignments),
        until: row.expirationDate,
      };
    }),
};

/** Of a tenant, by the type in its token. */
export const kind = (tenantType) => (tenantType.startsWith('MSP') && tenantType !== 'MSP_EC' ? msp : company);

export const totals = (pools) => ({
  quantity: sum(pools, (pool) => pool.quantity),
  used: sum(pools, (pool) => pool.used),
});
