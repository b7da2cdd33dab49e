import { err, ok, type Result } from '../result';
import table from './limits.json';

export type LimitId = keyof typeof table.limits;

export interface Limit {
  readonly what: string;
  readonly limit: number;
  /** Key of the table's `sources`. */
  readonly source: string;
  /** AWS raises it on request. */
  readonly adjustable: boolean;
  /** Sources contradict each other, differ by account, or were not looked at. */
  readonly uncertain?: boolean;
}

/** Limits of a new AWS account on one day, every one with its source. */
export interface LimitTable {
  /** ISO 8601. */
  readonly date: string;
  readonly sources: Readonly<Record<string, string>>;
  /** As many builds wait as this times those that may run at once; one more is refused (CodeBuild, builds-working). */
  readonly buildQueue: number;
  readonly limits: Readonly<Record<LimitId, Limit>>;
}

export const limitTable: LimitTable = table;

/** The table with the account's own limits in it. Errors: a name that is none, one that AWS does not raise, no whole number. */
export function withLimits(given: Readonly<Record<string, string>>): Result<LimitTable, string> {
  const errors: string[] = [];
  const limits: Record<string, Limit> = { ...limitTable.limits };
  for (const [id, text] of Object.entries(given)) {
    const known = Object.hasOwn(limits, id) ? limits[id] : undefined;
    if (known === undefined) errors.push(`there is no limit "${id}"; expected ${Object.keys(limits).join(', ')}`);
    else if (!known.adjustable) errors.push(`${id}: AWS does not raise this limit of ${known.limit}`);
    else if (!/^[1-9]\d*$/.test(text)) errors.push(`${id}: expected a whole number of at least 1, got "${text}"`);
    else limits[id] = { ...known, limit: Number(text), uncertain: false };
  }
  return errors.length > 0 ? err(...errors) : ok({ ...limitTable, limits: limits as LimitTable['limits'] });
}
