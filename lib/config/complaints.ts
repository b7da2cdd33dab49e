import type * as z from 'zod';
import { keyAdvice, takesText } from './known-keys';

/** Something wrong with a value, not yet placed in the file. */
export interface Complaint {
  readonly path: readonly PropertyKey[];
  /** Whether the key or its value is wrong. */
  readonly about: 'key' | 'value';
  readonly message: string;
}

export const value = (path: readonly PropertyKey[], message: string): Complaint => ({ path, about: 'value', message });
export const key = (path: readonly PropertyKey[], message: string): Complaint => ({ path, about: 'key', message });

/** Everything that `schema` has against `value`. */
export const complaints = (schema: z.ZodType, value: unknown): Complaint[] => {
  const result = schema.safeParse(value, { error: phrase, reportInput: true });
  if (result.success) return [];
  const found = result.error.issues.flatMap((issue) => explain(issue, value, []));
  const seen = new Map(
    found.map((complaint) => [`${complaint.path.map(String).join('\0')}\0${complaint.message}`, complaint]),
  );
  return [...seen.values()];
};

type Issue = z.core.$ZodIssue;

const explain = (issue: Issue, root: unknown, above: readonly PropertyKey[]): Complaint[] => {
  const path = [...above, ...issue.path];
  const value = valueAt(root, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        about: 'key',
        message: keyAdvice(path, key),
      }));
    case 'invalid_key':
      return [{ path, about: 'key', message: `expected ${issue.issues[0]?.message ?? 'another key'}` }];
    case 'invalid_union':
      return explainUnion(issue, root, path, value);
    default:
      if (value === undefined) {
        return [{ path, about: 'key', message: `missing; expected ${issue.message}` }];
      }
      return [
        { path, about: 'value', message: `expected ${issue.message}, got ${show(value)}${quoting(path, value)}` },
      ];
  }
};

/** Of the alternatives the one of the value's own type, else all of them in one line. */
const explainUnion = (
  issue: Extract<Issue, { code: 'invalid_union' }>,
  root: unknown,
  path: readonly PropertyKey[],
  value: unknown,
): Complaint[] => {
  const wrongType = (inner: Issue) =>
    inner.path.length === 0 && (inner.code === 'invalid_type' || inner.code === 'invalid_value');
  const near = issue.errors.find((issues) => !issues.some(wrongType));
  if (near !== undefined) return near.flatMap((inner) => explain(inner, root, path));
  const expected = [...new Set(issue.errors.flat().map((inner) => inner.message))].join(', or ');
  return [{ path, about: 'value', message: `expected ${expected}, got ${show(value)}` }];
};

/** What was expected, for issues whose schema has no words of its own. */
const phrase = (issue: z.core.$ZodRawIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map(String).join(' or ');
    default:
      return 'another value';
  }
};

const TYPES: Readonly<Record<string, string>> = {
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
};

/** Values in messages stay short. */
const show = (value: unknown): string => {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
};

/** YAML reads 1.35 and 012 as numbers. */
const quoting = (path: readonly PropertyKey[], value: unknown): string =>
  (typeof value === 'number' || typeof value === 'boolean') && takesText(path, String(value))
    ? '; put it in quotes'
    : '';

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<PropertyKey, unknown>)[part]
        : undefined,
    root,
  );
