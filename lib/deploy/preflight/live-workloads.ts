import { ok, type Result } from '../../result';
import { itemsIn } from '../apply';
import { isWorkload } from '../expectations';
import type { Kubectl, KubectlFailure } from '../kubectl';
import { type KubeObject, titleOf } from '../objects';
import type { Stop } from '../parts';
import { groupOf } from '../render/fields';
import { stopOf } from './stop';

/** By title; only those that are there. */
export type LiveObjects = ReadonlyMap<string, KubeObject>;

/** The workloads of the release as they are now, with the owners of their fields. */
export async function liveWorkloads(
  objects: readonly KubeObject[],
  namespace: string,
  kubectl: Kubectl,
): Promise<Result<LiveObjects, Stop>> {
  const names = objects
    .filter(isWorkload)
    .map((object) => `${object.kind.toLowerCase()}s.${groupOf(object)}/${object.metadata.name}`);
  if (names.length === 0) return ok(new Map());
  const answer = await kubectl.run(
    ['get', ...names, '--namespace', namespace, '--ignore-not-found', '--show-managed-fields', '--output', 'json'],
    { quiet: true },
  );
  if (!answer.ok) return { ok: false, errors: [stopOf(answer.errors[0] as KubectlFailure)] };
  return ok(new Map(itemsIn(answer.value).map((object) => [titleOf(object), object])));
}
