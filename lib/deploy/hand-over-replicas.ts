import { ok, type Result } from '../result';
import { itemsIn, listOf } from './apply';
import type { KubectlFailure } from './kubectl';
import { FIELD_MANAGER, type KubeObject, titleOf } from './objects';
import type { Ports } from './ports';
import { fieldsAt, itemsOf } from './render/fields';

const KEEPER = 'slipway-replicas';

/**
 * A release that leaves `replicas` to an autoscaler gives up a field that an earlier apply may own, and a field that nobody owns goes
 * back to its default, 1. So the number that is there gets another owner first:
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
 */
export async function handOverReplicas(
  objects: readonly KubeObject[],
  namespace: string,
  { kubectl, log }: Pick<Ports, 'kubectl' | 'log'>,
): Promise<Result<void, KubectlFailure>> {
  const without = objects.filter(
    (object) =>
      (object.kind === 'Deployment' || object.kind === 'StatefulSet') &&
      fieldsAt(object, 'spec')?.['replicas'] === undefined,
  );
  if (without.length === 0) return ok(undefined);
  const names = without.map(({ kind, metadata }) => `${kind.toLowerCase()}s.apps/${metadata.name}`);
  const answer = await kubectl.run(
    ['get', ...names, '--namespace', namespace, '--ignore-not-found', '--show-managed-fields', '--output', 'json'],
    { quiet: true },
  );
  if (!answer.ok) return answer;
  const owned = itemsIn(answer.value).filter(ownsReplicas);
  if (owned.length === 0) return ok(undefined);
  log.info(`replicas stay as they are, now owned by ${KEEPER}: ${owned.map(titleOf).join(' ')}`);
  const applied = await kubectl.run(
    // Of a List kubectl checks the items itself, and takes them for whole ones.
    [
      ...['apply', '--server-side', '--validate=false', '--field-manager', KEEPER],
      ...['--namespace', namespace, '--filename', '-'],
    ],
    {
      input: listOf(
        owned.map((object) => ({
          apiVersion: object.apiVersion,
          kind: object.kind,
          metadata: { name: object.metadata.name, namespace },
          spec: { replicas: fieldsAt(object, 'spec')?.['replicas'] },
        })),
      ),
    },
  );
  return applied.ok ? ok(undefined) : applied;
}

/** By server-side apply of ours, or by the client-side one that kubectl turns into ours. */
const ownsReplicas = (object: KubeObject): boolean =>
  itemsOf((object.metadata as { managedFields?: unknown }).managedFields).some(
    ({ manager, fieldsV1 }) =>
      (manager === FIELD_MANAGER || manager === 'kubectl-client-side-apply') &&
      fieldsAt(fieldsV1, 'f:spec')?.['f:replicas'] !== undefined,
  );
