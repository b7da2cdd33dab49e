import { itemsIn } from './apply';
import { endOf } from './failure';
import { type KubeObject, titleOf } from './objects';
import type { Ports } from './ports';
import type { End } from './roll-out';

/** Seconds until a definition must be served; the API server takes one or two. */
const LIMIT = 60;

/** Objects of a custom kind can be applied once its definition is Established. */
export async function waitForDefinitions(
  definitions: readonly KubeObject[],
  { kubectl, clock, random, signal, log }: Ports,
  interrupted: () => Promise<End | undefined>,
): Promise<End> {
  if (definitions.length === 0) return { status: 'ready' };
  const names = definitions.map(({ metadata }) => metadata.name);
  const started = clock.now().getTime();
  for (let pause = 200; ; pause = Math.min(2_000, pause * 1.5)) {
    const answer = await kubectl.run(
      ['get', 'customresourcedefinitions.apiextensions.k8s.io', ...names, '--output', 'json'],
      {
        quiet: true,
      },
    );
    if (!answer.ok && answer.errors[0]) return endOf(answer.errors[0]);
    const open = itemsIn(answer.ok ? answer.value : '').filter((definition) => !isEstablished(definition));
    if (open.length === 0) {
      log.info(`established: ${names.join(' ')}`);
      return { status: 'ready' };
    }
    if (clock.now().getTime() - started > LIMIT * 1000) {
      const [definition] = open as [KubeObject];
      const message = `is not Established after ${LIMIT} s: ${problemOf(definition)}`;
      return { status: 'failed', reason: { code: 'NotEstablished', object: titleOf(definition), message }, pods: [] };
    }
    const stop = await interrupted();
    if (stop) return stop;
    await clock.sleep(pause / 2 + (random() * pause) / 2, signal);
  }
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

const conditionsOf = (definition: KubeObject): readonly Condition[] =>
  (definition['status'] as { readonly conditions?: readonly Condition[] } | undefined)?.conditions ?? [];

const isEstablished = (definition: KubeObject): boolean =>
  conditionsOf(definition).some(({ type, status }) => type === 'Established' && status === 'True');

const problemOf = (definition: KubeObject): string =>
  conditionsOf(definition)
    .filter(({ status, message }) => status === 'False' && message)
    .map(({ type, message }) => `${type}: ${message}`)
    .join('; ') || 'the API server gives no reason';
