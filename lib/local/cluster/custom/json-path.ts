import { isRecord } from '../schema/decode';

/** The values at a simple JSON path: `.spec.ports[0].name`, `.status.conditions[?(@.type=="Ready")].status`, `[*]`, `['a.b']`. */
export function valuesAt(value: unknown, path: string): unknown[] {
  let found: unknown[] = [value];
  for (const step of path.matchAll(
    /\.([\w-]+(?:\\\.[\w-]+)*)|\['([^']+)'\]|\[(\d+|\*)\]|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]/g,
  )) {
    const [, field, quoted, index, key, wanted] = step;
    const name = field?.replaceAll('\\.', '.') ?? quoted;
    found = found.flatMap((item): unknown[] => {
      if (name !== undefined) return isRecord(item) && item[name] !== undefined ? [item[name]] : [];
      if (!Array.isArray(item)) return [];
      if (index === '*') return item;
      if (index !== undefined) return item[Number(index)] === undefined ? [] : [item[Number(index)]];
      return item.filter((inner) => valuesAt(inner, `.${key}`).some((given) => String(given) === wanted));
    });
  }
  return found;
}

/** A copy of `object` with the value at a path of fields (`.spec.replicas`) set. */
export function withValueAt(object: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
  const [first = '', ...rest] = path.replace(/^\./, '').split('.');
  if (rest.length === 0) return { ...object, [first]: value };
  const below = isRecord(object[first]) ? object[first] : {};
  return { ...object, [first]: withValueAt(below, rest.join('.'), value) };
}
