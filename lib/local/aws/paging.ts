import { err, ok, type Result } from '../../result';

/** A part of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next part begins; absent: there is none. */
  readonly nextToken?: string;
}

/**
 * The part of a list that comes after `token`, which names the last item of the part before: what is added at the front meanwhile
 * moves nothing. Error: a token that names no item.
 */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  size: number,
  token?: string,
): Result<Page<T>, string> {
  const after = token === undefined ? -1 : items.findIndex((item) => encode(keyOf(item)) === token);
  if (token !== undefined && after < 0) return err(`the token ${token} is not valid`);
  const part = items.slice(after + 1, after + 1 + size);
  const last = part.at(-1);
  const isMore = after + 1 + size < items.length && last !== undefined;
  return ok({ items: part, ...(isMore && { nextToken: encode(keyOf(last)) }) });
}

const encode = (key: string): string => Buffer.from(key).toString('base64url');
