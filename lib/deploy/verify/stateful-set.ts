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
import { createEvents } from './create-problems';
import { isAlive, isReady, podsOf } from './pods';
import type { Pod, WorkloadObject } from './shapes';

/** A pod's revision; of a StatefulSet the name of a ControllerRevision. */
export const revisionOf = (pod: Pod): string | undefined => pod.metadata.labels?.['controller-revision-hash'];

export const partitionOf = ({ spec }: WorkloadObject): number => spec?.updateStrategy?.rollingUpdate?.partition ?? 0;

/** The number at the end of the name of a StatefulSet's pod, counted from where the set's numbers start. */
export const ordinalOf = (pod: Pod, { spec }: WorkloadObject): number =>
  Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? 0) - (spec?.ordinals?.start ?? 0);

/** https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies */
export function assessStatefulSet(
  live: WorkloadObject,
  expectation: Expectation,
  snapshot: Snapshot,
  rules: WorkloadRules,
): Assessment {
  const { status = {}, spec = {} } = live;
  const title = titleOf(live);
  const desired = spec.replicas ?? 1;
  const partition = partitionOf(live);
  const wanted = Math.max(0, desired - partition);
  const seen = (status.observedGeneration ?? 0) >= (live.metadata.generation ?? 0);
  const all = podsOf(snapshot, live);
  const alive = all.filter(isAlive);
  const updated = seen ? all.filter((pod) => revisionOf(pod) === status.updateRevision) : [];
  const pods = updated.filter(isAlive);
  const old = alive.length - pods.length;
  const unready = unreadyOf(pods);
  const problems = [
    ...wantsNone(live, desired),
    ...(desired > 0 && wanted === 0
      ? [
          workloadProblem(
            live,
            'Partition',
            `its partition ${partition} leaves all ${desired} pods as they are; lower it`,
          ),
        ]
      : []),
    ...(seen && spec.updateStrategy?.type === 'OnDelete' && old > 0 ? [onDelete(live)] : []),
    ...problemsOf(updated, expectation, snapshot, rules),
    ...(alive.length < desired ? createEvents(live, snapshot, rules) : []),
  ];
  const assessed = {
    problems,
    unready,
    ...(partition > 0
      ? { note: `${title}: partition ${partition} leaves the first ${partition} pods as they are` }
      : {}),
  };
  if (!seen)
    return { ...assessed, waitingFor: `${title}: the controller has not seen generation ${live.metadata.generation}` };
  if (desired < expectation.minimumPods)
    return {
      ...assessed,
      waitingFor: `${title}: it wants ${desired} pods, expected at least ${expectation.minimumPods}`,
    };
  const complete =
    alive.length === desired &&
    pods.length === wanted &&
    alive.every(isReady) &&
    (status.replicas ?? 0) === desired &&
    // An older server leaves it out while all are ready.
    (status.availableReplicas ?? status.readyReplicas ?? 0) === desired &&
    (status.updatedReplicas ?? 0) >= wanted &&
    (partition > 0 || status.currentRevision === status.updateRevision) &&
    digestsAreKnown(pods, expectation);
  if (complete) return assessed;
  const ready = pods.filter(isReady).length;
  return {
    ...assessed,
    waitingFor: `${title}: new pods ${pods.length} of ${wanted}, ready ${ready}, old pods: ${old}`,
  };
}

export const onDelete = (live: WorkloadObject) =>
  workloadProblem(
    live,
    'OnDelete',
    'its update strategy is OnDelete: Kubernetes does not replace its pods; set updateStrategy.type to RollingUpdate',
  );
