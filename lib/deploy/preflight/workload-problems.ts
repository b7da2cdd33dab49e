import { isWorkload } from '../expectations';
import { type KubeObject, titleOf } from '../objects';
import type { Reason } from '../outcome';
import type { Stop } from '../parts';
import { fieldsAt, itemsOf } from '../render/fields';
import type { LiveObjects } from './live-workloads';
import { refusedFor } from './stop';

/** Workloads that would never run the release, whatever the release is. */
export function workloadProblems(
  objects: readonly KubeObject[],
  live: LiveObjects,
  namespace: string,
): Stop | undefined {
  const workloads = objects.filter(isWorkload);
  return refusedFor(
    workloads.flatMap((object) => {
      const there = live.get(titleOf(object));
      return [paused(object, there, namespace), wantsNone(object, there)].flatMap((reason) => (reason ? [reason] : []));
    }),
  );
}

/** A paused Deployment takes a new template and does nothing with it; it can't be undone either. */
function paused(object: KubeObject, live: KubeObject | undefined, namespace: string): Reason | undefined {
  const of = { code: 'Paused', object: titleOf(object) };
  if (object.kind !== 'Deployment') return undefined;
  const spec = fieldsAt(object, 'spec');
  if (spec?.['paused'] === true) return { ...of, message: 'the manifests say `paused: true`; take it away' };
  if (fieldsAt(live, 'spec')?.['paused'] !== true) return undefined;
  const owner = ownerOf(live, 'f:paused');
  const message = `it is paused${owner ? ` (by ${owner})` : ''}, so no release gets to its pods; when whoever did that agrees: kubectl rollout resume deployment/${object.metadata.name} --namespace ${namespace}`;
  return { ...of, message };
}

/** Nothing runs, so nothing can be verified. */
function wantsNone(object: KubeObject, live: KubeObject | undefined): Reason | undefined {
  const of = { code: 'NoReplicas', object: titleOf(object) };
  if (object.kind !== 'Deployment' && object.kind !== 'StatefulSet') return undefined;
  const wanted = fieldsAt(object, 'spec')?.['replicas'];
  if (wanted === 0) {
    return {
      ...of,
      message: 'the manifests want 0 replicas: no pod would run, so nothing could be verified; expected at least 1',
    };
  }
  if (wanted === undefined && fieldsAt(live, 'spec')?.['replicas'] === 0) {
    return {
      ...of,
      message: 'it is scaled to 0 and the release leaves that as it is: nothing could be verified; scale it up first',
    };
  }
  return undefined;
}

/** Who set a field of `spec`, and when. */
function ownerOf(object: KubeObject | undefined, field: string): string | undefined {
  const entry = itemsOf((object?.metadata as { managedFields?: unknown } | undefined)?.managedFields).find(
    ({ fieldsV1 }) => fieldsAt(fieldsV1, 'f:spec')?.[field] !== undefined,
  );
  return entry && `${entry['manager']}, ${entry['time']}`;
}
