import type { KubeObject, WorkloadKind } from './objects';
import { containersOf, podTemplateOf } from './render/pod-template';
import type { Expectation } from './verdict';

const WORKLOADS: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'] satisfies WorkloadKind[];

/** Whether a rollout waits for it. CronJobs run pods too, but some day. */
export const isWorkload = ({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean =>
  WORKLOADS.includes(kind) && /^(apps|batch)\//.test(apiVersion);

/** What the workloads among the objects must become. `answered`: as the API server answered the apply. */
export const expectationsOf = (answered: readonly KubeObject[], namespace: string): Expectation[] =>
  answered.filter(isWorkload).map((object) => ({
    workload: { kind: object.kind as WorkloadKind, namespace, name: object.metadata.name },
    generation: object.metadata.generation ?? 0,
    template: podTemplateOf(object),
    digests: digestsOf(object),
    minimumPods: 1,
  }));

/** Container name -> digest, of those whose image is pinned. */
function digestsOf(object: KubeObject): Record<string, string> {
  const pinned = containersOf(podTemplateOf(object)).flatMap(({ name, image }) => {
    const digest = typeof image === 'string' ? /@(sha256:[0-9a-f]+)$/.exec(image)?.[1] : undefined;
    return typeof name === 'string' && digest ? [[name, digest] as const] : [];
  });
  return Object.fromEntries(pinned);
}
