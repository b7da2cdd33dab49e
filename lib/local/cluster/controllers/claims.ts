import { kindOf } from '../kinds';
import type { Registry } from '../registry';
import type { Change } from '../store/store';
import type { KubeObject, PersistentVolumeClaim, Pod, StatefulSet } from '../types';
import { type Controller, keyFor, splitKey } from './manager';
import { isFinished } from './pods';

const PROTECTION = 'kubernetes.io/pvc-protection';

export const claimName = (template: string, set: StatefulSet, ordinal: number): string =>
  `${template}-${set.metadata.name}-${ordinal}`;

/** Makes the claims of one pod of a StatefulSet that are not there yet; gives why one was refused. */
export function makeClaims(registry: Registry, set: StatefulSet, ordinal: number): string | undefined {
  const { volumeClaimTemplates = [], selector, persistentVolumeClaimRetentionPolicy: policy } = set.spec;
  for (const template of volumeClaimTemplates) {
    const name = claimName(template.metadata.name, set, ordinal);
    if (registry.store.get('PersistentVolumeClaim', set.metadata.namespace, name)) continue;
    const { labels, annotations } = template.metadata;
    const made = registry.createOwn({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name,
        namespace: set.metadata.namespace,
        labels: { ...selector.matchLabels, ...labels },
        ...(annotations ? { annotations } : {}),
        ...(policy.whenDeleted === 'Delete' ? { ownerReferences: [ownedBy(set)] } : {}),
      },
      spec: structuredClone(template.spec),
    });
    if (!made.ok) return made.errors[0]?.message ?? 'refused';
  }
  return undefined;
}

/** A pod that goes by scaling takes its claims along where the set says so. */
export function releaseClaims(registry: Registry, set: StatefulSet, pod: Pod, ordinal: number): void {
  if (set.spec.persistentVolumeClaimRetentionPolicy.whenScaled !== 'Delete') return;
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const name = claimName(template.metadata.name, set, ordinal);
    const claim = registry.store.get('PersistentVolumeClaim', set.metadata.namespace, name);
    if (!claim) continue;
    registry.change(claim, (copy) => {
      copy.metadata.ownerReferences = [ownedBy(pod)];
    });
  }
}

const ownedBy = ({ apiVersion, kind, metadata }: KubeObject) => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
});

/**
 * Binds every claim to a folder of this machine at once, whatever its class, mode and size, and keeps a deleted one until the last
 * pod that uses it is done.
 */
export class ClaimController implements Controller {
  readonly name = 'claim';

  constructor(private readonly registry: Registry) {}

  keys({ object }: Change): readonly string[] {
    if (object.kind === 'PersistentVolumeClaim') return [keyFor(object)];
    return object.kind === 'Pod' ? claimsOf(object as Pod).map((name) => `${object.metadata.namespace}/${name}`) : [];
  }

  reconcile(key: string): undefined {
    const [namespace, name] = splitKey(key);
    const { store } = this.registry;
    const claim = store.get<PersistentVolumeClaim>(kindOf('PersistentVolumeClaim').kind, namespace, name);
    if (!claim) return;
    const inUse = () =>
      store.list<Pod>('Pod', namespace).some((pod) => !isFinished(pod) && claimsOf(pod).includes(name));
    if (claim.metadata.deletionTimestamp) {
      if (inUse()) return;
      this.registry.change(claim, (copy) => {
        copy.metadata.finalizers = copy.metadata.finalizers?.filter((each) => each !== PROTECTION) ?? [];
      });
      return;
    }
    if (claim.status?.phase === 'Bound') return;
    this.registry.change<PersistentVolumeClaim>(claim, (copy) => {
      copy.metadata.finalizers = [...new Set([...(copy.metadata.finalizers ?? []), PROTECTION])];
      copy.metadata.annotations = { ...copy.metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' };
      copy.spec.volumeName = `pvc-${copy.metadata.uid}`;
      copy.status = {
        phase: 'Bound',
        ...(copy.spec.accessModes ? { accessModes: copy.spec.accessModes } : {}),
        ...(copy.spec.resources?.requests ? { capacity: copy.spec.resources.requests } : {}),
      };
    });
  }
}

/** Names of the claims that a pod mounts. */
export const claimsOf = (pod: Pod): string[] =>
  (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => (claim ? [claim.claimName] : []));
