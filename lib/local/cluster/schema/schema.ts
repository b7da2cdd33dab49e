import fields from './fields.json';

/**
 * Field names and types of the kinds that are served, condensed from the OpenAPI document that the Kubernetes project
 * publishes (v1.34, Apache-2.0): type name -> `field[!]:type …`. `!` is required; `[T]` a list, `{T}` a map, `intstr` an
 * integer or a string, `any` unchecked; a capital letter starts the name of another type.
 */
const TABLE: Readonly<Record<string, string>> = fields;

export type FieldType =
  | { readonly form: 'scalar'; readonly name: string }
  | { readonly form: 'list' | 'map'; readonly of: FieldType }
  | { readonly form: 'struct'; readonly name: string };

export interface Field {
  readonly type: FieldType;
  readonly required: boolean;
}

const parsed = new Map<string, ReadonlyMap<string, Field>>();

/** Fields of a type by name. */
export function fieldsOf(name: string): ReadonlyMap<string, Field> {
  let found = parsed.get(name);
  if (!found) {
    const text = TABLE[name];
    if (text === undefined) throw new Error(`no schema of type ${name}`);
    found = new Map(text.split(' ').map(parseField));
    parsed.set(name, found);
  }
  return found;
}

function parseField(text: string): [string, Field] {
  const colon = text.indexOf(':');
  const name = text.slice(0, colon);
  const required = name.endsWith('!');
  return [required ? name.slice(0, -1) : name, { type: parseType(text.slice(colon + 1)), required }];
}

function parseType(text: string): FieldType {
  if (text.startsWith('[')) return { form: 'list', of: parseType(text.slice(1, -1)) };
  if (text.startsWith('{')) return { form: 'map', of: parseType(text.slice(1, -1)) };
  return /^[A-Z]/.test(text) ? { form: 'struct', name: text } : { form: 'scalar', name: text };
}

/**
 * Keys of lists whose elements are merged one by one (`patchMergeKey` of the published schema), by `Type.field`. Lists that
 * are not named here are replaced whole. `''` marks a list of scalars that is merged as a set.
 */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  'ObjectMeta.ownerReferences': 'uid',
  'ObjectMeta.finalizers': '',
  'PodSpec.containers': 'name',
  'PodSpec.initContainers': 'name',
  'PodSpec.ephemeralContainers': 'name',
  'PodSpec.volumes': 'name',
  'PodSpec.imagePullSecrets': 'name',
  'PodSpec.hostAliases': 'ip',
  'PodSpec.topologySpreadConstraints': 'topologyKey',
  'PodSpec.schedulingGates': 'name',
  'PodSpec.resourceClaims': 'name',
  'Container.env': 'name',
  'Container.ports': 'containerPort',
  'Container.volumeMounts': 'mountPath',
  'Container.volumeDevices': 'devicePath',
  'ServiceSpec.ports': 'port',
  'ServiceAccount.secrets': 'name',
  'ServiceAccount.imagePullSecrets': 'name',
  'DeploymentStatus.conditions': 'type',
  'ReplicaSetStatus.conditions': 'type',
  'StatefulSetStatus.conditions': 'type',
  'DaemonSetStatus.conditions': 'type',
  'JobStatus.conditions': 'type',
  'PodStatus.conditions': 'type',
  'PodStatus.podIPs': 'ip',
  'NodeStatus.conditions': 'type',
  'NodeStatus.addresses': 'type',
  'NodeSpec.taints': 'key',
  'NodeSpec.podCIDRs': '',
  'NamespaceStatus.conditions': 'type',
  'PodDisruptionBudgetStatus.conditions': 'type',
  'HorizontalPodAutoscalerStatus.conditions': 'type',
  'PersistentVolumeClaimStatus.conditions': 'type',
  'ServiceStatus.conditions': 'type',
  'CustomResourceDefinitionStatus.conditions': 'type',
};

export const mergeKeyOf = (type: string, field: string): string | undefined => MERGE_KEYS[`${type}.${field}`];
