import { isRejection, isWebhookAway, reasonOf } from '../failure';
import type { KubectlFailure } from '../kubectl';
import type { Reason } from '../outcome';
import type { Stop } from '../parts';

export const refused = (reason: Reason): Stop => ({ outcome: 'Refused', reason });

/** Several reasons of one kind become one, each on a line of its own in the log. */
export function refusedFor(reasons: readonly Reason[]): Stop | undefined {
  const [first, ...others] = reasons;
  if (!first) return undefined;
  const rest = others.map(({ object, message }) => (object ? `${object}: ${message}` : message));
  return refused({ ...first, message: [first.message, ...rest].join('; ') });
}

/** What the cluster says no to is refused; where it could not be asked, nobody knows. */
export const stopOf = (failure: KubectlFailure): Stop => ({
  outcome: isRejection(failure) || isWebhookAway(failure) ? 'Refused' : 'Error',
  reason: reasonOf(failure),
});
