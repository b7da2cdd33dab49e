import { equal } from '../equal';
import { hashName } from '../names';
import type { Registry } from '../registry';
import type { ControllerRevision, KubeObject, PodTemplate } from '../types';
import { controlledBy, controllerOf } from './pods';

export const REVISION_HASH = 'controller-revision-hash';
const HASH = 'controller.kubernetes.io/hash';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

type Owner = KubeObject & { spec: { template: PodTemplate } };

/** The revisions of a StatefulSet or DaemonSet, oldest first. */
export function revisionsOf(registry: Registry, owner: KubeObject): ControllerRevision[] {
  return registry.store
    .list<ControllerRevision>('ControllerRevision', owner.metadata.namespace)
    .filter((revision) => controllerOf(revision)?.uid === owner.metadata.uid)
    .sort((a, b) => a.revision - b.revision);
}

/**
 * The revision of the owner's template, made if need be: one that comes back gets the highest number instead of a new object.
 * `collisions` is told when another object has the name already; then there is none for now.
 */
export function updateRevision(
  registry: Registry,
  owner: Owner,
  known: readonly ControllerRevision[],
  collisions: number,
): ControllerRevision | 'collision' {
  const data = { spec: { template: { ...structuredClone(owner.spec.template), $patch: 'replace' as const } } };
  const highest = known.at(-1)?.revision ?? 0;
  const same = known.filter((revision) => equal(revision.data, data)).at(-1);
  if (same) {
    if (same.revision === highest) return same;
    const raised = registry.change<ControllerRevision>(same, (copy) => {
      copy.revision = highest + 1;
    });
    return raised ?? same;
  }
  const hash = hashName([owner.spec.template, collisions]);
  const { [LAST_APPLIED]: _, ...annotations } = owner.metadata.annotations ?? {};
  const made = registry.createOwn({
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${owner.metadata.name}-${hash}`,
      namespace: owner.metadata.namespace,
      labels: { ...owner.spec.template.metadata?.labels, [HASH]: hash },
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ownerReferences: [controlledBy(owner)],
    },
    data,
    revision: highest + 1,
  });
  return made.ok ? (made.value.object as ControllerRevision) : 'collision';
}

/** The hash in a revision's name, as DaemonSets put it on their pods. */
export const hashOf = (revision: ControllerRevision): string => revision.metadata.labels?.[HASH] ?? '';

export const templateOf = (revision: ControllerRevision): PodTemplate => {
  const { $patch: _, ...template } = revision.data.spec.template;
  return template;
};

/** Removes the oldest revisions beyond the limit; those that are in use do not count and stay. */
export function truncate(
  registry: Registry,
  revisions: readonly ControllerRevision[],
  inUse: (revision: ControllerRevision) => boolean,
  limit: number,
): void {
  const idle = revisions.filter((revision) => !inUse(revision));
  for (const { metadata } of idle.slice(0, Math.max(0, idle.length - limit))) {
    registry.store.remove('ControllerRevision', metadata.namespace, metadata.name);
  }
}
