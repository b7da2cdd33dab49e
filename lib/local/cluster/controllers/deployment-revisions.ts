import { equal } from '../equal';
import type { Deployment, PodTemplate, ReplicaSet } from '../types';

export const REVISION = 'deployment.kubernetes.io/revision';
export const HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
export const MAXIMUM = 'deployment.kubernetes.io/max-replicas';
/** Label of ReplicaSets and their pods. */
export const HASH = 'pod-template-hash';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The number of a ReplicaSet's template. */
export const revisionOf = (set: ReplicaSet): number => Number(set.metadata.annotations?.[REVISION] ?? 0);
export const highest = (sets: readonly ReplicaSet[]): number => Math.max(0, ...sets.map(revisionOf));

/** Annotations that a ReplicaSet takes over from its Deployment. */
export const copied = (deployment: Deployment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(deployment.metadata.annotations ?? {}).filter(
      ([key]) => ![LAST_APPLIED, REVISION, HISTORY, DESIRED, MAXIMUM].includes(key),
    ),
  );

/** Whether two templates are the same but for the hash. */
export function sameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return equal(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplate): PodTemplate {
  const labels = { ...template.metadata?.labels };
  delete labels[HASH];
  return { ...template, metadata: { ...template.metadata, labels } };
}
