import { itemsIn } from '../apply';
import { isWorkload } from '../expectations';
import type { KubectlFailure } from '../kubectl';
import { type KubeObject, titleOf } from '../objects';
import type { Reason } from '../outcome';
import type { Stop } from '../parts';
import type { Ports } from '../ports';
import { fieldsAt, itemsOf, textOf } from '../render/fields';
import { podTemplateOf } from '../render/pod-template';
import { refusedFor, stopOf } from './stop';

/**
 * Services whose requests would go nowhere: their selector fits no pod, neither of the release nor one that is there, or they send to
 * a port by a name that no pod of theirs has. Users would be the first to see it, since such a Service changes at once.
 * https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
 */
export async function serviceProblems(
  objects: readonly KubeObject[],
  namespace: string,
  { kubectl }: Pick<Ports, 'kubectl'>,
): Promise<Stop | undefined> {
  const templates = objects.filter((object) => isWorkload(object) && object.kind !== 'Job').map(podTemplateOf);
  const problems: Reason[] = [];
  for (const service of objects.filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1')) {
    const selector = Object.entries(fieldsAt(service, 'spec', 'selector') ?? {});
    if (selector.length === 0) continue;
    const fits = (holder: unknown): boolean => {
      const labels = fieldsAt(holder, 'metadata', 'labels') ?? {};
      return selector.every(([key, value]) => labels[key] === value);
    };
    const selected = templates.filter(fits);
    if (selected.length > 0) {
      problems.push(...missingPorts(service, selected));
      continue;
    }
    const words = selector.map(([key, value]) => `${key}=${value}`).join(',');
    const answer = await kubectl.run(
      ['get', 'pods', '--namespace', namespace, '--selector', words, '--output', 'json'],
      {
        quiet: true,
      },
    );
    if (!answer.ok) return stopOf(answer.errors[0] as KubectlFailure);
    if (itemsIn(answer.value).length > 0) continue;
    const message = `its selector ${words} fits no pods, neither those of the release nor any in namespace ${namespace}, so requests would go nowhere; give the pods these labels, or correct the selector`;
    problems.push({ code: 'NoPodsSelected', object: titleOf(service), message });
  }
  return refusedFor(problems);
}

/** A number may be any port; a name must be one of the pod's. */
function missingPorts(service: KubeObject, templates: readonly unknown[]): readonly Reason[] {
  const names = new Set(
    templates
      .map((template) => fieldsAt(template, 'spec'))
      .flatMap((spec) => [...itemsOf(spec?.['containers']), ...itemsOf(spec?.['initContainers'])])
      .flatMap((container) => itemsOf(container['ports']))
      .map(({ name }) => name),
  );
  return itemsOf(fieldsAt(service, 'spec')?.['ports']).flatMap((port) => {
    const target = textOf(port['targetPort']);
    if (target === undefined || names.has(target)) return [];
    const known = [...names].filter((name) => name !== undefined).join(', ') || 'none';
    const message = `it sends requests to port ${target}, and no container of its pods has a port of that name (names: ${known}); correct targetPort, or name the port`;
    return [{ code: 'NoSuchPort', object: titleOf(service), message }];
  });
}
