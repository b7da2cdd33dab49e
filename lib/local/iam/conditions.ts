import { BlockList, isIP } from 'node:net';
import { matches, matchesArn, valuesOf, withVariables } from './pattern';
import type { Condition } from './policy';

/** What a request says about itself: context key, in any case, -> its value or values. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

type Compare = (given: string, wanted: string) => boolean;

const number =
  (compare: (a: number, b: number) => boolean): Compare =>
  (given, wanted) =>
    compare(Number(given), Number(wanted));
const date =
  (compare: (a: number, b: number) => boolean): Compare =>
  (given, wanted) =>
    compare(timeOf(given), timeOf(wanted));
const sameText: Compare = (a, b) => a === b;
const sameIgnoringCase: Compare = (a, b) => a.toLowerCase() === b.toLowerCase();
const like: Compare = (given, wanted) => matches(wanted, given);
const arnLike: Compare = (given, wanted) => matchesArn(wanted, given);

/** Those of which the negation is the same with "Not". */
const NEGATABLE: Readonly<Record<string, Compare>> = {
  StringEquals: sameText,
  StringEqualsIgnoreCase: sameIgnoringCase,
  StringLike: like,
  NumericEquals: number((a, b) => a === b),
  DateEquals: date((a, b) => a === b),
  ArnEquals: arnLike,
  ArnLike: arnLike,
  IpAddress: inRange,
};
const OTHERS: Readonly<Record<string, Compare>> = {
  NumericLessThan: number((a, b) => a < b),
  NumericLessThanEquals: number((a, b) => a <= b),
  NumericGreaterThan: number((a, b) => a > b),
  NumericGreaterThanEquals: number((a, b) => a >= b),
  DateLessThan: date((a, b) => a < b),
  DateLessThanEquals: date((a, b) => a <= b),
  DateGreaterThan: date((a, b) => a > b),
  DateGreaterThanEquals: date((a, b) => a >= b),
  Bool: sameIgnoringCase,
  BinaryEquals: sameText,
};
const NEGATED: Readonly<Record<string, Compare>> = Object.fromEntries(
  Object.entries(NEGATABLE).map(([name, compare]) => [
    name === 'IpAddress' ? 'NotIpAddress' : name.replace(/^(String|Numeric|Date|Arn)/, '$1Not'),
    compare,
  ]),
);

/** Whether IAM has the operator: nothing else is to be in a policy, for it can never be judged here. */
export function isOperator(operator: string): boolean {
  const { name } = partsOf(operator);
  return name === 'Null' || [NEGATABLE, OTHERS, NEGATED].some((table) => Object.hasOwn(table, name));
}

/** Whether a request is as a condition says. Source: IAM user guide, reference_policies_elements_condition_operators. */
export function holds({ operator, key, values }: Condition, context: Context): boolean {
  const { name, set, ifExists } = partsOf(operator);
  const given = valuesOf(context, key);
  if (name === 'Null') return values.some((value) => (value.toLowerCase() === 'true') === (given === undefined));
  const isNegated = Object.hasOwn(NEGATED, name);
  if (given === undefined) return ifExists || set === 'ForAllValues' || (isNegated && set !== 'ForAnyValue');
  const compare = NEGATED[name] ?? NEGATABLE[name] ?? OTHERS[name];
  if (compare === undefined) return false;
  const wanted = values.flatMap((value) => withVariables(value, context) ?? []);
  const isAmong = (value: string): boolean => wanted.some((each) => compare(value, each)) !== isNegated;
  return set === 'ForAllValues' || (isNegated && set === undefined) ? given.every(isAmong) : given.some(isAmong);
}

function partsOf(operator: string): { name: string; set: string | undefined; ifExists: boolean } {
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  return { name, set, ifExists: ifExists !== undefined };
}

/** Epoch seconds, or ISO 8601. */
const timeOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

function inRange(given: string, range: string): boolean {
  const [network = '', bits] = range.split('/');
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(network) === 0 || isIP(given) === 0) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  return list.check(given, isIP(given) === 6 ? 'ipv6' : 'ipv4');
}
