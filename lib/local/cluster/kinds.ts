import type { Column } from './api/columns';
import type { Structural } from './custom/structural';
import type { Decoded } from './schema/decode';
import type { Shape } from './schema/shape';
import type { FieldError } from './status';
import type { KubeObject } from './types';

/** A kind of the API and how it is served. Kinds are unique across the groups that are served, so `kind` identifies it. */
export interface Kind {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
  /** metadata.generation counts changes of everything but metadata and status. */
  readonly counted: boolean;
  /** What a custom resource definition says of its kind; a built-in kind is described by schema/. */
  readonly custom?: CustomKind;
}

export interface CustomKind {
  /** apiVersion that its objects are stored with. */
  readonly storedAs: string;
  readonly schema: Structural;
  readonly decode: (raw: unknown) => Decoded;
  readonly errors: (object: KubeObject) => FieldError[];
  readonly shape: Shape;
  readonly columns: readonly Column[];
  readonly scale?: ScalePaths;
}

/** Where the `scale` subresource finds its fields: `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

export type Subresource = 'status' | 'scale' | 'log' | 'proxy' | 'eviction' | 'token';

type Extra = Partial<Omit<Kind, 'kind' | 'group' | 'version' | 'plural'>>;

function kind(group: string, version: string, name: string, plural: string, extra: Extra = {}): Kind {
  return {
    kind: name,
    group,
    version,
    plural,
    singular: name.toLowerCase(),
    shortNames: [],
    namespaced: true,
    categories: [],
    subresources: [],
    counted: false,
    ...extra,
  };
}

const WORKLOAD: Extra = { categories: ['all'], counted: true };
const status: readonly Subresource[] = ['status'];
const scaled: readonly Subresource[] = ['status', 'scale'];

export const KINDS: readonly Kind[] = [
  kind('', 'v1', 'ConfigMap', 'configmaps', { shortNames: ['cm'] }),
  kind('', 'v1', 'Endpoints', 'endpoints', { shortNames: ['ep'], singular: 'endpoints' }),
  kind('', 'v1', 'Event', 'events', { shortNames: ['ev'] }),
  kind('', 'v1', 'LimitRange', 'limitranges', { shortNames: ['limits'] }),
  kind('', 'v1', 'Namespace', 'namespaces', { shortNames: ['ns'], namespaced: false, subresources: status }),
  kind('', 'v1', 'Node', 'nodes', { shortNames: ['no'], namespaced: false, subresources: status }),
  kind('', 'v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', { shortNames: ['pvc'], subresources: status }),
  kind('', 'v1', 'Pod', 'pods', {
    ...WORKLOAD,
    shortNames: ['po'],
    subresources: ['status', 'log', 'proxy', 'eviction'],
  }),
  kind('', 'v1', 'ResourceQuota', 'resourcequotas', { shortNames: ['quota'], subresources: status }),
  kind('', 'v1', 'Secret', 'secrets'),
  kind('', 'v1', 'Service', 'services', {
    shortNames: ['svc'],
    categories: ['all'],
    subresources: ['status', 'proxy'],
  }),
  kind('', 'v1', 'ServiceAccount', 'serviceaccounts', { shortNames: ['sa'], subresources: ['token'] }),
  kind('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', 'customresourcedefinitions', {
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    namespaced: false,
    subresources: status,
    counted: true,
  }),
  kind('apps', 'v1', 'Deployment', 'deployments', { ...WORKLOAD, shortNames: ['deploy'], subresources: scaled }),
  kind('apps', 'v1', 'ReplicaSet', 'replicasets', { ...WORKLOAD, shortNames: ['rs'], subresources: scaled }),
  kind('apps', 'v1', 'StatefulSet', 'statefulsets', { ...WORKLOAD, shortNames: ['sts'], subresources: scaled }),
  kind('apps', 'v1', 'DaemonSet', 'daemonsets', { ...WORKLOAD, shortNames: ['ds'], subresources: status }),
  kind('apps', 'v1', 'ControllerRevision', 'controllerrevisions'),
  kind('autoscaling', 'v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', {
    shortNames: ['hpa'],
    categories: ['all'],
    subresources: status,
  }),
  kind('batch', 'v1', 'Job', 'jobs', { ...WORKLOAD, subresources: status }),
  kind('batch', 'v1', 'CronJob', 'cronjobs', { ...WORKLOAD, shortNames: ['cj'], subresources: status }),
  kind('coordination.k8s.io', 'v1', 'Lease', 'leases'),
  kind('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices'),
  kind('networking.k8s.io', 'v1', 'Ingress', 'ingresses', {
    shortNames: ['ing'],
    subresources: status,
    counted: true,
  }),
  kind('networking.k8s.io', 'v1', 'NetworkPolicy', 'networkpolicies', { shortNames: ['netpol'], counted: true }),
  kind('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets', {
    shortNames: ['pdb'],
    subresources: status,
    counted: true,
  }),
  kind('rbac.authorization.k8s.io', 'v1', 'ClusterRole', 'clusterroles', { namespaced: false }),
  kind('rbac.authorization.k8s.io', 'v1', 'ClusterRoleBinding', 'clusterrolebindings', { namespaced: false }),
  kind('rbac.authorization.k8s.io', 'v1', 'Role', 'roles'),
  kind('rbac.authorization.k8s.io', 'v1', 'RoleBinding', 'rolebindings'),
  kind('scheduling.k8s.io', 'v1', 'PriorityClass', 'priorityclasses', { shortNames: ['pc'], namespaced: false }),
];

const byName = new Map(KINDS.map((k) => [k.kind, k]));

/** The kind of that name; only for names that are in the table. */
export function kindOf(name: string): Kind {
  const found = byName.get(name);
  if (!found) throw new Error(`the cluster has no kind ${name}`);
  return found;
}

export const apiVersionOf = (k: Kind): string => (k.group ? `${k.group}/${k.version}` : k.version);

/** `deployments.apps`: a resource as error messages name it. */
export const resourceName = (k: Kind): string => (k.group ? `${k.plural}.${k.group}` : k.plural);

/** `Deployment.apps`. */
export const qualifiedKind = (k: Kind): string => (k.group ? `${k.kind}.${k.group}` : k.kind);
