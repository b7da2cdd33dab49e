import { ok, type Result } from '../result';
import { itemsIn, listOf } from './apply';
import type { Kubectl, KubectlFailure } from './kubectl';
import { type KubeObject, titleOf } from './objects';
import type { Ports } from './ports';
import { edited, ensure, type Fields, fieldsAt, groupOf } from './render/fields';

const HELPER = 'slipway-strategy';

/**
 * A Deployment that says no strategy gets `RollingUpdate` with a `rollingUpdate` that nobody owns. Applying `type: Recreate` leaves
 * that where it is, and the API server refuses the two together
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy: only what an applier owned is taken away). So
 * another applier takes `rollingUpdate`, by setting other values, and leaves it out again with the change of the type. Pods do not
 * roll by that. Gives the Deployments that were changed so; `leaveTypeTo` ends it, after the release was applied.
 */
export async function changeToRecreate(
  objects: readonly KubeObject[],
  namespace: string,
  { kubectl, log }: Pick<Ports, 'kubectl' | 'log'>,
): Promise<Result<readonly KubeObject[], KubectlFailure>> {
  const names = objects.filter(wantsRecreate).map(({ metadata }) => `deployments.apps/${metadata.name}`);
  if (names.length === 0) return ok([]);
  const answer = await kubectl.run(
    ['get', ...names, '--namespace', namespace, '--ignore-not-found', '--output', 'json'],
    { quiet: true },
  );
  if (!answer.ok) return answer;
  const changing = itemsIn(answer.value).filter((live) => rollingUpdateOf(live) !== undefined);
  if (changing.length === 0) return ok([]);
  log.info(`the strategy changes to Recreate: ${changing.map(titleOf).join(' ')}`);
  const taken = await applyStrategies(changing, namespace, kubectl, otherRollingUpdate);
  if (!taken.ok) return taken;
  const changed = await applyStrategies(changing, namespace, kubectl, () => ({ type: 'Recreate' }));
  return changed.ok ? ok(changing) : changed;
}

/** From here on the type is the release's alone: a later one without a strategy is `RollingUpdate` again. */
export async function leaveTypeTo(
  changed: readonly KubeObject[],
  namespace: string,
  kubectl: Kubectl,
): Promise<Result<unknown, KubectlFailure>> {
  return changed.length === 0 ? ok(undefined) : applyStrategies(changed, namespace, kubectl, () => undefined);
}

/** For questions that change nothing: where the strategy changes to Recreate the objects without it, since the API server would refuse. */
export const withoutChangeToRecreate = (
  objects: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
): readonly KubeObject[] =>
  objects.map((object) => {
    const there = live.get(titleOf(object));
    if (!there || !wantsRecreate(object) || rollingUpdateOf(there) === undefined) return object;
    return edited(object, (draft) => void delete ensure(draft, 'spec')['strategy']);
  });

const wantsRecreate = (object: KubeObject): boolean =>
  object.kind === 'Deployment' &&
  groupOf(object) === 'apps' &&
  fieldsAt(object, 'spec', 'strategy')?.['type'] === 'Recreate';

const rollingUpdateOf = (live: KubeObject): Fields | undefined => fieldsAt(live, 'spec', 'strategy', 'rollingUpdate');

/** Never the values that are there: those would stay their owner's, too. */
function otherRollingUpdate(live: KubeObject): Fields {
  const { maxSurge, maxUnavailable } = rollingUpdateOf(live) ?? {};
  const other = (value: unknown): number => (value === 1 ? 2 : 1);
  return {
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: other(maxSurge), maxUnavailable: other(maxUnavailable) },
  };
}

function applyStrategies(
  deployments: readonly KubeObject[],
  namespace: string,
  kubectl: Kubectl,
  strategyOf: (live: KubeObject) => Fields | undefined,
): Promise<Result<string, KubectlFailure>> {
  const objects = deployments.map((live) => {
    const strategy = strategyOf(live);
    return {
      apiVersion: live.apiVersion,
      kind: live.kind,
      metadata: { name: live.metadata.name, namespace },
      spec: strategy ? { strategy } : {},
    };
  });
  // Of a List kubectl checks the items itself, and takes them for whole ones.
  return kubectl.run(
    [
      ...['apply', '--server-side', '--validate=false', '--force-conflicts', '--field-manager', HELPER],
      ...['--namespace', namespace, '--filename', '-'],
    ],
    { input: listOf(objects) },
  );
}
