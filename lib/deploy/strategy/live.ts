import { ok, type Result } from '../../result';
import { itemsIn } from '../apply';
import type { Kubectl, KubectlFailure } from '../kubectl';
import type { KubeObject } from '../objects';
import { fieldsAt, textOf } from '../render/fields';
import { COLOUR_LABEL, type Labels, picks, TEMPLATE_HASH_LABEL, TRACK_LABEL } from './labels';
import { type OwnWorkload, podLabels, selectorOf } from './own-workload';

/** What is on the cluster, in one look. */
export interface Live {
  readonly deployments: readonly KubeObject[];
  readonly services: readonly KubeObject[];
  readonly replicaSets: readonly KubeObject[];
}

export async function readLive(namespace: string, kubectl: Kubectl): Promise<Result<Live, KubectlFailure>> {
  const args = ['get', 'deployments.apps,services,replicasets.apps', '--namespace', namespace, '--output', 'json'];
  const answer = await kubectl.run(args, { quiet: true });
  if (!answer.ok) return answer;
  const items = itemsIn(answer.value);
  const ofKind = (kind: string) => items.filter((item) => item.kind === kind);
  return ok({
    deployments: ofKind('Deployment'),
    services: ofKind('Service'),
    replicaSets: ofKind('ReplicaSet'),
  });
}

export const named = (objects: readonly KubeObject[], name: string): KubeObject | undefined =>
  objects.find(({ metadata }) => metadata.name === name);

/** The live objects of the release's Services; those that are not there yet are absent. */
export const liveServices = (live: Live, { services }: OwnWorkload): KubeObject[] =>
  services.flatMap(({ metadata }) => named(live.services, metadata.name) ?? []);

/** Deployments that the Services send requests to, those of a rollout's own apart. */
export const serving = (live: Live, own: OwnWorkload): KubeObject[] => {
  const services = liveServices(live, own);
  return live.deployments.filter(
    (deployment) =>
      deployment.metadata.labels?.[TRACK_LABEL] === undefined &&
      services.some((service) => reaches(selectorOf(service), deployment, live)),
  );
};

/** Whether a Service with this selector sends requests to pods of the Deployment. */
export const reaches = (selector: Labels, deployment: KubeObject, live: Live): boolean => {
  const { [TEMPLATE_HASH_LABEL]: hash, ...others } = selector;
  return (
    Object.keys(selector).length > 0 &&
    picks(others, podLabels(deployment)) &&
    (hash === undefined || replicaSetsOf(deployment, live).some((set) => hashOf(set) === hash))
  );
};

/** A label that pods of this Deployment have and those of no other: its colour, else the hash of its template. */
export const mark = (deployment: KubeObject, live: Live): Labels => {
  const colour = podLabels(deployment)[COLOUR_LABEL];
  if (colour !== undefined) return { [COLOUR_LABEL]: colour };
  const [most] = replicaSetsOf(deployment, live).sort((a, b) => ready(b) - ready(a));
  const hash = most && hashOf(most);
  return hash === undefined ? {} : { [TEMPLATE_HASH_LABEL]: hash };
};

export const replicaSetsOf = ({ metadata: { uid } }: KubeObject, { replicaSets }: Live): KubeObject[] =>
  replicaSets.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid));

/** Whether all its pods are available, of the template that it has now. */
export const isUp = (deployment: KubeObject): boolean => {
  const status = fieldsAt(deployment, 'status');
  const wanted = Number(fieldsAt(deployment, 'spec')?.['replicas'] ?? 1);
  return (
    wanted > 0 &&
    Number(status?.['observedGeneration'] ?? 0) >= (deployment.metadata.generation ?? 0) &&
    Number(status?.['availableReplicas'] ?? 0) >= wanted &&
    Number(status?.['updatedReplicas'] ?? 0) >= wanted
  );
};

const hashOf = ({ metadata }: KubeObject): string | undefined => textOf(metadata.labels?.[TEMPLATE_HASH_LABEL]);

const ready = (set: KubeObject): number => Number(fieldsAt(set, 'status')?.['readyReplicas'] ?? 0);
