import { titleOf } from '../objects';
import type { Expectation, Snapshot } from '../verdict';
import {
  type Assessment,
  digestsAreKnown,
  problemsOf,
  unreadyOf,
  type WorkloadRules,
  wantsNone,
  workloadProblem,
} from './assessment';
import { replicaFailure } from './create-problems';
import { isAlive, isOwnedBy, isReady, podsOf } from './pods';
import type { Problem } from './problem';
import { conditionOf, type Pod, type ReplicaSet, type WorkloadObject } from './shapes';
import { sameTemplate } from './template';
import { unreadyWords } from './why';

/**
 * A Deployment is as it must be when the ReplicaSet of our template has all pods, ready and available, and no other has any: see
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#complete-deployment
 */
export function assessDeployment(
  live: WorkloadObject,
  expectation: Expectation,
  snapshot: Snapshot,
  rules: WorkloadRules,
): Assessment {
  const { status = {}, spec = {} } = live;
  const desired = spec.replicas ?? 1;
  const sets = (snapshot.replicaSets as readonly ReplicaSet[]).filter((set) => isOwnedBy(set, live));
  const current = ours(sets, expectation.template);
  const all = current ? podsOf(snapshot, current) : [];
  const pods = all.filter(isAlive);
  const old = sets.filter((set) => set !== current).flatMap((set) => podsOf(snapshot, set).filter(isAlive));
  const seen = (status.observedGeneration ?? 0) >= (live.metadata.generation ?? 0);
  const unready = unreadyOf(pods);
  const problems: readonly Problem[] = [
    ...wantsNone(live, desired),
    ...problemsOf(all, expectation, snapshot, rules),
    ...(current ? replicaFailure(current, live, snapshot, rules) : []),
    ...(seen ? deadline(live, current, sets, unready, snapshot) : []),
  ];
  const title = titleOf(live);
  const assessed = { problems, unready };
  if (spec.paused) {
    const message = `somebody paused it: kubectl rollout resume deployment/${live.metadata.name} goes on`;
    return { ...assessed, superseded: { code: 'Paused', object: title, message } };
  }
  if (!seen)
    return { ...assessed, waitingFor: `${title}: the controller has not seen generation ${live.metadata.generation}` };
  if (!current) return { ...assessed, waitingFor: `${title}: the ReplicaSet of the new template is not there` };
  if (desired < expectation.minimumPods)
    return {
      ...assessed,
      waitingFor: `${title}: it wants ${desired} pods, expected at least ${expectation.minimumPods}`,
    };
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const counts = [updatedReplicas, availableReplicas, replicas, current.status?.availableReplicas ?? 0, pods.length];
  const complete =
    counts.every((count) => count === desired) &&
    old.length === 0 &&
    pods.every(isReady) &&
    digestsAreKnown(pods, expectation);
  if (complete) return assessed;
  const available = current.status?.availableReplicas ?? 0;
  const left = old.length > 0 ? `, old pods: ${old.length}` : '';
  return { ...assessed, waitingFor: `${title}: new pods ${pods.length} of ${desired}, available ${available}${left}` };
}

/** As the controller chooses: the oldest of those that have the template. */
const ours = (sets: readonly ReplicaSet[], template: unknown): ReplicaSet | undefined =>
  sets
    .filter((set) => sameTemplate(set.spec?.template, template))
    .sort((a, b) => Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? ''))[0];

/**
 * The controller's own verdict. After a change back to a ReplicaSet that is there already it keeps that of the one before for a
 * while, with the new generation observed; its message names the ReplicaSet that it is about.
 */
function deadline(
  live: WorkloadObject,
  current: ReplicaSet | undefined,
  sets: readonly ReplicaSet[],
  unready: readonly string[],
  snapshot: Snapshot,
): readonly Problem[] {
  const condition = conditionOf(live.status?.conditions, 'Progressing');
  if (condition?.status !== 'False' || condition.reason !== 'ProgressDeadlineExceeded') return [];
  const about = sets.find((set) => condition.message?.includes(`"${set.metadata.name}"`));
  if (about && about !== current) return [];
  const pod = (snapshot.pods as readonly Pod[]).find(({ metadata }) => metadata.name === unready[0]);
  const words = pod ? `; ${unreadyWords(pod, snapshot)}` : '';
  const message = `it made no progress for ${live.spec?.progressDeadlineSeconds ?? 600} s (progressDeadlineSeconds)${words}`;
  return [workloadProblem(live, 'ProgressDeadlineExceeded', message, unready)];
}
