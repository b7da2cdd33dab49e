import type { KubeObject } from '../objects';

/** A YAML mapping whose fields nobody has checked yet. */
export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The mapping at a path; undefined where there is none. */
export function fieldsAt(from: unknown, ...path: readonly string[]): Fields | undefined {
  let at: unknown = from;
  for (const key of path) at = isFields(at) ? at[key] : undefined;
  return isFields(at) ? at : undefined;
}

/** The mappings of a list; other items, and what is no list, are left out. */
export const itemsOf = (list: unknown): Fields[] => (Array.isArray(list) ? list.filter(isFields) : []);

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The mapping under a key, made where it is absent. */
export function ensure(parent: Fields, key: string): Fields {
  const present = parent[key];
  if (isFields(present)) return present;
  const made: Fields = {};
  parent[key] = made;
  return made;
}

/**
 * A changed copy; what came in stays as it is. By JSON, since what stands twice by a YAML alias (labels, say) is one object in
 * memory, of which a structured clone would change both places.
 */
export function edited(object: KubeObject, edit: (draft: Fields) => void): KubeObject {
  const draft = JSON.parse(JSON.stringify(object)) as KubeObject;
  edit(draft as unknown as Fields);
  return draft;
}

/** API group: `apps` of `apps/v1`, empty for `v1`. */
export const groupOf = ({ apiVersion }: { readonly apiVersion: string }): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '';
