import { BlockList, isIP } from 'node:net';

/** One entry of a pattern's list: judges a single value of the field, or whether there is one. */
export type Matcher =
  | { readonly kind: 'value'; readonly test: (value: unknown) => boolean }
  | { readonly kind: 'presence'; readonly present: boolean };

type Test = (value: unknown) => boolean;

const NEVER: Test = () => false;

/** What is wrong is added to `errors`; the matcher then matches nothing. */
export function parseMatcher(entry: unknown, path: string, errors: string[]): Matcher {
  if (entry === null || ['string', 'number', 'boolean'].includes(typeof entry))
    return { kind: 'value', test: (value) => value === entry };
  const fail = (message: string): Test => {
    errors.push(`${path}: ${message}`);
    return NEVER;
  };
  const keys = typeof entry === 'object' && !Array.isArray(entry) ? Object.keys(entry as object) : [];
  const [key] = keys;
  if (key === undefined || keys.length > 1)
    return {
      kind: 'value',
      test: fail('expected a text, a number, true, false, null or an object with one comparison operator'),
    };
  const operand = (entry as Record<string, unknown>)[key];
  if (key === 'exists') {
    if (typeof operand !== 'boolean') return { kind: 'value', test: fail('exists: expected true or false') };
    return { kind: 'presence', present: operand };
  }
  const comparison = Object.hasOwn(COMPARISONS, key) ? COMPARISONS[key] : undefined;
  if (comparison === undefined) return { kind: 'value', test: fail(`unrecognized comparison operator ${key}`) };
  return { kind: 'value', test: comparison(operand, fail) };
}

type Comparison = (operand: unknown, fail: (message: string) => Test) => Test;

const isText = (value: unknown): value is string => typeof value === 'string';

const onText =
  (test: (value: string) => boolean): Test =>
  (value) =>
    isText(value) && test(value);

/** `prefix` and `suffix`, also `{"prefix": {"equals-ignore-case": "…"}}`. */
const end =
  (name: string, at: (value: string, part: string) => boolean): Comparison =>
  (operand, fail) => {
    if (isText(operand) && operand !== '') return onText((value) => at(value, operand));
    const folded = (operand as Record<string, unknown> | null)?.['equals-ignore-case'];
    if (isText(folded) && folded !== '') return onText((value) => at(value.toLowerCase(), folded.toLowerCase()));
    return fail(`${name}: expected a text that is not empty`);
  };

const prefix = end('prefix', (value, part) => value.startsWith(part));
const suffix = end('suffix', (value, part) => value.endsWith(part));

const equalsIgnoreCase: Comparison = (operand, fail) =>
  isText(operand)
    ? onText((value) => value.toLowerCase() === operand.toLowerCase())
    : fail('equals-ignore-case: expected a text');

/** `*` is any text; `\*` and `\\` stand for themselves. */
const wildcard: Comparison = (operand, fail) => {
  if (!isText(operand) || operand === '') return fail('wildcard: expected a text that is not empty');
  if (/(^|[^\\])(\\\\)*\*\*/.test(operand)) return fail('wildcard: two "*" in a row are not allowed');
  if (/\\([^*\\]|$)/.test(operand.replace(/\\\\/g, '')))
    return fail('wildcard: after a backslash only * or \\ may come');
  const source = operand.replace(/\\([*\\])|(\*)|([^*\\]+)/g, (_, escaped, any, text) =>
    any ? '.*' : quote(escaped ?? text),
  );
  const expression = new RegExp(`^${source}$`, 's');
  return onText((value) => expression.test(value));
};

const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

const LARGEST = 5e9;

/** `["=", 5]`, `[">", 0, "<=", 5]`. */
const numeric: Comparison = (operand, fail) => {
  const wrong = 'numeric: expected one comparison or a lower and an upper bound, such as [">", 0, "<=", 5]';
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) return fail(wrong);
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < operand.length; at += 2) {
    const [operator, bound] = operand.slice(at, at + 2) as [unknown, unknown];
    const compare = isText(operator) && Object.hasOwn(NUMERIC, operator) ? NUMERIC[operator] : undefined;
    if (compare === undefined || typeof bound !== 'number') return fail(wrong);
    if (Math.abs(bound) > LARGEST) return fail(`numeric: expected a number from ${-LARGEST} to ${LARGEST}`);
    tests.push((value) => compare(value, bound));
  }
  const range = operand.length === 4 && String(operand[0]).startsWith('>') && String(operand[2]).startsWith('<');
  if (operand.length === 4 && !(range && (operand[1] as number) < (operand[3] as number))) return fail(wrong);
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
};

const NUMERIC: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
};

const cidr: Comparison = (operand, fail) => {
  const [address = '', bits = ''] = isText(operand) ? operand.split('/') : [];
  const family = isIP(address);
  if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return fail('cidr: expected a network such as 10.0.0.0/24');
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(address, Number(bits), type);
  return onText((value) => isIP(value) === family && list.check(value, type));
};

const scalar = (value: unknown): boolean => isText(value) || typeof value === 'number';

/** A value, a list of values, or one of the operators on texts with one or a list. */
const anythingBut: Comparison = (operand, fail) => {
  const wrong =
    'anything-but: expected a text, a number, a list of them, or prefix, suffix, equals-ignore-case or wildcard';
  if (scalar(operand)) return (value) => value !== operand;
  if (Array.isArray(operand))
    return operand.length > 0 && operand.every(scalar) ? (value) => !operand.includes(value) : fail(wrong);
  const entries = typeof operand === 'object' && operand !== null ? Object.entries(operand) : [];
  const [entry] = entries;
  const inner = entry && Object.hasOwn(NEGATED, entry[0]) ? NEGATED[entry[0]] : undefined;
  if (entry === undefined || inner === undefined || entries.length > 1) return fail(wrong);
  const list = Array.isArray(entry[1]) ? entry[1] : [entry[1]];
  if (list.length === 0) return fail(wrong);
  const tests = list.map((each) => inner(each, fail));
  return (value) => !tests.some((test) => test(value));
};

const NEGATED: Readonly<Record<string, Comparison>> = {
  prefix,
  suffix,
  wildcard,
  'equals-ignore-case': equalsIgnoreCase,
};

const COMPARISONS: Readonly<Record<string, Comparison>> = { ...NEGATED, numeric, cidr, 'anything-but': anythingBut };
