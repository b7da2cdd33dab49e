import type { KubeObject } from '../objects';
import { fieldsAt, groupOf } from './fields';

/** Kinds of Kubernetes 1.35 that belong to no namespace (`kubectl api-resources --namespaced=false`). */
const CLUSTER_SCOPED: Readonly<Record<string, readonly string[]>> = {
  '': ['ComponentStatus', 'Namespace', 'Node', 'PersistentVolume'],
  'admissionregistration.k8s.io': [
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'networking.k8s.io': ['IPAddress', 'IngressClass', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'DeviceTaintRule', 'ResourceSlice'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
  'storagemigration.k8s.io': ['StorageVersionMigration'],
};

export type Scope = (object: Pick<KubeObject, 'apiVersion' | 'kind'>) => 'Namespaced' | 'Cluster';

/**
 * Which kinds belong to a namespace. Custom kinds do unless a definition among the objects says `scope: Cluster`; the API server
 * ignores a namespace on those whose definition is elsewhere.
 */
export function scopeOf(objects: readonly KubeObject[]): Scope {
  const custom = new Set(
    objects
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
      .map((definition) => fieldsAt(definition, 'spec'))
      .filter((spec) => spec?.['scope'] === 'Cluster')
      .map((spec) => `${spec?.['group']}/${fieldsAt(spec, 'names')?.['kind']}`),
  );
  return (object) => {
    const group = groupOf(object);
    return CLUSTER_SCOPED[group]?.includes(object.kind) || custom.has(`${group}/${object.kind}`)
      ? 'Cluster'
      : 'Namespaced';
  };
}

/** Whether a group is Kubernetes' own, as opposed to one of custom kinds. */
export const isBuiltIn = (object: Pick<KubeObject, 'apiVersion'>): boolean => {
  const group = groupOf(object);
  return BUILT_IN_GROUPS.has(group) || Object.hasOwn(CLUSTER_SCOPED, group);
};

const BUILT_IN_GROUPS = new Set([
  'apps',
  'autoscaling',
  'batch',
  'policy',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
]);
