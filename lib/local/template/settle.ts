import type { Evaluator, Place } from '../intrinsics';
import { isObject, type Json } from './json';

/** What stands for a value that only a deploy gives: about as long as an identifier, for those who count characters. */
export const UNKNOWN = '(known after deploy)';

/** The value with what is known of it before a deploy; the rest reads `(known after deploy)`. Members of `AWS::NoValue` are left out. */
export function settle(evaluator: Evaluator, raw: unknown, place: Place): Json | undefined {
  const resolved = evaluator.resolve(raw, place);
  if (!resolved.ok) return UNKNOWN;
  const { value, at } = resolved.value;
  if (Array.isArray(value)) {
    const items = value.map((item, index) => settle(evaluator, item, { ...at, path: `${at.path}[${index}]` }));
    return items.filter((item) => item !== undefined);
  }
  if (!isObject(value)) return value as Json | undefined;
  const members = Object.entries(value).map(
    ([key, member]) => [key, settle(evaluator, member, { ...at, path: `${at.path}.${key}` })] as const,
  );
  return Object.fromEntries(members.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
