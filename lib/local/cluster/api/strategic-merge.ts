import { isRecord } from '../schema/decode';
import { type FieldType, fieldsOf, mergeKeyOf } from '../schema/schema';

type Fields = Record<string, unknown>;

/**
 * Kubernetes' strategic merge patch: as RFC 7396, but lists that have a merge key are merged element by element, steered by the
 * directives `$patch`, `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…`.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
export function strategicMerge(type: string | undefined, current: unknown, patch: Fields): unknown {
  if (patch['$patch'] === 'replace') return clean(patch);
  if (patch['$patch'] === 'delete') return undefined;
  const base: Fields = isRecord(current) ? { ...current } : {};
  const keep = patch['$retainKeys'];
  if (Array.isArray(keep)) for (const key of Object.keys(base)) if (!keep.includes(key)) delete base[key];
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const field = key.slice('$deleteFromPrimitiveList/'.length);
      const gone = Array.isArray(value) ? value : [];
      if (Array.isArray(base[field])) base[field] = base[field].filter((item) => !gone.includes(item));
    } else if (!key.startsWith('$')) {
      mergeField(type, base, key, value, patch[`$setElementOrder/${key}`]);
    }
  }
  for (const [key, order] of Object.entries(patch)) {
    const field = key.startsWith('$setElementOrder/') ? key.slice('$setElementOrder/'.length) : undefined;
    if (field && !(field in patch) && Array.isArray(order) && Array.isArray(base[field])) {
      base[field] = reorder(base[field], order, type ? mergeKeyOf(type, field) : undefined);
    }
  }
  return base;
}

function mergeField(type: string | undefined, base: Fields, key: string, value: unknown, order: unknown): void {
  const fieldType = type ? fieldsOf(type).get(key)?.type : undefined;
  if (value === null) {
    delete base[key];
  } else if (isRecord(value)) {
    const merged = strategicMerge(structName(fieldType), base[key], value);
    if (merged === undefined) delete base[key];
    else base[key] = merged;
  } else if (Array.isArray(value)) {
    const mergeKey = type ? mergeKeyOf(type, key) : undefined;
    const current = Array.isArray(base[key]) ? base[key] : [];
    const merged = mergeKey === undefined ? value : mergeList(elementType(fieldType), current, value, mergeKey);
    base[key] = Array.isArray(order) && mergeKey !== undefined ? reorder(merged, order, mergeKey) : merged;
  } else {
    base[key] = value;
  }
}

function mergeList(
  type: string | undefined,
  current: readonly unknown[],
  patch: readonly unknown[],
  key: string,
): unknown[] {
  if (key === '') return [...new Set([...current, ...patch])];
  if (patch.some((item) => isRecord(item) && item['$patch'] === 'replace')) {
    return patch.filter((item) => !(isRecord(item) && item['$patch'] === 'replace'));
  }
  const result = [...current];
  for (const item of patch) {
    if (!isRecord(item)) continue;
    const at = result.findIndex((other) => isRecord(other) && other[key] === item[key]);
    if (item['$patch'] === 'delete') {
      if (at >= 0) result.splice(at, 1);
      continue;
    }
    const merged = strategicMerge(type, at >= 0 ? result[at] : {}, item);
    if (at >= 0) result[at] = merged;
    else result.push(merged);
  }
  return result;
}

/** Elements that `order` names come in its order; the others keep their place relative to what stood before them. */
function reorder(list: readonly unknown[], order: readonly unknown[], key: string | undefined): unknown[] {
  const idOf = (item: unknown) => (key && isRecord(item) ? item[key] : item);
  const rank = new Map(order.map((item, i) => [idOf(item), i]));
  const named = list.filter((item) => rank.has(idOf(item)));
  named.sort((a, b) => (rank.get(idOf(a)) ?? 0) - (rank.get(idOf(b)) ?? 0));
  let next = 0;
  return list.map((item) => (rank.has(idOf(item)) ? named[next++] : item));
}

function clean(patch: Fields): Fields {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith('$')));
}

const structName = (type: FieldType | undefined): string | undefined =>
  type?.form === 'struct' ? type.name : undefined;
const elementType = (type: FieldType | undefined): string | undefined =>
  type?.form === 'list' ? structName(type.of) : undefined;

/** RFC 7396. */
export function mergePatch(current: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Fields = isRecord(current) ? { ...current } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}
