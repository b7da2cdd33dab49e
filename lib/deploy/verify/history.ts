import type { Snapshot } from '../verdict';
import { countOf, type Event, lastSeen, type Pod } from './shapes';

/** What was there before the release was applied, so that it is not blamed for it. */
export interface Start {
  /** Milliseconds since 1970, before the apply. */
  readonly startedAt: number;
  /** A look from before the apply: makes it independent of this machine's clock. */
  readonly before?: Snapshot;
}

/** Servers write whole seconds, and their clocks are not ours. */
const SKEW = 2_000;

const isSince = (time: number, { startedAt }: Start): boolean => time >= startedAt - SKEW;

/** Whether an event was seen after the start. */
export function isRecent(event: Event, start: Start): boolean {
  if (!start.before) return isSince(lastSeen(event), start);
  const known = start.before.events.find((each) => each.metadata.uid === event.metadata.uid) as Event | undefined;
  return known === undefined || countOf(event) > countOf(known);
}

/** Restarts of a container that the release is not to blame for. */
export function knownRestarts(pod: Pod, container: string, start: Start): number {
  const status = statusOf(pod, container);
  if (start.before) {
    const known = start.before.pods.find((each) => each.metadata.uid === pod.metadata.uid) as Pod | undefined;
    return known ? (statusOf(known, container)?.restartCount ?? 0) : 0;
  }
  if (isSince(Date.parse(pod.metadata.creationTimestamp ?? ''), start)) return 0;
  const ended = Date.parse(status?.lastState?.terminated?.finishedAt ?? '');
  const restarts = status?.restartCount ?? 0;
  return isSince(ended, start) ? restarts - 1 : restarts;
}

const statusOf = (pod: Pod, container: string) =>
  [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].find(
    ({ name }) => name === container,
  );
