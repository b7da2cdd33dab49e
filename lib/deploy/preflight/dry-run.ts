import { err, ok, type Result } from '../../result';
import { applyArgs, isDefinition, itemsIn, listOf } from '../apply';
import { isRejection } from '../failure';
import type { KubectlFailure } from '../kubectl';
import { type KubeObject, titleOf } from '../objects';
import type { Reason } from '../outcome';
import type { Stop } from '../parts';
import type { Ports } from '../ports';
import { fieldsAt, groupOf } from '../render/fields';
import { refusedFor, stopOf } from './stop';

/** Objects of a kind whose definition comes with the release and is not on the cluster yet cannot be asked about; they are left out. */
export async function withoutUnknownKinds(
  objects: readonly KubeObject[],
  { kubectl, log }: Pick<Ports, 'kubectl' | 'log'>,
): Promise<Result<readonly KubeObject[], Stop>> {
  const definitions = objects.filter(isDefinition);
  if (definitions.length === 0) return ok(objects);
  const names = definitions.map(({ metadata }) => metadata.name);
  const answer = await kubectl.run(
    ['get', 'customresourcedefinitions.apiextensions.k8s.io', ...names, '--ignore-not-found', '--output', 'json'],
    { quiet: true },
  );
  if (!answer.ok) return err(stopOf(answer.errors[0] as KubectlFailure));
  const there = new Set(itemsIn(answer.value).map(({ metadata }) => metadata.name));
  const unknown = new Set(definitions.filter(({ metadata }) => !there.has(metadata.name)).map(kindDefinedBy));
  const left = objects.filter((object) => unknown.has(`${groupOf(object)}/${object.kind}`));
  if (left.length > 0) {
    log.info(`not checked, since their definitions come with this release: ${left.map(titleOf).join(' ')}`);
  }
  return ok(objects.filter((object) => !left.includes(object)));
}

const kindDefinedBy = (definition: KubeObject): string => {
  const spec = fieldsAt(definition, 'spec');
  return `${spec?.['group']}/${fieldsAt(spec, 'names')?.['kind']}`;
};

/** What the API server would make of the objects: validation, admission, immutable fields and permissions speak. */
export async function dryRun(
  objects: readonly KubeObject[],
  namespace: string,
  { kubectl, log }: Pick<Ports, 'kubectl' | 'log'>,
): Promise<Result<readonly KubeObject[], Stop>> {
  const answer = await kubectl.run([...applyArgs(namespace), '--dry-run=server', '--output', 'json'], {
    input: listOf(objects),
    timeoutSeconds: 120,
  });
  if (answer.ok) {
    const taken = itemsIn(answer.value);
    const going = refusedFor(taken.flatMap(beingDeleted));
    if (going) return err(going);
    log.info(`the API server would take all ${objects.length} objects`);
    return ok(taken);
  }
  const failure = answer.errors[0] as KubectlFailure;
  const stop = stopOf(failure);
  if (!isRejection(failure)) return err(stop);
  return err({
    ...stop,
    reason: { ...stop.reason, message: `the cluster refuses this release: ${stop.reason.message}` },
  });
}

/** The API server takes changes to it, and then it goes. */
function beingDeleted(live: KubeObject): readonly Reason[] {
  const { deletionTimestamp, finalizers = [] } = live.metadata as {
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
  };
  if (deletionTimestamp === undefined) return [];
  const held = finalizers.length > 0 ? ` and is held by ${finalizers.join(', ')}` : '';
  const message = `it is being deleted since ${deletionTimestamp}${held}: what this release makes of it would go with it; deploy when it is gone`;
  return [{ code: 'BeingDeleted', object: titleOf(live), message }];
}
