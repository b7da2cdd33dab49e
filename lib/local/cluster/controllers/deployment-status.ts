import { timestamp } from '../clock';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../types';
import { findCondition, withoutCondition } from './conditions';
import { boundsOf } from './rolling';

/** progressDeadlineSeconds that means none. */
const NO_DEADLINE = 2_147_483_647;

/**
 * A Deployment's status from its ReplicaSets, and the milliseconds until its progress deadline if that is running. Conditions as
 * `pkg/controller/deployment` of Kubernetes 1.35 sets them (sync.go, progress.go).
 */
export function deploymentStatus(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  current: ReplicaSet | undefined,
  now: number,
): { status: DeploymentStatus; again?: number } {
  const { spec, metadata, status: before = {} } = deployment;
  const total = (field: 'replicas' | 'readyReplicas' | 'availableReplicas') =>
    sets.reduce((sum, set) => sum + (set.status?.[field] ?? 0), 0);
  const available = total('availableReplicas');
  const counts = {
    replicas: total('replicas'),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: total('readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sets.reduce((sum, set) => sum + set.spec.replicas, 0) - available),
  };
  let conditions = put(before.conditions, availability(deployment, available), now);
  if (spec.paused) {
    // sync() of a paused Deployment judges no progress.
    conditions = pausing(deployment, conditions, now);
  } else {
    conditions = progress(deployment, pausing(deployment, conditions, now), counts, current, now);
    conditions = failing(conditions, sets, current, now);
  }
  const again = spec.paused ? undefined : untilDeadline(deployment, conditions, now);
  return {
    status: {
      observedGeneration: metadata.generation ?? 0,
      ...nonZero(counts),
      ...(before.collisionCount ? { collisionCount: before.collisionCount } : {}),
      ...(conditions.length > 0 ? { conditions } : {}),
    },
    ...(again === undefined ? {} : { again }),
  };
}

/** A ReplicaSet was made for the template: the deadline runs anew. */
export const newReplicaSet = (deployment: Deployment, name: string, now: number): Condition[] =>
  hasDeadline(deployment)
    ? put(
        deployment.status?.conditions,
        progressing('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`),
        now,
      )
    : [...(deployment.status?.conditions ?? [])];

const hasDeadline = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds < NO_DEADLINE;

const progressing = (status: Condition['status'], reason: string, message: string): Condition => ({
  type: 'Progressing',
  status,
  reason,
  message,
});

/** SetDeploymentCondition: one of the same status and reason stays as it is, message and times included. */
function put(list: readonly Condition[] | undefined, condition: Condition, now: number): Condition[] {
  const current = findCondition(list, condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) return [...(list ?? [])];
  const time = timestamp(now);
  const since = current?.status === condition.status ? (current.lastTransitionTime ?? time) : time;
  const entry = { ...condition, lastUpdateTime: time, lastTransitionTime: since };
  return [...withoutCondition(list, condition.type), entry];
}

type Counts = Required<Pick<DeploymentStatus, 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'>>;

const nonZero = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));

function availability({ spec }: Deployment, available: number): Condition {
  const missing = spec.strategy.type === 'Recreate' ? 0 : boundsOf(spec.strategy, spec.replicas).unavailable;
  return available >= spec.replicas - missing
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

/** checkPausedConditions: the deadline does not run while it is paused, and starts anew when it goes on. */
function pausing(deployment: Deployment, list: readonly Condition[], now: number): Condition[] {
  const reason = findCondition(list, 'Progressing')?.reason;
  if (!hasDeadline(deployment) || reason === 'ProgressDeadlineExceeded') return [...list];
  const paused = reason === 'DeploymentPaused';
  if (deployment.spec.paused && !paused) {
    return put(list, progressing('Unknown', 'DeploymentPaused', 'Deployment is paused'), now);
  }
  if (!deployment.spec.paused && paused) {
    return put(list, progressing('Unknown', 'DeploymentResumed', 'Deployment is resumed'), now);
  }
  return [...list];
}

/** syncRolloutStatus. */
function progress(
  deployment: Deployment,
  list: readonly Condition[],
  counts: Counts,
  current: ReplicaSet | undefined,
  now: number,
): Condition[] {
  const { spec, metadata, status: before = {} } = deployment;
  const condition = findCondition(list, 'Progressing');
  if (!hasDeadline(deployment)) return [...list];
  if (counts.replicas === counts.updatedReplicas && condition?.reason === 'NewReplicaSetAvailable') return [...list];
  const what = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${metadata.name}"`;
  const complete = [counts.updatedReplicas, counts.replicas, counts.availableReplicas].every(
    (n) => n === spec.replicas,
  );
  // Numbers are of this template only once its ReplicaSet exists.
  if (complete && current) {
    return put(list, progressing('True', 'NewReplicaSetAvailable', `${what} has successfully progressed.`), now);
  }
  if (moved(before, counts)) {
    const fresh = progressing('True', 'ReplicaSetUpdated', `${what} is progressing.`);
    const since = condition?.status === 'True' ? condition.lastTransitionTime : undefined;
    const next = put(withoutCondition(list, 'Progressing'), fresh, now);
    return next.map((c) => (c.type === 'Progressing' && since ? { ...c, lastTransitionTime: since } : c));
  }
  if (condition?.reason === 'ProgressDeadlineExceeded' || untilDeadline(deployment, list, now) === 0) {
    return put(list, progressing('False', 'ProgressDeadlineExceeded', `${what} has timed out progressing.`), now);
  }
  if (condition || !current) return [...list];
  return put(list, progressing('True', 'FoundNewReplicaSet', `Found new replica set "${current.metadata.name}"`), now);
}

const moved = (before: DeploymentStatus, counts: Counts): boolean =>
  counts.updatedReplicas > (before.updatedReplicas ?? 0) ||
  counts.readyReplicas > (before.readyReplicas ?? 0) ||
  counts.availableReplicas > (before.availableReplicas ?? 0) ||
  oldReplicas(counts) < oldReplicas(before);

const oldReplicas = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);

/** Milliseconds left of the progress deadline, 0 when it has passed; undefined: none is running. */
function untilDeadline(deployment: Deployment, conditions: readonly Condition[], now: number): number | undefined {
  const condition = findCondition(conditions, 'Progressing');
  const since = Date.parse(condition?.lastUpdateTime ?? '');
  const { progressDeadlineSeconds = NO_DEADLINE } = deployment.spec;
  // A finished rollout does not time out when a pod fails later; a failed one stays failed until something moves.
  const over = ['NewReplicaSetAvailable', 'ProgressDeadlineExceeded', 'DeploymentPaused'];
  if (!hasDeadline(deployment) || Number.isNaN(since) || over.includes(condition?.reason ?? '')) return undefined;
  return Math.max(0, since + progressDeadlineSeconds * 1000 - now);
}

/** The new ReplicaSet's failure comes before an old one's. */
function failing(
  list: readonly Condition[],
  sets: readonly ReplicaSet[],
  current: ReplicaSet | undefined,
  now: number,
): Condition[] {
  const failure = [...(current ? [current] : []), ...sets]
    .flatMap((set) => set.status?.conditions ?? [])
    .find((c) => c.type === 'ReplicaFailure');
  if (!failure) return withoutCondition(list, 'ReplicaFailure');
  const { type, status, reason, message } = failure;
  return put(list, { type, status, ...(reason ? { reason } : {}), ...(message ? { message } : {}) }, now);
}
