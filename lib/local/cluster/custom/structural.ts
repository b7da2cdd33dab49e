import { isRecord } from '../schema/decode';
import { ANY, DEDUCED, type LeafType, type Shape, shapeOfType } from '../schema/shape';

/**
 * The parts of a structural schema that are read here.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export interface Structural {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Structural>>;
  readonly additionalProperties?: Structural | boolean;
  readonly items?: Structural;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
}

/** The schema of map entries, `true` for any; undefined when it has named properties only. */
const entriesOf = (schema: Structural): Structural | true | undefined =>
  isRecord(schema.additionalProperties)
    ? (schema.additionalProperties as Structural)
    : schema.additionalProperties === true
      ? true
      : undefined;

/** Drops what the schema does not have, fills its defaults; the paths of what was dropped go to `unknown`. */
export function prune(value: unknown, schema: Structural, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item, i) => prune(item, items, `${path}[${i}]`, unknown)) : value;
  }
  if (!isRecord(value) || schema['x-kubernetes-embedded-resource']) return value;
  const entries = entriesOf(schema);
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || entries === true;
  const out: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const at = path ? `${path}.${name}` : name;
    const below = schema.properties?.[name] ?? (entries === true ? undefined : entries);
    if (!below && !open) unknown.push(at);
    else if (inner !== null || below?.nullable || !below) out[name] = below ? prune(inner, below, at, unknown) : inner;
  }
  for (const [name, below] of Object.entries(schema.properties ?? {})) {
    if (out[name] !== undefined || below.default === undefined) continue;
    out[name] = prune(structuredClone(below.default), below, `${path}.${name}`, []);
  }
  return out;
}

/** The schema as server-side apply sees it. */
export function shapeOfSchema(schema: Structural): Shape {
  if (schema['x-kubernetes-int-or-string']) return ANY;
  if (schema['x-kubernetes-embedded-resource']) return DEDUCED;
  if (schema.type === 'array') return shapeOfList(schema);
  if (schema.type !== 'object' && !schema.properties) {
    return schema['x-kubernetes-preserve-unknown-fields']
      ? DEDUCED
      : { form: 'leaf', type: LEAVES[schema.type ?? ''] ?? 'any' };
  }
  if (schema['x-kubernetes-map-type'] === 'atomic') return { form: 'leaf', type: 'map' };
  const entries = entriesOf(schema);
  if (entries && !schema.properties) return { form: 'map', of: entries === true ? DEDUCED : shapeOfSchema(entries) };
  const fields = new Map(Object.entries(schema.properties ?? {}).map(([name, below]) => [name, shapeOfSchema(below)]));
  const other = schema['x-kubernetes-preserve-unknown-fields'] ? DEDUCED : undefined;
  return { form: 'struct', field: (name) => fields.get(name) ?? other };
}

function shapeOfList(schema: Structural): Shape {
  if (schema['x-kubernetes-list-type'] === 'set') return { form: 'set' };
  if (schema['x-kubernetes-list-type'] !== 'map' || !schema.items) return { form: 'leaf', type: 'list' };
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const defaults = keys.flatMap((key) => {
    const value = schema.items?.properties?.[key]?.default;
    return value === undefined ? [] : [[key, value] as const];
  });
  return { form: 'keyed', keys, defaults: Object.fromEntries(defaults), item: shapeOfSchema(schema.items) };
}

const LEAVES: Readonly<Record<string, LeafType>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'numeric',
  number: 'numeric',
};

/** The shape of a whole object of a custom kind. */
export function shapeOfCustom(schema: Structural): Shape {
  const inner = shapeOfSchema({ ...schema, type: 'object' });
  const text: Shape = { form: 'leaf', type: 'string' };
  const own: Readonly<Record<string, Shape>> = { apiVersion: text, kind: text, metadata: shapeOfType('ObjectMeta') };
  return { form: 'struct', field: (name) => own[name] ?? (inner.form === 'struct' ? inner.field(name) : DEDUCED) };
}
