import type { KubeObject } from '../objects';
import { groupOf } from './fields';
import { PHASE_ANNOTATION } from './keys';
import { isJob } from './name-jobs';
import { runsPods } from './pod-template';
import { isBuiltIn, scopeOf } from './scope';

/** What is applied together; each part after the one before. */
type Part =
  | 'definitions'
  | 'cluster'
  | 'policies'
  | 'accounts'
  | 'configuration'
  | 'volumes'
  | 'services'
  | 'custom'
  | 'before'
  | 'workloads'
  | 'around';

const PARTS: readonly Part[] = [
  'definitions',
  'cluster',
  'policies',
  'accounts',
  'configuration',
  'volumes',
  'services',
  'custom',
  'before',
  'workloads',
  'around',
];

const KINDS: Readonly<Record<string, Part>> = {
  '/ResourceQuota': 'policies',
  '/LimitRange': 'policies',
  'networking.k8s.io/NetworkPolicy': 'policies',
  '/ServiceAccount': 'accounts',
  'rbac.authorization.k8s.io/Role': 'accounts',
  'rbac.authorization.k8s.io/RoleBinding': 'accounts',
  '/ConfigMap': 'configuration',
  '/Secret': 'configuration',
  '/PersistentVolumeClaim': 'volumes',
  // Before the pods, whose environment names the Services that are there when they start.
  '/Service': 'services',
  'keda.sh/ScaledObject': 'around',
};

/** Whether a Job runs, and ends, before the workloads: a migration. */
export const comesBefore = (object: KubeObject): boolean =>
  isJob(object) && object.metadata.annotations?.[PHASE_ANNOTATION] === 'before';

/** The part of a release that an object belongs to. Custom kinds come before the pods, which may need what is made of them. */
function partOf(object: KubeObject, isClusterScoped: boolean): Part {
  if (object.kind === 'CustomResourceDefinition') return 'definitions';
  if (isClusterScoped) return 'cluster';
  if (comesBefore(object)) return 'before';
  if (runsPods(object)) return 'workloads';
  return KINDS[`${groupOf(object)}/${object.kind}`] ?? (isBuiltIn(object) ? 'around' : 'custom');
}

/** The objects in the order in which they are applied; within a part as they came. */
export function inOrder(objects: readonly KubeObject[]): KubeObject[] {
  const scope = scopeOf(objects);
  const rank = (object: KubeObject): number => PARTS.indexOf(partOf(object, scope(object) === 'Cluster'));
  return objects
    .map((object, index) => ({ object, index, rank: rank(object) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ object }) => object);
}
