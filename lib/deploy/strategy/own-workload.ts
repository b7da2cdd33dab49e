import { err, ok, type Result } from '../../result';
import type { KubeObject } from '../objects';
import { titleOf } from '../objects';
import type { Reason } from '../outcome';
import { fieldsAt } from '../render/fields';
import { COLOUR_LABEL, type Colour, type Labels, picks } from './labels';

/** The part of a release that a strategy works on. */
export interface OwnWorkload {
  /** The Deployment of the service itself. */
  readonly deployment: KubeObject;
  /** The Services that send requests to its pods. */
  readonly services: readonly KubeObject[];
  /** What follows it when requests do: autoscalers that scale it, disruption budgets of its pods. */
  readonly followers: readonly KubeObject[];
  /** All the rest of the release, in its order. */
  readonly rest: readonly KubeObject[];
}

const NAME_LABEL = 'app.kubernetes.io/name';
const POD_OWNERS = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** Strategies beside rolling need exactly one Deployment labelled with the name of the service. */
export function ownWorkload(objects: readonly KubeObject[], service: string): Result<OwnWorkload, Reason> {
  const own = objects.filter(
    ({ kind, metadata }) => POD_OWNERS.includes(kind) && metadata.labels?.[NAME_LABEL] === service,
  );
  const [deployment] = own;
  if (deployment === undefined || own.length > 1 || deployment.kind !== 'Deployment') {
    const found = own.length === 0 ? 'none' : own.map(titleOf).join(', ');
    const message = `the strategy needs exactly one workload with the label ${NAME_LABEL}: ${service}, a Deployment; the manifests have ${found}. Use \`strategy: rolling\`, or change the labels`;
    return err({ code: 'Strategy', message });
  }
  const pods = podLabels(deployment);
  const services = objects.filter((object) => object.kind === 'Service' && selects(object, pods));
  const followers = objects.filter((object) => scales(object, deployment) || protects(object, pods));
  const apart = new Set([deployment, ...services, ...followers]);
  return ok({ deployment, services, followers, rest: objects.filter((object) => !apart.has(object)) });
}

export const podLabels = (deployment: KubeObject): Labels =>
  labelsAt(fieldsAt(deployment, 'spec', 'template', 'metadata', 'labels'));

export const selectorOf = (service: KubeObject): Labels => labelsAt(fieldsAt(service, 'spec', 'selector'));

export const colourOf = (object: KubeObject): Colour | undefined => {
  const colour = object.metadata.labels?.[COLOUR_LABEL];
  return colour === 'blue' || colour === 'green' ? colour : undefined;
};

/** Undefined: left to an autoscaler, or to the default. */
export const replicasOf = (deployment: KubeObject): number | undefined => {
  const replicas = fieldsAt(deployment, 'spec')?.['replicas'];
  return typeof replicas === 'number' ? replicas : undefined;
};

const labelsAt = (fields: Record<string, unknown> | undefined): Labels => (fields ?? {}) as Labels;

const selects = (service: KubeObject, pods: Labels): boolean => {
  const selector = selectorOf(service);
  return Object.keys(selector).length > 0 && picks(selector, pods);
};

export const scales = (object: KubeObject, { metadata }: KubeObject): boolean => {
  const target = fieldsAt(object, 'spec', 'scaleTargetRef') ?? fieldsAt(object, 'spec', 'targetRef');
  return target?.['name'] === metadata.name && (target['kind'] ?? 'Deployment') === 'Deployment';
};

export const protects = (object: KubeObject, pods: Labels): boolean => {
  const selector = labelsAt(fieldsAt(object, 'spec', 'selector', 'matchLabels'));
  return object.kind === 'PodDisruptionBudget' && Object.keys(selector).length > 0 && picks(selector, pods);
};
