import { ok } from '../../result';
import { type Clock, timestamp } from './clock';
import type { Kind } from './kinds';
import type { Registry } from './registry';
import { type Answer, conflict, notFound, refuse } from './status';
import type { KubeObject, Namespace, Pod } from './types';

export interface DeleteOptions {
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  /** Seconds; for pods. */
  readonly gracePeriod?: number;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly dryRun?: boolean;
}

export const FOREGROUND = 'foregroundDeletion';
/** A definition waits for its objects to go. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/**
 * Deletes at once, or marks for deletion what takes time: pods (their processes end first), namespaces (their content goes first),
 * owners deleted in the foreground (their dependents go first), and whatever has finalizers. `gone` says which.
 */
export function deleteObject(
  registry: Registry,
  clock: Clock,
  kind: Kind,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions,
): Answer<{ readonly object: KubeObject; readonly gone: boolean }> {
  const { store } = registry;
  const object = store.get(kind.kind, namespace, name);
  if (!object) return refuse(notFound(kind, name));
  const { uid, resourceVersion } = object.metadata;
  if (options.uid && options.uid !== uid) {
    return refuse(
      conflict(kind, name, `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${uid}`),
    );
  }
  if (options.resourceVersion && options.resourceVersion !== resourceVersion) {
    return refuse(conflict(kind, name, 'the object has been modified'));
  }
  if (options.dryRun) return ok({ object, gone: true });
  if (options.propagation === 'Orphan') orphan(registry, uid);
  const seconds = gracePeriod(kind, object, options);
  const finalizers = [
    ...(options.propagation === 'Foreground' && kind.kind !== 'Pod' ? [FOREGROUND] : []),
    ...(kind.kind === 'CustomResourceDefinition' ? [CLEANUP] : []),
  ];
  const waits = seconds > 0 || finalizers.length > 0 || kind.kind === 'Namespace' || object.metadata.finalizers?.length;
  if (!waits) {
    const removed = store.remove(kind.kind, namespace, name) ?? object;
    return ok({ object: removed, gone: true });
  }
  const marked = registry.change<Namespace & Pod>(object, (copy) => {
    const { metadata } = copy;
    const shorter = metadata.deletionGracePeriodSeconds !== undefined && seconds < metadata.deletionGracePeriodSeconds;
    if (!metadata.deletionTimestamp || shorter) {
      metadata.deletionTimestamp = timestamp(clock.now() + seconds * 1000);
      metadata.deletionGracePeriodSeconds = seconds;
    }
    if (finalizers.length > 0) metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), ...finalizers])];
    if (kind.kind === 'Namespace') (copy as Namespace).status = { phase: 'Terminating' };
  });
  return ok({ object: marked ?? object, gone: false });
}

function gracePeriod(kind: Kind, object: KubeObject, options: DeleteOptions): number {
  if (kind.kind !== 'Pod') return 0;
  const pod = object as Pod;
  const finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  if (finished) return 0;
  return options.gracePeriod ?? pod.spec.terminationGracePeriodSeconds;
}

function orphan(registry: Registry, uid: string): void {
  for (const dependent of registry.store.everything()) {
    if (!dependent.metadata.ownerReferences?.some((owner) => owner.uid === uid)) continue;
    registry.change(dependent, (copy) => {
      copy.metadata.ownerReferences = copy.metadata.ownerReferences?.filter((owner) => owner.uid !== uid) ?? [];
    });
  }
}
