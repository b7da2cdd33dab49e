import { ok, type Result } from '../../result';
import { itemsIn } from '../apply';
import type { Kubectl, KubectlFailure } from '../kubectl';
import type { KubeObject } from '../objects';
import { fieldsAt, itemsOf } from '../render/fields';
import { containersOf, podTemplateOf } from '../render/pod-template';
import { TEMPLATE_HASH_LABEL } from './labels';
import { replicaSetsOf } from './live';

/** Names of the pods of a Deployment that are ready and stay, sorted. `deployment`: as the API server answered it. */
export async function readyPods(
  deployment: KubeObject,
  namespace: string,
  kubectl: Kubectl,
): Promise<Result<readonly string[], KubectlFailure>> {
  const args = ['get', 'replicasets.apps,pods', '--namespace', namespace, '--output', 'json'];
  const answer = await kubectl.run(args, { quiet: true });
  if (!answer.ok) return answer;
  const items = itemsIn(answer.value);
  const sets = replicaSetsOf(deployment, {
    deployments: [],
    services: [],
    replicaSets: items.filter(({ kind }) => kind === 'ReplicaSet'),
  });
  const owners = new Set(sets.map(({ metadata }) => metadata.uid));
  return ok(
    items
      .filter(
        ({ kind, metadata }) =>
          kind === 'Pod' &&
          metadata.deletionTimestamp === undefined &&
          metadata.labels?.[TEMPLATE_HASH_LABEL] !== undefined &&
          metadata.ownerReferences?.some(({ uid }) => owners.has(uid)),
      )
      .filter(isReady)
      .map(({ metadata }) => metadata.name)
      .sort(),
  );
}

const isReady = (pod: KubeObject): boolean =>
  itemsOf(fieldsAt(pod, 'status')?.['conditions']).some(({ type, status }) => type === 'Ready' && status === 'True');

/** The port of the pods behind the first port of a Service; a name is looked up, since the API server's proxy takes numbers. */
export function targetPort(service: KubeObject | undefined, deployment: KubeObject): number | undefined {
  const [first] = itemsOf(fieldsAt(service, 'spec')?.['ports']);
  if (first === undefined) return undefined;
  const target = first['targetPort'] ?? first['port'];
  if (typeof target === 'number') return target;
  const ports = containersOf(podTemplateOf(deployment)).flatMap((container) => itemsOf(container['ports']));
  const number = ports.find(({ name }) => name === target)?.['containerPort'];
  return typeof number === 'number' ? number : undefined;
}
