// Schemas of the OpenAPI document: types in words, what is inside of them, and examples.

import { el, prose } from './dom.js';

const DEEP = 6;
const NIL = '00000000-0000-0000-0000-000000000000';

let doc = {};
export const use = (document) => (doc = document);

const named = (ref) => ref.split('/').slice(1).reduce((node, key) => node?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], doc);
export const resolve = (node) => (node?.$ref ? resolve(named(node.$ref)) : (node ?? {}));

const parts = (real) => real.oneOf ?? real.anyOf ?? real.allOf ?? [];

export function typeOf(schema) {
  const name = schema.$ref?.split('/').pop();
  const real = resolve(schema);
  if (real.oneOf ?? real.anyOf) return [...new Set((real.oneOf ?? real.anyOf).map(typeOf))].join(' or ');
  const types = [real.type ?? (real.properties || real.allOf ? 'object' : 'any')].flat();
  return types
    .map((type) => {
      if (type === 'array') return `list of ${typeOf(real.items ?? {})}`;
      return type === 'object' && name ? name : real.format ? `${type} (${real.format})` : type;
    })
    .join(' or ');
}

/** The words that a value can have, also those of a list's items and of a type that may be null. */
export function words(schema) {
  const real = resolve(schema);
  const inner = [...parts(real), ...(real.items ? [real.items] : [])].filter((part) => !resolve(part).properties);
  const all = real.enum ?? (real.const === undefined ? inner.flatMap(words) : [real.const]);
  return [...new Set(all.filter((word) => word !== null))];
}

export function facts(schema) {
  const real = resolve(schema);
  const enumerated = words(schema);
  return [
    enumerated.length === 1 && `always ${enumerated[0]}`,
    enumerated.length > 1 && `one of ${enumerated.join(', ')}`,
    real.default !== undefined && `default ${JSON.stringify(real.default)}`,
    real.minimum !== undefined && `at least ${real.minimum}`,
    real.maximum !== undefined && `at most ${real.maximum}`,
    real.pattern && `like ${real.pattern}`,
    real.deprecated && 'deprecated',
  ].filter(Boolean);
}

/** What is inside of a schema, as far as it has an inside: `[name, schema, isRequired]`. */
function fields(schema) {
  const real = resolve(schema);
  if (real.type === 'array' || real.items) return fields(real.items ?? {});
  const all = [real, ...parts(real).map(resolve)];
  const required = new Set(all.flatMap((part) => part.required ?? []));
  const known = all.flatMap((part) => Object.entries(part.properties ?? {})).map(([name, of]) => [name, of, required.has(name)]);
  const any = real.additionalProperties;
  return any && typeof any === 'object' ? [...known, ['any name', any, false]] : known;
}

/** A schema as a list of its fields; undefined if there is nothing to list. */
export function tree(schema, depth = 0) {
  const inside = fields(schema);
  if (inside.length === 0) return undefined;
  return el(
    'ul',
    {},
    inside.map(([name, of, required]) => {
      const text = [resolve(of).description ?? of.description, ...facts(of)].filter(Boolean).join(' · ');
      const line = [el('strong', {}, name), required ? '' : '?', ': ', el('span', { class: 'type' }, typeOf(of)), text && el('span', { class: 'note' }, ' – ', prose(text))];
      // Schemas may contain themselves: inner levels are built when they are opened.
      if (depth >= DEEP || fields(of).length === 0) return el('li', {}, line);
      const details = el('details', { ontoggle: () => details.childElementCount === 1 && details.append(tree(of, depth + 1)) }, el('summary', {}, line));
      return el('li', {}, details);
    }),
  );
}

/** The examples of a body or parameter that the document gives, as `[name, value]`. */
export function examples({ example, examples, schema } = {}) {
  if (example !== undefined) return [['Example', example]];
  const named = Object.entries(examples ?? {}).map(([name, one]) => [resolve(one).summary ?? name, resolve(one).value]);
  const own = resolve(schema).example ?? resolve(schema).examples?.[0];
  return named.length || own === undefined ? named : [['Example', own]];
}

/** An example that fits a schema: the document's own, or one made up of required fields. */
export function sample(schema, depth = 0) {
  const real = resolve(schema);
  const given = real.example ?? real.examples?.[0] ?? real.default;
  if (given !== undefined) return given;
  if (real.enum) return real.enum[0];
  if (real.const !== undefined) return real.const;
  if (real.oneOf ?? real.anyOf) return sample((real.oneOf ?? real.anyOf).find((one) => resolve(one).type !== 'null') ?? {}, depth);
  const type = [real.type].flat().find((one) => one !== 'null');
  if (type === 'array') return depth > DEEP ? [] : [sample(real.items ?? {}, depth + 1)];
  if (type === 'integer' || type === 'number') return real.minimum ?? 1;
  if (type === 'boolean') return false;
  if (type === 'string') return { 'date-time': '2026-01-31T00:00:00Z', date: '2026-01-31', uuid: NIL }[real.format] ?? '';
  const inside = fields(real).filter(([, , required]) => required);
  return depth > DEEP ? {} : Object.fromEntries(inside.map(([name, of]) => [name, sample(of, depth + 1)]));
}
