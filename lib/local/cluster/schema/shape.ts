import type { Kind } from '../kinds';
import { type FieldType, fieldsOf } from './schema';

/**
 * How server-side apply sees a value: what is owned whole (`leaf`), what is owned field by field, and how elements of a list are told
 * apart. https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
export type Shape =
  | { readonly form: 'leaf'; readonly type: LeafType }
  | { readonly form: 'struct'; readonly field: (name: string) => Shape | undefined }
  | { readonly form: 'map'; readonly of: Shape }
  | { readonly form: 'set' }
  | {
      readonly form: 'keyed';
      readonly keys: readonly string[];
      readonly defaults: Readonly<Record<string, unknown>>;
      readonly item: Shape;
    };

/** What a leaf has to be, in the words of the API's complaint. */
export type LeafType = 'string' | 'boolean' | 'numeric' | 'list' | 'map' | 'any';

export const ANY: Shape = { form: 'leaf', type: 'any' };
/** What has no declared type: its maps are owned entry by entry, its lists whole. */
export const DEDUCED: Shape = { form: 'struct', field: () => DEDUCED };

/** The shape of a kind's objects. */
export const shapeOf = (kind: Kind): Shape => kind.custom?.shape ?? shapeOfType(kind.kind);

const structs = new Map<string, Shape>();

/** The shape of a published type, by its name in fields.json. */
export function shapeOfType(name: string): Shape {
  let shape = structs.get(name);
  if (!shape) {
    const fields = fieldsOf(name);
    const known = new Map<string, Shape>();
    shape = {
      form: 'struct',
      field: (field) => {
        const type = fields.get(field)?.type;
        if (!type) return undefined;
        const found = known.get(field) ?? shapeOfField(`${name}.${field}`, type);
        known.set(field, found);
        return found;
      },
    };
    structs.set(name, shape);
  }
  return shape;
}

function shapeOfField(path: string, type: FieldType): Shape {
  switch (type.form) {
    case 'list': {
      const keys = LIST_KEYS[path];
      if (keys === undefined) return { form: 'leaf', type: 'list' };
      if (keys === '') return { form: 'set' };
      const defaults = keys.split(' ').map((key) => [key, KEY_DEFAULTS[key] ?? '']);
      return {
        form: 'keyed',
        keys: keys.split(' '),
        defaults: Object.fromEntries(defaults),
        item: shapeOfField('', type.of),
      };
    }
    case 'map':
      return ATOMIC_MAPS.has(path) ? { form: 'leaf', type: 'map' } : { form: 'map', of: shapeOfField('', type.of) };
    case 'struct':
      return ATOMIC_STRUCTS.has(type.name) ? { form: 'leaf', type: 'map' } : shapeOfType(type.name);
    case 'scalar':
      return { form: 'leaf', type: SCALARS[type.name] ?? 'any' };
    default:
      return type satisfies never;
  }
}

const SCALARS: Readonly<Record<string, LeafType>> = {
  string: 'string',
  bytes: 'string',
  time: 'string',
  microtime: 'string',
  boolean: 'boolean',
  int32: 'numeric',
  int64: 'numeric',
  number: 'numeric',
  double: 'numeric',
};

/**
 * Lists that are merged by element: `x-kubernetes-list-map-keys` of the published schema by `Type.field`, '' for a set. All
 * others are atomic. They differ from the keys of strategic merge: ports need their protocol too, taints are atomic.
 */
const LIST_KEYS: Readonly<Record<string, string>> = {
  'ObjectMeta.ownerReferences': 'uid',
  'ObjectMeta.finalizers': '',
  'PodSpec.containers': 'name',
  'PodSpec.initContainers': 'name',
  'PodSpec.ephemeralContainers': 'name',
  'PodSpec.volumes': 'name',
  'PodSpec.imagePullSecrets': 'name',
  'PodSpec.hostAliases': 'ip',
  'PodSpec.topologySpreadConstraints': 'topologyKey whenUnsatisfiable',
  'PodSpec.schedulingGates': 'name',
  'PodSpec.resourceClaims': 'name',
  'Container.env': 'name',
  'Container.ports': 'containerPort protocol',
  'Container.volumeMounts': 'mountPath',
  'Container.volumeDevices': 'devicePath',
  'EphemeralContainer.env': 'name',
  'EphemeralContainer.ports': 'containerPort protocol',
  'EphemeralContainer.volumeMounts': 'mountPath',
  'EphemeralContainer.volumeDevices': 'devicePath',
  'ResourceRequirements.claims': 'name',
  'ServiceSpec.ports': 'port protocol',
  'ServiceAccount.secrets': 'name',
  'NodeSpec.podCIDRs': '',
  'Endpoint.addresses': '',
  'ContainerStatus.allocatedResourcesStatus': 'name',
  'ContainerStatus.volumeMounts': 'mountPath',
  'ResourceStatus.resources': 'resourceID',
  'ContainerRestartRuleOnExitCodes.values': '',
  'PodFailurePolicyOnExitCodesRequirement.values': '',
  'PodStatus.podIPs': 'ip',
  'PodStatus.resourceClaimStatuses': 'name',
  'NodeStatus.addresses': 'type',
  'UncountedTerminatedPods.failed': '',
  'UncountedTerminatedPods.succeeded': '',
  ...Object.fromEntries(
    [
      'Deployment',
      'ReplicaSet',
      'StatefulSet',
      'DaemonSet',
      'Pod',
      'Node',
      'Namespace',
      'Service',
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
      'PersistentVolumeClaim',
      'CustomResourceDefinition',
    ].map((kind) => [`${kind}Status.conditions`, 'type']),
  ),
};

/** Defaults of keys in the published schema; others are empty texts, so that validation is what complains. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP', containerPort: 0, port: 0 };

/** `x-kubernetes-map-type: atomic` of fields. */
const ATOMIC_MAPS: ReadonlySet<string> = new Set(['PodSpec.nodeSelector', 'ServiceSpec.selector']);

/** `x-kubernetes-map-type: atomic` of types. */
const ATOMIC_STRUCTS: ReadonlySet<string> = new Set([
  'ConfigMapKeySelector',
  'EndpointAddress',
  'EndpointPort',
  'FileKeySelector',
  'LabelSelector',
  'LocalObjectReference',
  'NodeSelector',
  'NodeSelectorTerm',
  'ObjectFieldSelector',
  'ObjectReference',
  'OwnerReference',
  'RbacV1Subject',
  'ResourceFieldSelector',
  'RoleRef',
  'ScopeSelector',
  'ServiceBackendPort',
  'SecretKeySelector',
  'SecretReference',
  'TypedLocalObjectReference',
]);
