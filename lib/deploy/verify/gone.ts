import type { Expectation, Snapshot } from '../verdict';
import { isRecent, type Start } from './history';
import type { Problem } from './problem';
import type { Event } from './shapes';

/** A workload that was applied and is not there. A Job that ended well may have been collected (`ttlSecondsAfterFinished`). */
export function goneProblem({ workload }: Expectation, snapshot: Snapshot, start: Start): Problem | undefined {
  const { kind, name } = workload;
  const completed = (snapshot.events as readonly Event[]).some(
    (event) =>
      event.reason === 'Completed' &&
      event.involvedObject?.kind === kind &&
      event.involvedObject.name === name &&
      isRecent(event, start),
  );
  if (kind === 'Job' && completed) return undefined;
  return {
    key: `Gone ${kind} ${name}`,
    reason: { code: 'Gone', object: `${kind}/${name}`, message: 'somebody deleted it while it was brought up' },
    pods: [],
    grace: 0,
  };
}
