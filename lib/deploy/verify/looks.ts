import type { Ports } from '../ports';
import type { Limits } from '../request';
import type { End } from '../roll-out';
import type { Expectation, Snapshot } from '../verdict';
import type { Start } from './history';
import { Patience } from './patience';
import type { Graces } from './problem';
import { snapshot } from './snapshot';

export interface WatchOptions extends Start {
  readonly namespace: string;
  readonly limits: Pick<Limits, 'rollout' | 'settle' | 'unreachable'>;
  /** Asked before each look; anything but `ready` ends the watch. */
  readonly onLook?: () => Promise<End | undefined>;
  readonly graces?: Partial<Graces>;
}

export type WatchPorts = Pick<Ports, 'kubectl' | 'clock' | 'random' | 'log' | 'signal'>;

export const STOPPED: End = { status: 'error', reason: { code: 'Stopped', message: 'the deployer was told to stop' } };

/**
 * Looks again and again until `judge` gives an end. Looks that fail are borne for a while (`limits.unreachable`, Patience).
 * `pause`: milliseconds to the next look.
 */
export async function look(
  expectations: readonly Expectation[],
  { namespace, limits, onLook }: WatchOptions,
  ports: WatchPorts,
  judge: (seen: Snapshot, away: number) => Promise<End | undefined>,
  pause: () => number,
): Promise<End> {
  const { kubectl, clock, log, signal } = ports;
  const patience = new Patience(limits.unreachable, log);
  const workloads = expectations.map(({ workload }) => workload);
  for (;;) {
    if (signal.aborted) return STOPPED;
    const interrupted = await onLook?.();
    if (interrupted && interrupted.status !== 'ready') return interrupted;
    const seen = await snapshot(workloads, namespace, kubectl, clock);
    const now = clock.now().getTime();
    if (seen.ok) patience.answered(now);
    const [failure] = seen.ok ? [] : seen.errors;
    const end = failure ? patience.failed(failure, now) : seen.ok ? await judge(seen.value, patience.away) : undefined;
    if (end) return end;
    if ((await clock.sleep(pause(), signal)) === 'aborted') return STOPPED;
  }
}
