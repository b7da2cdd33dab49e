import { isRecord } from '../schema/decode';
import type { Shape } from '../schema/shape';

export type Keyed = Extract<Shape, { form: 'keyed' | 'set' }>;

/** What of a value lies below it in paths: elements by their `fieldsV1` name, with the shape of each. */
export function elementsOf(value: unknown, shape: Shape): Map<string, { value: unknown; shape: Shape }> {
  const out = new Map<string, { value: unknown; shape: Shape }>();
  if ((shape.form === 'struct' || shape.form === 'map') && isRecord(value)) {
    for (const [name, inner] of Object.entries(value)) {
      if (inner === undefined) continue;
      const below = shape.form === 'map' ? shape.of : shape.field(name);
      if (below) out.set(`f:${name}`, { value: inner, shape: below });
    }
  } else if ((shape.form === 'keyed' || shape.form === 'set') && Array.isArray(value)) {
    const item: Shape = shape.form === 'keyed' ? shape.item : { form: 'leaf', type: 'any' };
    for (const inner of value) out.set(elementName(shape, inner), { value: inner, shape: item });
  }
  return out;
}

/** `k:{"containerPort":80,"protocol":"TCP"}` or `v:"x"`. */
export function elementName(shape: Keyed, item: unknown): string {
  if (shape.form === 'set') return `v:${JSON.stringify(item)}`;
  const fields = isRecord(item) ? item : {};
  const keys = [...shape.keys].sort().map((key) => [key, fields[key] ?? shape.defaults[key] ?? null]);
  return `k:${JSON.stringify(Object.fromEntries(keys))}`;
}

/** Whether a value is looked into: a leaf, and what has the wrong form for its shape, is compared whole. */
export function isInner(value: unknown, shape: Shape): boolean {
  if (shape.form === 'leaf') return false;
  return shape.form === 'keyed' || shape.form === 'set' ? Array.isArray(value) : isRecord(value);
}

export const isHollow = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0);
