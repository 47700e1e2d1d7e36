// Which devices a tenant runs: a form with a row for each kind.

import { openForm } from './dialog.js';
import { el, select } from './dom.js';
import { DEVICE_TYPES, SUB_TYPES, product } from './words.js';

/** Opens the form with the devices as they are. */
export function openDevices({ tenant, rows }) {
  const list = el('ol', { class: 'device-rows' });
  const variants = el('datalist', { id: 'device-variants' }, SUB_TYPES.map((value) => el('option', { value })));
  const lines = new Map();
  const add = (row = { deviceType: 'WIFI', count: 1 }) => {
    const type = select(DEVICE_TYPES.map((one) => [one, product(one)]), { value: row.deviceType, 'aria-label': 'Type' });
    const variant = el('input', { value: row.deviceSubType ?? '', list: variants.id, placeholder: 'variant', 'aria-label': 'Variant', autocomplete: 'off' });
    const model = el('input', { value: row.model ?? '', placeholder: 'model', 'aria-label': 'Model', autocomplete: 'off' });
    const number = el('input', { type: 'number', value: row.count, min: 0, max: 10_000_000, required: true, 'aria-label': 'Devices' });
    const remove = el('button', { type: 'button', class: 'small danger', 'aria-label': 'Remove these devices', onclick: () => {
      lines.delete(line);
      line.remove();
      more.focus();
    } }, '×');
    const line = el('li', {}, number, type, variant, model, remove);
    lines.set(line, () => device(row, { type: type.value, variant: variant.value.trim(), model: model.value.trim(), count: Number(number.value) }));
    list.append(line);
    return number;
  };
  const more = el('button', { type: 'button', class: 'small', onclick: () => add().focus() }, 'Add devices');
  rows.devices.forEach((row) => add(row));
  openForm({
    title: `Devices of ${tenant.name}`,
    text: 'How many devices of each kind are active. What is not listed here is gone.',
    json: true,
    fields: [el('div', { class: 'wide' }, list, variants, more)],
    request: () => ({ method: 'PUT', path: `/_mock/state/devices/${tenant.id}`, body: [...lines.values()].map((read) => read()) }),
    done: `The devices of ${tenant.name} are changed.`,
  });
}

/** The dates at which they came and go stay as they were. */
function device({ installedDate, removedDate }, { type, variant, model, count }) {
  return {
    deviceType: type,
    ...(variant && { deviceSubType: variant }),
    ...(model && { model }),
    count,
    ...(installedDate && { installedDate }),
    ...(removedDate && { removedDate }),
  };
}
