import { equal } from '../equal';
import { isRecord } from '../schema/decode';
import { bad } from '../schema/field-errors';
import type { FieldError } from '../status';
import type { Structural } from './structural';

/** What of a value breaks its structural schema, in the words of the API. CEL rules and `oneOf` and the like are not read. */
export function schemaErrors(value: unknown, schema: Structural, path: string): FieldError[] {
  if (value === null && schema.nullable) return [];
  const type = typeOf(value, schema);
  if (type) return [bad(path, type.given, `${path} in body must be of type ${type.wanted}: "${type.given}"`)];
  const errors = [...limits(value, schema, path)];
  if (schema.enum && !schema.enum.some((allowed) => equal(allowed, value))) {
    errors.push({
      field: path,
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${schema.enum.map((v) => JSON.stringify(v)).join(', ')}`,
    });
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) errors.push(...value.flatMap((item, i) => schemaErrors(item, items, `${path}[${i}]`)));
  } else if (isRecord(value)) {
    errors.push(...object(value, schema, path));
  }
  return errors;
}

function object(value: Record<string, unknown>, schema: Structural, path: string): FieldError[] {
  const at = (name: string) => (path ? `${path}.${name}` : name);
  const absent = (schema.required ?? []).filter((name) => value[name] === undefined);
  const errors = absent.map(
    (name): FieldError => ({ field: at(name), reason: 'FieldValueRequired', message: 'Required value' }),
  );
  const others = isRecord(schema.additionalProperties) ? (schema.additionalProperties as Structural) : undefined;
  for (const [name, inner] of Object.entries(value)) {
    const below = schema.properties?.[name] ?? others;
    if (below) errors.push(...schemaErrors(inner, below, at(name)));
  }
  return errors;
}

function typeOf(value: unknown, schema: Structural): { given: string; wanted: string } | undefined {
  if (schema['x-kubernetes-int-or-string']) {
    const fits = typeof value === 'string' || Number.isInteger(value);
    return fits ? undefined : { given: nameOf(value), wanted: 'integer,string' };
  }
  const wanted = schema.type;
  if (!wanted) return undefined;
  const given = nameOf(value);
  return given === wanted || (wanted === 'number' && given === 'integer') ? undefined : { given, wanted };
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'object' ? 'object' : typeof value;
}

function limits(value: unknown, schema: Structural, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const say = (message: string, given: unknown = value) => errors.push(bad(path, given, message));
  if (typeof value === 'number') {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
    if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
      say(`${path} in body should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
    if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
      say(`${path} in body should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
  } else if (typeof value === 'string') {
    const { minLength = 0, maxLength = Infinity, pattern } = schema;
    // The first complaint about a text is the only one.
    const expression = pattern === undefined ? undefined : regular(pattern);
    if (value.length < minLength) say(`${path} in body should be at least ${minLength} chars long`);
    else if (value.length > maxLength) {
      const message = `Too long: may not be more than ${maxLength} bytes`;
      errors.push({ field: path, reason: 'FieldValueTooLong', message });
    } else if (expression && !expression.test(value)) say(`${path} in body should match '${pattern}'`);
  } else if (Array.isArray(value)) {
    const { minItems = 0, maxItems = Infinity } = schema;
    if (value.length < minItems) say(`${path} in body should have at least ${minItems} items`, value.length);
    if (value.length > maxItems) {
      const message = `Too many: ${value.length}: must have at most ${maxItems} item${maxItems === 1 ? '' : 's'}`;
      errors.push({ field: path, reason: 'FieldValueTooMany', message });
    }
  }
  return errors;
}

/** Patterns are Go's; one that JavaScript cannot read is not checked. */
function regular(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}
