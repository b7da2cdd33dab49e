import type { KubeObject } from '../objects';
import type { Reason } from '../outcome';
import type { Expectation, Snapshot } from '../verdict';
import type { Assessment } from './assessment';
import type { Problem } from './problem';
import type { Pod, WorkloadObject } from './shapes';
import { unreadyWords } from './why';

/** A Deployment without a progress deadline has this one: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/ */
const NO_DEADLINE = 2_147_483_647;

/** Our own maximum has passed: what is not there, why, and why Kubernetes has not said so itself. */
export function overTime(
  snapshot: Snapshot,
  expectations: readonly Expectation[],
  assessments: readonly Assessment[],
  problems: readonly Problem[],
  limit: number,
): { readonly reason: Reason; readonly pods: readonly string[] } {
  const [pending] = problems;
  if (pending) {
    const message = `${pending.reason.message}; the limit of ${limit} s ended the wait`;
    return { reason: { ...pending.reason, message }, pods: pending.pods };
  }
  const index = assessments.findIndex(({ waitingFor }) => waitingFor !== undefined);
  const { waitingFor = '', unready = [] } = assessments[index] ?? {};
  const { kind, name } = expectations[index]?.workload ?? { kind: '', name: '' };
  const title = `${kind}/${name}`;
  const live = snapshot.workloads.find((each) => each.kind === kind && each.metadata.name === name);
  const pod = snapshot.pods.find(({ metadata }) => metadata.name === unready[0]) as Pod | undefined;
  const what = waitingFor.startsWith(`${title}: `) ? waitingFor.slice(title.length + 2) : waitingFor;
  const message = [
    `it did not get there: ${what}`,
    ...(pod ? [unreadyWords(pod, snapshot)] : []),
    `${deadlineWords(live as WorkloadObject | undefined)}; the limit of ${limit} s ended the wait`,
  ].join('; ');
  return { reason: { code: isUnseen(live) ? UNSEEN : 'Timeout', object: title, message }, pods: unready };
}

/** The controllers did not run: the cluster's fault, which says nothing of the release. */
export const UNSEEN = 'ControllersAway';

const isUnseen = (live: KubeObject | undefined): boolean =>
  ((live as WorkloadObject | undefined)?.status?.observedGeneration ?? 0) < (live?.metadata.generation ?? 0) &&
  live?.kind !== 'Job';

function deadlineWords(live: WorkloadObject | undefined): string {
  const seconds = live?.spec?.progressDeadlineSeconds;
  if (live?.kind !== 'Deployment') return `a ${live?.kind ?? 'workload'} has no progress deadline`;
  if (seconds === undefined || seconds >= NO_DEADLINE) return 'it has no progress deadline';
  return `its progressDeadlineSeconds is ${seconds}`;
}
