import { isRecord } from '../schema/decode';
import type { LeafType, Shape } from '../schema/shape';
import { elementName, type Keyed } from './elements';

/** What of an applied configuration does not fit its schema, in the words of the API. */
export function misfits(value: unknown, shape: Shape, path = ''): string[] {
  if (value === null || value === undefined) return [];
  switch (shape.form) {
    case 'leaf':
      return leaf(value, shape.type, path);
    case 'map':
    case 'struct':
      if (!isRecord(value)) return [`${path}: expected map, got ${said(value)}`];
      return Object.entries(value).flatMap(([name, inner]) => {
        const below = shape.form === 'map' ? shape.of : shape.field(name);
        return below ? misfits(inner, below, `${path}.${name}`) : [`${path}.${name}: field not declared in schema`];
      });
    case 'keyed':
    case 'set':
      return Array.isArray(value) ? list(value, shape, path) : [`${path}: expected list, got ${said(value)}`];
    default:
      return shape satisfies never;
  }
}

function list(items: readonly unknown[], shape: Keyed, path: string): string[] {
  const seen = new Set<string>();
  return items.flatMap((item, i) => {
    if (shape.form === 'keyed') {
      const absent = shape.keys.find((key) => !isRecord(item) || (item[key] ?? shape.defaults[key]) === undefined);
      if (absent !== undefined) {
        return [`${path}: element ${i}: associative list with keys has an element that omits key field "${absent}"`];
      }
    }
    const name = elementName(shape, item);
    if (seen.has(name)) return [`${path}: duplicate entries for key ${keyText(shape, item)}`];
    seen.add(name);
    return shape.form === 'keyed' ? misfits(item, shape.item, `${path}${keyText(shape, item)}`) : [];
  });
}

function keyText(shape: Keyed, item: unknown): string {
  if (shape.form === 'set') return `[=${JSON.stringify(item)}]`;
  const fields = item as Record<string, unknown>;
  const keys = [...shape.keys].sort().map((key) => `${key}=${JSON.stringify(fields[key] ?? shape.defaults[key])}`);
  return `[${keys.join(',')}]`;
}

function leaf(value: unknown, type: LeafType, path: string): string[] {
  const fits: Record<LeafType, boolean> = {
    any: true,
    string: typeof value === 'string',
    boolean: typeof value === 'boolean',
    numeric: typeof value === 'number',
    list: Array.isArray(value),
    map: isRecord(value),
  };
  if (fits[type]) return [];
  const wanted = type === 'numeric' ? 'numeric (int or float)' : type;
  const inner = type === 'list' || type === 'map';
  return [`${path}: expected ${wanted}, got ${inner ? said(value) : goType(value)}`];
}

const said = (value: unknown): string => `&{${typeof value === 'string' ? value : JSON.stringify(value)}}`;

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}
