import type { Json } from '../../../lib/cloud/rules/rule';

/**
 * The two templates without what a fault does not touch: what differs between them, the others of its type if `siblings`, and
 * everything to which these refer; what a neighbour refers to beyond that is a text. Gates judge resources and their neighbours; they
 * need no hundred others to do so.
 */
export function slices(sound: Json, faulty: Json, siblings: boolean): { readonly sound: Json; readonly faulty: Json } {
  const ids = [...new Set([...Object.keys(sound.Resources), ...Object.keys(faulty.Resources)])];
  const differs = ids.filter((id) => !same(sound.Resources[id], faulty.Resources[id]));
  const types = new Set(differs.flatMap((id) => [sound.Resources[id]?.Type, faulty.Resources[id]?.Type]));
  const touched = siblings
    ? ids.filter((id) => types.has(sound.Resources[id]?.Type) || types.has(faulty.Resources[id]?.Type))
    : differs;
  const neighbours = touched.flatMap((id) =>
    [sound, faulty].flatMap(({ Resources }) => [
      ...references(Resources[id]?.Properties),
      // A pipeline waits for a hundred; that counts where it is what the fault changes.
      ...(same(sound.Resources[id]?.DependsOn, faulty.Resources[id]?.DependsOn)
        ? []
        : [Resources[id]?.DependsOn].flat()),
    ]),
  );
  const kept = new Set([...touched, ...neighbours]);
  const only = (template: Json): Json => ({
    ...(template.Parameters && { Parameters: template.Parameters }),
    Resources: Object.fromEntries(
      Object.entries(template.Resources)
        .filter(([id]) => kept.has(id))
        .map(([id, item]) => [id, severed(item, (other) => other in template.Resources && !kept.has(other))]),
    ),
  });
  return { sound: only(sound), faulty: only(faulty) };
}

const same = (one: Json, other: Json): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Logical ids that a value names, by Ref, Fn::GetAtt and Fn::Sub. */
function references(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries<Json>(value).flatMap(([key, item]) => named(key, item) ?? references(item));
}

function named(key: string, item: Json): string[] | undefined {
  if (key === 'Ref') return [item];
  if (key === 'Fn::GetAtt') return [typeof item === 'string' ? item.split('.')[0] : item[0]];
  if (key !== 'Fn::Sub') return undefined;
  const [text, own = {}] = [item].flat();
  return [...[...text.matchAll(/\$\{([\w:]+)/g)].map(([, name]) => name), ...references(own)];
}

/** A value in which what is not there is a text. */
function severed(value: Json, gone: (id: string) => boolean): Json {
  if (Array.isArray(value)) return value.map((item) => severed(item, gone));
  if (typeof value !== 'object' || value === null) return value;
  const [[key, item] = ['', undefined], ...more] = Object.entries<Json>(value);
  if (more.length === 0 && named(key, item)?.some(gone)) return 'elsewhere';
  return Object.fromEntries(
    Object.entries<Json>(value).map(([name, each]) => [
      name,
      name === 'DependsOn' ? [each].flat().filter((id: string) => !gone(id)) : severed(each, gone),
    ]),
  );
}
