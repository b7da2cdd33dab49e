import { jsonSchema } from './json-schema';
import { nearest } from './nearest';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** What to do about the unknown `key` of the section at `path`. */
export const keyAdvice = (path: readonly PropertyKey[], key: string): string => {
  const root = jsonSchema() as Schema;
  const known = [...new Set(path.reduce<Schema[]>(below, [root]).flatMap(alternatives).flatMap(keysOf))];
  const close = nearest(key, known);
  if (close !== undefined) return `unknown key; did you mean \`${close}\`?`;
  const elsewhere = sectionsWith(root, key, '');
  const hint = elsewhere.length > 0 ? `it belongs under ${elsewhere.join(' or ')}` : `known are ${known.join(', ')}`;
  return `unknown key; ${hint}`;
};

const alternatives = (schema: Schema): readonly Schema[] => [schema, ...(schema.anyOf ?? []).flatMap(alternatives)];

const keysOf = (schema: Schema): string[] => Object.keys(schema.properties ?? {});

const below = (schemas: Schema[], part: PropertyKey): Schema[] =>
  schemas.flatMap(alternatives).flatMap((schema) => {
    const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
    const next = typeof part === 'number' ? schema.items : (schema.properties?.[String(part)] ?? rest);
    return next === undefined ? [] : [next];
  });

/** Sections that have `key`, `*` standing for a name of the user's. */
const sectionsWith = (schema: Schema, key: string, path: string): string[] =>
  alternatives(schema).flatMap((one) => {
    const here = path !== '' && Object.hasOwn(one.properties ?? {}, key) ? [path] : [];
    const children = Object.entries(one.properties ?? {}).map(([name, child]): [string, Schema] => [
      path === '' ? name : `${path}.${name}`,
      child,
    ]);
    if (typeof one.additionalProperties === 'object') children.push([`${path}.*`, one.additionalProperties]);
    if (one.items !== undefined) children.push([`${path}[]`, one.items]);
    return [...here, ...children.flatMap(([name, child]) => sectionsWith(child, key, name))];
  });
