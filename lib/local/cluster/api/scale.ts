import { ok } from '../../../result';
import { valuesAt, withValueAt } from '../custom/json-path';
import type { Kind } from '../kinds';
import { isRecord } from '../schema/decode';
import { type Answer, badRequest, refuse } from '../status';
import type { KubeObject, ReplicaSet } from '../types';
import { patchObject } from './write';

/** The `scale` subresource of a workload: autoscaling/v1 Scale. */
export function scaleOf(kind: Kind, object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp },
    ...sizesOf(kind, object),
  };
}

function sizesOf(kind: Kind, object: KubeObject): { spec: object; status: object } {
  const paths = kind.custom?.scale;
  if (paths) {
    const numberAt = (path: string): unknown => valuesAt(object, path)[0] ?? 0;
    const [selector] = paths.labelSelectorPath ? valuesAt(object, paths.labelSelectorPath) : [];
    return {
      spec: { replicas: numberAt(paths.specReplicasPath) },
      status: { replicas: numberAt(paths.statusReplicasPath), ...(selector === undefined ? {} : { selector }) },
    };
  }
  const { spec, status } = object as ReplicaSet;
  const selector = Object.entries(spec.selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return {
    spec: { replicas: spec.replicas },
    status: { replicas: status?.replicas ?? 0, selector: selector.join(',') },
  };
}

/** The workload with the size that a Scale, or a patch of one, asks for. */
export function applyScale(
  kind: Kind,
  object: KubeObject,
  mediaType: string,
  body: unknown,
  isPatch: boolean,
): Answer<unknown> {
  const scale = scaleOf(kind, object);
  const changed = isPatch
    ? mediaType === 'application/strategic-merge-patch+json'
      ? patchObject({ kind: 'Scale' } as never, 'application/merge-patch+json', scale, body)
      : patchObject({ kind: 'Scale' } as never, mediaType, scale, body)
    : ok(body);
  if (!changed.ok) return changed;
  const spec = isRecord(changed.value) && isRecord(changed.value['spec']) ? changed.value['spec'] : {};
  const replicas = spec['replicas'] ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) {
    return refuse(
      badRequest(`spec.replicas: Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`),
    );
  }
  return ok(withValueAt(object, kind.custom?.scale?.specReplicasPath ?? '.spec.replicas', replicas));
}
