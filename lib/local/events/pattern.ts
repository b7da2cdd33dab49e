import { err, ok, type Result } from '../../result';
import { parseMatcher } from './matcher';

/** Whether an event (any JSON value) is one that a rule is about. */
export type Pattern = (event: unknown) => boolean;

type Test = (value: unknown) => boolean;

/**
 * Reads an event pattern (EventBridge user guide, eb-event-patterns and eb-create-pattern-operators). All fields of an object must
 * match, one value of a list is enough; in a list of objects, all must match in the same object. Errors: every one that
 * PutRule would answer with InvalidEventPatternException, each with its place.
 */
export function parsePattern(value: unknown): Result<Pattern, string> {
  const errors: string[] = [];
  const test = object(value, '', errors);
  return errors.length > 0 ? err(...errors) : ok(test);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function object(value: unknown, path: string, errors: string[]): Test {
  if (!isRecord(value) || Object.keys(value).length === 0) {
    errors.push(`${path || 'the pattern'}: expected an object that is not empty`);
    return () => false;
  }
  const tests = Object.entries(value).map(([key, each]) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (key === '$or') return alternatives(each, at, errors);
    return member(key, Array.isArray(each) ? leaf(each, at, errors) : nested(each, at, errors));
  });
  return (event) => isRecord(event) && tests.every((test) => test(event));
}

function alternatives(value: unknown, path: string, errors: string[]): Test {
  if (!Array.isArray(value) || value.length < 2) {
    errors.push(`${path}: expected a list of two or more objects`);
    return () => false;
  }
  const tests = value.map((each, index) => object(each, `${path}[${index}]`, errors));
  return (event) => tests.some((test) => test(event));
}

const member =
  (key: string, test: Test): Test =>
  (event) =>
    test(isRecord(event) && Object.hasOwn(event, key) ? event[key] : undefined);

/** A field whose pattern is an object; absent, it is an object without fields, so that `exists: false` holds below it. */
function nested(value: unknown, path: string, errors: string[]): Test {
  if (!isRecord(value)) {
    errors.push(`${path}: must be an object or an array`);
    return () => false;
  }
  const test = object(value, path, errors);
  const here: Test = (field) => (Array.isArray(field) ? field.some(here) : test(field === undefined ? {} : field));
  return here;
}

/** A field whose pattern is a list: one of the list matches one of the field's values. */
function leaf(list: readonly unknown[], path: string, errors: string[]): Test {
  if (list.length === 0) errors.push(`${path}: empty arrays are not allowed`);
  const matchers = list.map((each, index) => parseMatcher(each, `${path}[${index}]`, errors));
  return (field) => {
    const values = Array.isArray(field) ? field.flat(Number.POSITIVE_INFINITY) : field === undefined ? [] : [field];
    const leaves = values.filter((value) => !isRecord(value));
    return matchers.some((matcher) =>
      matcher.kind === 'presence' ? matcher.present === leaves.length > 0 : leaves.some(matcher.test),
    );
  };
}
