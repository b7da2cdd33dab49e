import { type KubeObject, titleOf } from '../objects';
import type { Reason } from '../outcome';
import type { Expectation, Snapshot } from '../verdict';
import type { CreateRules } from './create-problems';
import { podProblems } from './pod-problems';
import type { PodRules } from './pod-rules';
import { isAlive, isReady, namesOf } from './pods';
import type { Problem } from './problem';
import type { Pod } from './shapes';

/** What one look tells of one workload. */
export interface Assessment {
  /** What is not there yet, in words; absent: the workload is as it must be, unless it has problems. */
  readonly waitingFor?: string;
  /** Somebody else changed it. */
  readonly superseded?: Reason;
  readonly problems: readonly Problem[];
  /** Names of its new pods that are not ready. */
  readonly unready: readonly string[];
  /** Something that a reader must know of what was verified. */
  readonly note?: string;
}

export type WorkloadRules = CreateRules;

/** Problems of the release's own pods. */
export const problemsOf = (
  pods: readonly Pod[],
  expectation: Expectation,
  snapshot: Snapshot,
  rules: WorkloadRules,
): readonly Problem[] => {
  const mayEnd = expectation.workload.kind === 'Job';
  const podRules: PodRules = { ...rules, digests: expectation.digests, mayEnd };
  return pods.flatMap((pod) => podProblems(pod, snapshot, podRules));
};

export const unreadyOf = (pods: readonly Pod[]): readonly string[] =>
  namesOf(pods.filter((pod) => isAlive(pod) && !isReady(pod)));

/** Fails at once, and says it of the workload. */
export const workloadProblem = (
  live: KubeObject,
  code: string,
  message: string,
  pods: readonly string[] = [],
  grace = 0,
): Problem => ({
  key: `${code} ${titleOf(live)}`,
  reason: { code, object: titleOf(live), message },
  pods,
  grace,
});

/** A workload that wants no pods is never verified: nothing of the release was seen to run. */
export const wantsNone = (live: KubeObject, desired: number): readonly Problem[] =>
  desired === 0 ? [workloadProblem(live, 'NoPods', 'it wants 0 pods, so nothing of the release runs')] : [];

/** Whether the containers that are pinned have said what they run. */
export const digestsAreKnown = (pods: readonly Pod[], { digests }: Expectation): boolean =>
  pods.every((pod) =>
    Object.keys(digests).every((container) =>
      [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].some(
        ({ name, imageID }) => name === container && imageID,
      ),
    ),
  );
