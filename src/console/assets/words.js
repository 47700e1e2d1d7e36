// The vendor's words in plain English, and banners as a user interface would word them.

import { count, day, fromNow, plural } from './format.js';

const TYPES = {
  APSW: 'AP and switch',
  WIFI: 'Wi-Fi',
  LTE: 'LTE',
  SWITCH: 'Switch',
  ANALYTICS: 'Analytics',
  RWG: 'WAN gateway',
  EDGE: 'Edge',
  VIRTUAL_EDGE: 'Virtual edge',
  EDGE_SECS: 'Edge security, small',
  EDGE_SECL: 'Edge security, large',
  SLTN_TOKEN: 'Solution token',
  SLTN_PIN_FOR_IDENTITY: 'Identity PIN',
  SLTN_PMS_INTEGRATION: 'PMS integration',
  IOT_CTRL: 'IoT controller',
  UNASSIGNED_DEVICE_TYPE: 'Unassigned',
  EDGE_SELS: 'Edge security, small',
  URLF: 'URL filtering',
};

/** What a purchase can license, and what a pool can hold: the vendor's words. */
export const DEVICE_TYPES = ['WIFI', 'SWITCH', 'APSW', 'ANALYTICS', 'EDGE', 'VIRTUAL_EDGE', 'EDGE_SECS', 'EDGE_SECL', 'RWG', 'LTE', 'IOT_CTRL', 'SLTN_TOKEN', 'SLTN_PIN_FOR_IDENTITY', 'SLTN_PMS_INTEGRATION', 'UNASSIGNED_DEVICE_TYPE'];
export const POOL_PRODUCTS = ['MSP_APSW', 'MSP_WIFI', 'MSP_ICX', 'MSP_ICX71L', 'MSP_ICX71', 'MSP_ICX75', 'MSP_ICX76', 'MSP_ICX78', 'MSP_ICX_ANY', 'MSP_EDGE', 'MSP_EDGE_SECL', 'MSP_EDGE_SELS', 'MSP_URLF', 'MSP_SLTN_TOKEN'];
export const SUB_TYPES = ['ICX71L', 'ICX71', 'ICX75', 'ICX76', 'ICX78'];

/** `AP and switch`, `Switch ICX76`. */
export function product(type, subType) {
  const plain = (type ?? 'URLF').replace(/^MSP_/, '').replace(/_TEMP$/, '');
  const name = TYPES[plain] ?? (plain.startsWith('ICX') ? `Switch ${plain.replace('_ANY', ', any')}` : plain);
  return subType ? `${name} ${TYPES[subType] ? `(${TYPES[subType]})` : subType}` : name;
}

const TENANT_TYPES = { REC: 'Stand-alone', MSP: 'MSP', MSP_EC: 'Customer', MSP_REC: 'Customer', VAR: 'VAR' };
export const tenantType = (type) => TENANT_TYPES[type] ?? type;

const TONES = {
  INITIAL: 'info',
  CLOSE_TO_EXPIRATION: 'warn',
  GRACE_PERIOD: 'serious',
  AFTER_GRACE_PERIOD: 'bad',
  EXPIRED: 'bad',
  RA_ONBOARD_ONLY: 'warn',
  RA_BELOW_50_PERCENT_OF_DEVICES: 'warn',
  RA_BELOW_90_PERCENT_OF_DEVICES: 'info',
};
const ORDER = ['bad', 'serious', 'warn', 'info'];
export const tone = (type) => TONES[type] ?? 'info';

/** Of several banner types, the tone of the worst. */
export const worst = (types) => ORDER.find((one) => types.some((type) => tone(type) === one));
export const byTone = (a, b) => ORDER.indexOf(tone(a.type)) - ORDER.indexOf(tone(b.type));

function analytics(row) {
  const share = `${count(row.totalRALicense ?? 0)} of ${plural(row.totalActiveDevices ?? 0, 'active device')}`;
  switch (row.type) {
    case 'RA_ONBOARD_ONLY':
      return ['Analytics is not licensed', 'Devices can be onboarded, but no analytics licence is valid.'];
    case 'RA_BELOW_50_PERCENT_OF_DEVICES':
      return ['Too few analytics licences', `They cover ${share}: less than half.`];
    default:
      return ['Analytics licences run short', `They cover ${share}: less than nine tenths.`];
  }
}

/** A banner as title and text. `pools`: of an MSP, where `deviceCount` may count purchases. */
export function banner(row, now, pools = false) {
  if (row.type.startsWith('RA_')) return analytics(row);
  const name = product(row.deviceType, row.deviceSubType);
  const purchases = pools && row.multipleLicense;
  const some = purchases
    ? `${plural(row.deviceCount, 'purchase')} of ${name} licences`
    : `${count(row.deviceCount)} ${name} ${row.deviceCount === 1 ? 'licence' : 'licences'}`;
  const one = !purchases && row.deviceCount === 1;
  const several = row.multipleLicense ? ', the first ' : ' ';
  const when = row.effectDate ? `${fromNow(now, row.effectDate)} (${day(row.effectDate)})` : 'soon';
  const affected = row.affectedDeviceCount > 0 ? ` ${plural(row.affectedDeviceCount, 'active device')} would lose cover.` : '';
  switch (row.type) {
    case 'INITIAL':
      return [`${some} will expire`, `${one ? 'It expires' : 'They expire'}${several}${when}.${affected}`];
    case 'CLOSE_TO_EXPIRATION':
      return [`${some} ${one ? 'is' : 'are'} about to expire`, `${one ? 'It expires' : 'They expire'}${several}${when}. Renew now.${affected}`];
    case 'GRACE_PERIOD':
      return [`${some} ${one ? 'has' : 'have'} expired`, `The grace period ends ${when}.${affected}`];
    case 'AFTER_GRACE_PERIOD':
      return [`${some} ${one ? 'has' : 'have'} expired`, `The grace period ended ${when}.${affected}`];
    case 'EXPIRED':
      return [
        `${count(row.deviceCount)} more ${name} ${row.deviceCount === 1 ? 'licence is' : 'licences are'} assigned than available`,
        'Take licences back from customers, or buy more.',
      ];
    default:
      return [`${some}: ${row.type}`, when];
  }
}
