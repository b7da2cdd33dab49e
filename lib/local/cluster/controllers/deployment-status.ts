import { timestamp } from '../clock';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../types';
import { findCondition, setCondition, withoutCondition } from './conditions';
import { boundsOf } from './rolling';

/** A Deployment's status from its ReplicaSets, and the milliseconds until its progress deadline if that is running. */
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
  const complete =
    counts.updatedReplicas === spec.replicas &&
    counts.replicas === spec.replicas &&
    counts.availableReplicas === spec.replicas &&
    // Numbers are of this template only once its ReplicaSet exists.
    (current !== undefined || spec.paused === true);
  const moved =
    counts.updatedReplicas > (before.updatedReplicas ?? 0) ||
    counts.readyReplicas > (before.readyReplicas ?? 0) ||
    counts.availableReplicas > (before.availableReplicas ?? 0) ||
    oldReplicas(counts) < oldReplicas(before);
  const time = timestamp(now);
  const conditions = availability(before.conditions, available, deployment, time);
  const progress = progressing(deployment, conditions, current, complete, moved, now);
  return {
    status: {
      observedGeneration: metadata.generation ?? 0,
      ...nonZero(counts),
      ...(before.collisionCount ? { collisionCount: before.collisionCount } : {}),
      conditions: failing(progress.conditions, sets, time),
    },
    ...(progress.again === undefined ? {} : { again: progress.again }),
  };
}

const oldReplicas = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);

const nonZero = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));

function availability(
  list: readonly Condition[] | undefined,
  available: number,
  deployment: Deployment,
  time: string,
): Condition[] {
  const { replicas, strategy } = deployment.spec;
  const enough = available >= replicas - boundsOf(strategy, replicas).unavailable;
  const condition: Condition = enough
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
  return setCondition(list, condition, time);
}

function progressing(
  deployment: Deployment,
  list: readonly Condition[],
  current: ReplicaSet | undefined,
  complete: boolean,
  moved: boolean,
  now: number,
): { conditions: Condition[]; again?: number } {
  const { spec, metadata, status: before } = deployment;
  const existing = findCondition(list, 'Progressing');
  const time = timestamp(now);
  const set = (status: 'True' | 'False' | 'Unknown', reason: string, message: string, touch = false) => {
    const rest = touch ? withoutCondition(list, 'Progressing') : list;
    const next = setCondition(rest, { type: 'Progressing', status, reason, message }, time);
    // Progress of the same status moves the update time alone.
    const kept = existing?.status === status ? existing.lastTransitionTime : undefined;
    return next.map((c) => (c.type === 'Progressing' && kept ? { ...c, lastTransitionTime: kept } : c));
  };
  const name = current?.metadata.name ?? metadata.name;
  if (spec.paused) {
    return { conditions: set('Unknown', 'DeploymentPaused', 'Deployment is paused') };
  }
  if (complete) {
    return { conditions: set('True', 'NewReplicaSetAvailable', `ReplicaSet "${name}" has successfully progressed.`) };
  }
  const fresh = before?.observedGeneration !== metadata.generation;
  if (!existing || existing.reason === 'DeploymentPaused' || fresh) {
    return deadline(
      set('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`, true),
      spec.progressDeadlineSeconds,
      now,
    );
  }
  if (moved) {
    return deadline(
      set('True', 'ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`, true),
      spec.progressDeadlineSeconds,
      now,
    );
  }
  if (existing.reason === 'NewReplicaSetAvailable' || existing.reason === 'ProgressDeadlineExceeded') {
    // A finished rollout does not time out when a pod fails later; a failed one stays failed until something moves.
    return { conditions: [...list] };
  }
  const checked = deadline([...list], spec.progressDeadlineSeconds, now);
  if (checked.again !== 0) return checked;
  return { conditions: set('False', 'ProgressDeadlineExceeded', `ReplicaSet "${name}" has timed out progressing.`) };
}

/** Milliseconds left: 0 when the deadline has passed, absent when there is none. */
function deadline(
  conditions: Condition[],
  seconds: number | undefined,
  now: number,
): { conditions: Condition[]; again?: number } {
  const since = Date.parse(findCondition(conditions, 'Progressing')?.lastUpdateTime ?? '');
  if (seconds === undefined || seconds >= 2_147_483_647 || Number.isNaN(since)) return { conditions };
  return { conditions, again: Math.max(0, since + seconds * 1000 - now) };
}

function failing(list: Condition[], sets: readonly ReplicaSet[], time: string): Condition[] {
  const failure = sets.flatMap((set) => set.status?.conditions ?? []).find((c) => c.type === 'ReplicaFailure');
  if (!failure) return withoutCondition(list, 'ReplicaFailure');
  return setCondition(list, { ...failure }, time);
}
