import { ok, type Result } from '../../result';
import type { KubectlFailure } from '../kubectl';
import { FIELD_MANAGER, type KubeObject } from '../objects';
import type { Ports } from '../ports';
import { edited, ensure, fieldsAt } from '../render/fields';
import { COLOUR_LABEL, type Labels, picks } from './labels';
import { podLabels, selectorOf } from './own-workload';

/**
 * The Services as the release has them, but for pods with `mark` only where they would pick the pods of `not` too: two workloads
 * whose pods share their labels, e.g. when an environment changes its strategy.
 */
export const narrowed = (services: readonly KubeObject[], not: KubeObject, mark: Labels): KubeObject[] =>
  services.map((service) =>
    picks(selectorOf(service), podLabels(not))
      ? edited(service, (draft) => Object.assign(ensure(ensure(draft, 'spec'), 'selector'), mark))
      : service,
  );

/** The Services without what tells colours apart. */
export const widened = (services: readonly KubeObject[]): KubeObject[] =>
  services.map((service) =>
    edited(service, (draft) => {
      const selector = ensure(ensure(draft, 'spec'), 'selector');
      delete selector[COLOUR_LABEL];
    }),
  );

/** What of a Service decides where requests go. */
const routing = (service: KubeObject): object => {
  const { selector, ports } = fieldsAt(service, 'spec') ?? {};
  return { spec: { selector, ports } };
};

/**
 * Sets the selector and the ports of a live Service, one command each. A JSON patch, since a merge would keep keys of the selector
 * that are there now.
 */
export async function route(
  services: readonly KubeObject[],
  namespace: string,
  { kubectl }: Pick<Ports, 'kubectl'>,
): Promise<Result<void, KubectlFailure>> {
  for (const service of services) {
    const { spec } = routing(service) as { spec: Record<string, unknown> };
    const patch = Object.entries(spec)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ({ op: 'replace', path: `/spec/${key}`, value }));
    const answer = await kubectl.run([
      'patch',
      'service',
      service.metadata.name,
      '--namespace',
      namespace,
      '--type',
      'json',
      '--field-manager',
      FIELD_MANAGER,
      '--patch',
      JSON.stringify(patch),
    ]);
    if (!answer.ok) return answer;
  }
  return ok(undefined);
}
