import type { KubeObject } from '../objects';
import { edited, fieldsAt, groupOf, textOf } from './fields';

/** A workload whose number of pods an autoscaler owns. */
export interface Autoscaled {
  readonly kind: string;
  readonly name: string;
}

/**
 * What the autoscalers among these objects scale: HorizontalPodAutoscalers, and ScaledObjects of KEDA, which makes one of each.
 * For those on the cluster: the items of `kubectl get horizontalpodautoscalers --output json`.
 */
export function autoscaledBy(objects: readonly KubeObject[]): Autoscaled[] {
  return objects.flatMap((object) => {
    const group = groupOf(object);
    const isScaler =
      (group === 'autoscaling' && object.kind === 'HorizontalPodAutoscaler') ||
      (group === 'keda.sh' && object.kind === 'ScaledObject');
    const target = isScaler ? fieldsAt(object, 'spec', 'scaleTargetRef') : undefined;
    const name = textOf(target?.['name']);
    return name === undefined ? [] : [{ kind: textOf(target?.['kind']) ?? 'Deployment', name }];
  });
}

/**
 * Leaves `spec.replicas` out where an autoscaler owns the number: to apply it would take the workload back to the manifest's number.
 *
 * @param onCluster what autoscalers scale that are on the cluster, and maybe not among the objects
 */
export function leaveOutReplicas(objects: readonly KubeObject[], onCluster: readonly Autoscaled[]): KubeObject[] {
  const autoscaled = [...autoscaledBy(objects), ...onCluster];
  return objects.map((object) =>
    autoscaled.some(({ kind, name }) => kind === object.kind && name === object.metadata.name)
      ? edited(object, (draft) => delete fieldsAt(draft, 'spec')?.['replicas'])
      : object,
  );
}
