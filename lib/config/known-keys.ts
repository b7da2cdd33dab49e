import { jsonSchema } from './json-schema';
import { nearest } from './nearest';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
}

let parsed: Schema | undefined;
let places: Map<string, string[]> | undefined;
const root = (): Schema => {
  parsed ??= jsonSchema() as Schema;
  return parsed;
};

/** What to do about the unknown `key` of the section at `path`. */
export const keyAdvice = (path: readonly PropertyKey[], key: string): string => {
  const here = [...new Set(schemasAt(path).flatMap(keysOf))];
  const close = nearest(key, here);
  if (close !== undefined) return `unknown key; did you mean \`${close}\`?`;
  places ??= keyPlaces(root());
  const elsewhere = nearest(key, [...places.keys()]);
  if (elsewhere !== undefined) {
    return `unknown key; did you mean \`${elsewhere}\` under ${places.get(elsewhere)?.join(' or ')}?`;
  }
  return `unknown key; the keys here are ${here.join(', ')}`;
};

/** Whether `text` could stand at `path`. */
export const takesText = (path: readonly PropertyKey[], text: string): boolean =>
  schemasAt(path).some(
    ({ type, pattern, enum: values }) =>
      type === 'string' &&
      (pattern === undefined || new RegExp(pattern, 'u').test(text)) &&
      (values === undefined || values.includes(text)),
  );

const schemasAt = (path: readonly PropertyKey[]): Schema[] =>
  path.reduce<Schema[]>(below, [root()]).flatMap(alternatives);

const alternatives = (schema: Schema): readonly Schema[] => [schema, ...(schema.anyOf ?? []).flatMap(alternatives)];

const keysOf = (schema: Schema): string[] => Object.keys(schema.properties ?? {});

const below = (schemas: Schema[], part: PropertyKey): Schema[] =>
  schemas.flatMap(alternatives).flatMap((schema) => {
    if (typeof part === 'number') return schema.items ?? [];
    const { properties = {}, additionalProperties: rest } = schema;
    if (Object.hasOwn(properties, part)) return properties[String(part)] ?? [];
    return typeof rest === 'object' ? rest : [];
  });

/** Each key of the schema below its top -> the sections that have it; `*` stands for a name of the user's. */
const keyPlaces = (schema: Schema): Map<string, string[]> => {
  const found = new Map<string, string[]>();
  const collect = (one: Schema, at: string): void => {
    for (const { properties = {}, additionalProperties: rest, items } of alternatives(one)) {
      for (const [name, child] of Object.entries(properties)) {
        if (at !== '') found.set(name, [...new Set([...(found.get(name) ?? []), at])]);
        collect(child, at === '' ? name : `${at}.${name}`);
      }
      if (typeof rest === 'object') collect(rest, `${at}.*`);
      if (items !== undefined) collect(items, `${at}[]`);
    }
  };
  collect(schema, '');
  return found;
};
