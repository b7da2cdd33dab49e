import { EXIT_CODES, type OutcomeStatus } from '../deploy/outcome';
import type { Ended } from './deployer';
import type { Expected } from './drill';
import type { Seen } from './traffic';

/** What a drill came to. */
export interface Observed {
  readonly ended: Ended;
  readonly seen: Seen;
  /** Versions of requests made after the end; empty: nothing is there to ask. */
  readonly serves: readonly string[];
}

/** What is not as it must be: a line each. */
export function judge(expected: Expected, { ended, seen, serves }: Observed): string[] {
  const complaints: string[] = [];
  const { reason, failedRequests } = expected;
  const outcomes = outcomesOf(expected);
  const outcome = outcomes.find((each) => each === ended.outcome);
  if (outcome === undefined) complaints.push(`it ended ${describe(ended)}, not ${outcomes.join(' or ')}`);
  else if (ended.code !== EXIT_CODES[outcome])
    complaints.push(`its exit code is ${ended.code}, not ${EXIT_CODES[outcome]}`);
  if (!reason.test(ended.said)) complaints.push(`its reason is not ${reason}: ${ended.said}`);
  if (expected.serves !== 'nothing') {
    const wrong = serves.find((version) => version !== expected.serves);
    if (serves.length === 0) complaints.push(`nobody could be asked for ${expected.serves}`);
    if (wrong !== undefined) complaints.push(`${wrong} answers at the end, not ${expected.serves}`);
  }
  if (failedRequests === 0 && seen.failed > 0)
    complaints.push(`${seen.failed} of ${seen.requests} requests failed: ${seen.failures.join('; ')}`);
  if (failedRequests === 0 && seen.requests === 0) complaints.push('nobody asked the service meanwhile');
  return complaints;
}

export const outcomesOf = ({ outcome }: Expected): readonly OutcomeStatus[] =>
  typeof outcome === 'string' ? [outcome] : outcome;

export const describe = ({ outcome, code, signal }: Ended): string =>
  outcome === undefined ? `without an outcome (${signal ?? `exit ${code}`})` : outcome;
