import { err, ok, type Result } from '../result';
import type { Kubectl, KubectlFailure } from './kubectl';
import { commandLine } from './kubectl-process';
import { FIELD_MANAGER, type KubeObject, titleOf } from './objects';
import type { Log } from './ports';
import { comesBefore } from './render/order';

/**
 * By server-side apply: whoever set a field before, the release's value goes, and a field that a release no longer sets goes away.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export const applyArgs = (namespace: string): readonly string[] => [
  'apply',
  '--server-side',
  '--force-conflicts',
  '--field-manager',
  FIELD_MANAGER,
  '--namespace',
  namespace,
  '--filename',
  '-',
];

export interface Rejection {
  /** The first failure, `message` with all that kubectl said. */
  readonly failure: KubectlFailure;
  /** What was applied before and beside it. */
  readonly applied: readonly KubeObject[];
}

/** Applies the objects in one command, in their order, and gives them as the API server answered. */
export async function apply(
  objects: readonly KubeObject[],
  namespace: string,
  { kubectl, log }: { readonly kubectl: Kubectl; readonly log: Log },
): Promise<Result<readonly KubeObject[], Rejection>> {
  if (objects.length === 0) return ok([]);
  const args = applyArgs(namespace);
  log.command(`${commandLine(['kubectl', ...args])}  # ${objects.map(titleOf).join(' ')}`);
  const options = { input: listOf(objects), quiet: true, timeoutSeconds: 120 };
  let answer = await kubectl.run([...args, '--output', 'json'], options);
  // Somebody else wrote one of them in the same moment.
  for (let attempt = 0; attempt < 3 && !answer.ok && answer.errors[0]?.kind === 'conflict'; attempt++) {
    answer = await kubectl.run([...args, '--output', 'json'], options);
  }
  if (answer.ok) return ok(itemsIn(answer.value));
  const failure = answer.errors[0] as KubectlFailure;
  return err({ failure, applied: itemsIn(failure.stdout) });
}

/** The objects in their order, cut where something has to be waited for: definitions, and Jobs that come before the workloads. */
export function phasesOf(objects: readonly KubeObject[]): {
  readonly definitions: readonly KubeObject[];
  readonly before: readonly KubeObject[];
  readonly rest: readonly KubeObject[];
} {
  const definitions = objects.filter(isDefinition);
  const others = objects.filter((object) => !isDefinition(object));
  const cut = others.findLastIndex(comesBefore) + 1;
  return { definitions, before: others.slice(0, cut), rest: others.slice(cut) };
}

export const isDefinition = ({ kind, apiVersion }: KubeObject): boolean =>
  kind === 'CustomResourceDefinition' && apiVersion.startsWith('apiextensions.k8s.io/');

export const listOf = (objects: readonly KubeObject[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });

/** kubectl prints one object, or a List of several, or one after the other. */
export function itemsIn(output: string): readonly KubeObject[] {
  const text = output.trim();
  if (text === '') return [];
  try {
    const parsed = JSON.parse(text) as KubeObject & { readonly items?: readonly KubeObject[] };
    return parsed.kind === 'List' ? (parsed.items ?? []) : [parsed];
  } catch {
    return [];
  }
}
