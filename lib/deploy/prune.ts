import { err, ok, type Result } from '../result';
import { itemsIn } from './apply';
import type { Kubectl, KubectlFailure } from './kubectl';
import { type KubeObject, type ObjectReference, SET_LABELS } from './objects';
import { groupOf } from './render/fields';
import { KEEP_UNTIL_ANNOTATION } from './roll-out';

/** Kinds that are looked through whatever the releases have, as `resource.group`. Never persistent volume claims: data. */
const KINDS: readonly string[] = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'services',
  'configmaps',
  'secrets',
  'serviceaccounts',
  'ingresses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'horizontalpodautoscalers.autoscaling',
  'poddisruptionbudgets.policy',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
];
const KNOWN_KINDS = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'Service',
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'Ingress',
  'NetworkPolicy',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Role',
  'RoleBinding',
]);
const NEVER: readonly string[] = ['PersistentVolumeClaim', 'Lease', 'Namespace', 'CustomResourceDefinition'];

export interface PruneRequest {
  readonly service: string;
  readonly environment: string;
  readonly namespace: string;
  /** What the release is made of. */
  readonly keep: readonly KubeObject[];
  /** Earlier releases: their hash-named ConfigMaps and Secrets stay, for `kubectl rollout undo` by hand; their kinds are looked through. */
  readonly earlier: readonly (readonly KubeObject[])[];
  /** Of releases that are not kept: only their kinds count. */
  readonly kindsOf: readonly ObjectReference[];
  readonly now: Date;
}

/** Live objects of the service and environment that no release needs any more, and why others among them stay. */
export async function findPrunable(
  request: PruneRequest,
  kubectl: Kubectl,
): Promise<Result<{ readonly prunable: readonly KubeObject[]; readonly unseen?: string }, KubectlFailure>> {
  const objects = [...request.keep, ...request.earlier.flat(), ...request.kindsOf];
  const custom = [
    ...new Set(objects.filter(({ kind }) => !KNOWN_KINDS.has(kind) && !NEVER.includes(kind)).map(kindArg)),
  ];
  const answers = [await list(request, KINDS, kubectl)];
  // One by one: a kind whose definition is gone must not hide the others.
  for (const kind of custom) answers.push(await list(request, [kind], kubectl));
  const live: KubeObject[] = [];
  const unseen: string[] = [];
  for (const answer of answers) {
    if (answer.ok) live.push(...itemsIn(answer.value));
    else {
      const failure = answer.errors[0] as KubectlFailure;
      if (failure.kind !== 'forbidden' && failure.kind !== 'not-found') return err(failure);
      live.push(...itemsIn(failure.stdout));
      if (failure.kind === 'forbidden') unseen.push(failure.message);
    }
  }
  return ok({
    prunable: pruneList(live, request),
    ...(unseen.length > 0 ? { unseen: unseen.join('; ') } : {}),
  });
}

const list = ({ service, environment, namespace }: PruneRequest, kinds: readonly string[], kubectl: Kubectl) => {
  const selector = `${SET_LABELS.service}=${service},${SET_LABELS.environment}=${environment}`;
  return kubectl.run(
    [
      'get',
      kinds.join(','),
      '--namespace',
      namespace,
      '--selector',
      selector,
      '--output',
      'json',
      '--ignore-not-found',
    ],
    { quiet: true },
  );
};

/** `Kind.version.group`, as kubectl takes it where names of resources are not known; of the core group the kind alone. */
export const kindArg = ({ apiVersion, kind }: Pick<ObjectReference, 'apiVersion' | 'kind'>): string => {
  const [group, version] = apiVersion.split('/');
  return version === undefined ? kind : `${kind}.${version}.${group}`;
};

/** Which of the live objects go. Never a stranger's: both labels must be ours; never one that another object owns. */
export function pruneList(live: readonly KubeObject[], request: PruneRequest): KubeObject[] {
  const { service, environment, keep, earlier, now } = request;
  const kept = new Set(keep.map(identity));
  const keptConfiguration = new Set(earlier.flat().filter(isHashNamed).map(identity));
  return live.filter((object) => {
    const { labels, annotations, ownerReferences, deletionTimestamp } = object.metadata;
    if (labels?.[SET_LABELS.service] !== service || labels[SET_LABELS.environment] !== environment) return false;
    if (NEVER.includes(object.kind) || deletionTimestamp !== undefined || (ownerReferences ?? []).length > 0)
      return false;
    if (kept.has(identity(object)) || keptConfiguration.has(identity(object))) return false;
    return !(Date.parse(annotations?.[KEEP_UNTIL_ANNOTATION] ?? '') > now.getTime());
  });
}

/** Group, kind and name: an object is the same in every version of its API. */
const identity = (object: KubeObject): string => `${groupOf(object)}/${object.kind}/${object.metadata.name}`;

/** The suffix that kustomize gives, and Slipway where there is none: ten characters of this alphabet. */
export const isHashNamed = ({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): boolean =>
  (kind === 'ConfigMap' || kind === 'Secret') && /-[2456789bcdfghkmt]{10}$/.test(metadata.name);

/** Deletes objects, one command a kind; one that is gone already is no failure. Does not wait for their pods. */
export async function remove(
  references: readonly ObjectReference[],
  namespace: string,
  kubectl: Kubectl,
): Promise<Result<void, KubectlFailure>> {
  for (const kind of new Set(references.map(kindArg))) {
    const names = references.filter((reference) => kindArg(reference) === kind).map(({ name }) => name);
    const deleted = await kubectl.run(
      ['delete', kind, ...names, '--namespace', namespace, '--ignore-not-found', '--wait=false'],
      {},
    );
    if (!deleted.ok) return deleted;
  }
  return ok(undefined);
}

export const referenceTo = ({ apiVersion, kind, metadata }: KubeObject): ObjectReference => ({
  apiVersion,
  kind,
  ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  name: metadata.name,
});
