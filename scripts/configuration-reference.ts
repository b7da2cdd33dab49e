/** One row for each key of a JSON Schema, as Markdown tables under one heading a section. */

interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly errorMessage?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

interface Section {
  readonly path: string;
  readonly schema: Schema;
}

export const configurationReference = (root: Schema): string =>
  sections({ path: '', schema: root }).map(render).join('\n\n');

/** A section and those below it, in the order of the schema. */
const sections = ({ path, schema }: Section): Section[] => {
  const own = schema.properties === undefined ? [] : [{ path, schema }];
  const children = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return nested(child, at).flatMap(sections);
  });
  return [...own, ...children];
};

/** The mappings that the value of a key consists of. */
const nested = (schema: Schema, path: string): Section[] => {
  if (schema.properties !== undefined) return [{ path, schema }];
  const { additionalProperties: rest, items, anyOf = [], description } = schema;
  const of = (child: Schema, at: string) =>
    nested(child.description === undefined && description !== undefined ? { ...child, description } : child, at);
  if (typeof rest === 'object') return of(rest, `${path}.<name>`);
  if (items !== undefined) return of(items, `${path}[]`);
  return anyOf.flatMap((child) => of(child, path));
};

const render = ({ path, schema }: Section): string => {
  const rows = Object.entries(schema.properties ?? {}).map(([name, value]) =>
    [`\`${name}\``, kind(value), fallback(value, schema.required?.includes(name) ?? false), value.description ?? '']
      .map((cell) => cell.replaceAll('|', '\\|'))
      .join(' | '),
  );
  return [
    path === '' ? '### The whole file' : `### \`${path}\``,
    '',
    ...(schema.description === undefined ? [] : [schema.description, '']),
    '| key | value | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
};

/** What may stand there. */
const kind = (schema: Schema): string => {
  if (schema.enum !== undefined) {
    return schema.enum.length > 8 ? `one of ${schema.enum.join(', ')}` : schema.enum.map(code).join(', ');
  }
  if (schema.const !== undefined) return code(schema.const);
  if (schema.anyOf !== undefined) return schema.anyOf.map(kind).join(', or ');
  if (schema.errorMessage !== undefined) return schema.errorMessage.replace(/^expected /, '');
  if (schema.items !== undefined) return `list: ${kind(schema.items)}`;
  if (schema.properties !== undefined) return 'section';
  if (typeof schema.additionalProperties === 'object') return `mapping of names; ${kind(schema.additionalProperties)}`;
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.type === 'string') return 'text';
  throw new Error(`the reference has no words for ${JSON.stringify(schema)}`);
};

const fallback = (schema: Schema, required: boolean): string => {
  if (required) return '**required**';
  return schema.default === undefined || typeof schema.default === 'object' ? '' : code(schema.default);
};

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
