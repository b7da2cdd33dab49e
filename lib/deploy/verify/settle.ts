import { titleOf } from '../objects';
import type { End } from '../roll-out';
import type { Expectation, Snapshot } from '../verdict';
import { judge, NO_MEMORY } from './judge';
import { look, type WatchOptions, type WatchPorts } from './looks';
import { isAlive, isOwnedBy, isReady } from './pods';
import type { Pod } from './shapes';
import { endOf } from './wait';
import { unreadyWords } from './why';

/** Milliseconds between looks, at most. */
const PAUSE = 1_000;

/**
 * Watches workloads that were ready for `limits.settle` seconds: a container that ends or is started again, and a pod that is no
 * longer ready, make the release bad. Pods that go and come (a scaling, a drained node) do not, but at the end everything must be
 * as it must be; that is waited for, for `limits.rollout` seconds at most. One look at least.
 */
export async function settle(
  expectations: readonly Expectation[],
  options: WatchOptions,
  ports: WatchPorts,
): Promise<End> {
  if (expectations.length === 0) return { status: 'ready' };
  const { clock } = ports;
  const { settle: seconds, rollout } = options.limits;
  const began = clock.now().getTime();
  const limit = Math.max(seconds, rollout);
  const ready = new Set<string>();
  let memory = NO_MEMORY;
  const each = async (seen: Snapshot, away: number): Promise<End | undefined> => {
    const judgement = judge(seen, expectations, { ...options, limit, until: began + limit * 1000 + away }, memory);
    memory = judgement.memory;
    const isOver = seen.at - began >= seconds * 1000;
    if (judgement.verdict.status !== 'progressing' && judgement.verdict.status !== 'ready')
      return endOf(judgement, options, ports);
    const lost = lostReadiness(seen, expectations, ready);
    if (lost) return lost;
    return isOver ? endOf(judgement, options, ports) : undefined;
  };
  const pause = (): number => {
    const left = began + seconds * 1000 - clock.now().getTime();
    return left > 0 ? Math.min(PAUSE, left) : PAUSE;
  };
  return look(expectations, options, ports, each, pause);
}

/** A pod that was ready in a look before (`ready`, by uid) and is not any more. */
function lostReadiness(seen: Snapshot, expectations: readonly Expectation[], ready: Set<string>): End | undefined {
  const pods = podsOfAll(seen, expectations).filter(isAlive);
  const lost = pods.filter((pod) => !isReady(pod) && ready.has(pod.metadata.uid ?? ''));
  for (const pod of pods.filter(isReady)) ready.add(pod.metadata.uid ?? '');
  const [first] = lost;
  if (!first) return undefined;
  const message = `it was ready and is not any more: ${unreadyWords(first, seen)}`;
  return {
    status: 'failed',
    reason: { code: 'ReadinessLost', object: titleOf(first), message },
    pods: lost.map(({ metadata }) => metadata.name),
  };
}

function podsOfAll(seen: Snapshot, expectations: readonly Expectation[]): readonly Pod[] {
  const workloads = seen.workloads.filter((live) =>
    // Pods of a Job come to their end.
    expectations.some(
      ({ workload }) => workload.kind === live.kind && live.kind !== 'Job' && workload.name === live.metadata.name,
    ),
  );
  const sets = seen.replicaSets.filter((set) => workloads.some((live) => isOwnedBy(set, live)));
  const owners = [...workloads, ...sets];
  return (seen.pods as readonly Pod[]).filter((pod) => owners.some((owner) => isOwnedBy(pod, owner)));
}
