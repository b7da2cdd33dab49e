import { ok } from '../../../result';
import { timestamp } from '../clock';
import { apiVersionOf, type Kind } from '../kinds';
import { misfits } from '../managed-fields/check';
import { allowedByLastApplied, withLastApplied } from '../managed-fields/last-applied';
import type { Writer } from '../managed-fields/managers';
import { apply, type FieldConflict } from '../managed-fields/ownership';
import type { Registry, WriteOptions, Written } from '../registry';
import { isRecord } from '../schema/decode';
import { shapeOf } from '../schema/shape';
import { type Answer, badRequest, conflict, failure, refuse, type Status } from '../status';
import type { KubeObject } from '../types';
import type { ResourceRequest } from './request';

/** Media type of a server-side apply; its body may be JSON. */
export const APPLY = 'application/apply-patch+yaml';

/**
 * Server-side apply (`kubectl apply --server-side`): makes the object, or merges the configuration into it.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export async function serverSideApply(
  registry: Registry,
  now: number,
  target: ResourceRequest,
  body: unknown,
  query: URLSearchParams,
  options: WriteOptions,
): Promise<Answer<Written & { readonly created?: boolean }>> {
  const { kind, namespace, name = '', subresource } = target;
  const manager = query.get('fieldManager') ?? '';
  const refusal = unacceptable(kind, namespace, name, body, manager);
  if (refusal) return refuse(refusal);
  if (subresource === 'scale') {
    return refuse(
      failure(
        415,
        'UnsupportedMediaType',
        'the embedded cluster applies no Scale; use kubectl scale, or a merge patch',
      ),
    );
  }
  const given = body as KubeObject;
  const config = { ...given, metadata: { ...given.metadata, name, ...(namespace ? { namespace } : {}) } } as KubeObject;
  const writer: Writer = {
    ...{ manager, operation: 'Apply', apiVersion: apiVersionOf(kind) },
    ...(subresource ? { subresource } : {}),
  };
  const settings = { ...options, applied: true };
  const merge = (live: KubeObject): Answer<KubeObject> => {
    const force = query.get('force') === 'true';
    const at = timestamp(now);
    const shape = shapeOf(kind);
    let merged = apply(shape, live, config, writer, at, force);
    if (!merged.ok && manager === 'kubectl') {
      const allowed = allowedByLastApplied(shape, live, subresource);
      const left = merged.errors.filter(({ path }) => !allowed.has(path));
      if (left.length > 0) return refuse(conflictsOf(left));
      merged = apply(shape, live, config, writer, at, true);
    }
    if (!merged.ok) return refuse(conflictsOf(merged.errors));
    const { object } = merged.value;
    const { uid, resourceVersion } = config.metadata;
    const metadata = { ...object.metadata, ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
    return ok(withLastApplied({ ...object, metadata }, config, manager));
  };
  if (registry.store.get(kind.kind, namespace, name)) {
    return registry.modify(kind, namespace, name, merge, settings);
  }
  if (config.metadata.uid) return refuse(conflict(kind, name, gone(config.metadata.uid)));
  const made = merge({ apiVersion: config.apiVersion, kind: kind.kind, metadata: { name } } as KubeObject);
  if (!made.ok) return made;
  const written = await registry.create(kind, namespace, made.value, settings);
  return written.ok ? ok({ ...written.value, created: true }) : written;
}

const gone = (uid: string): string => `Precondition failed: UID in precondition: ${uid}, UID in object meta: `;

function unacceptable(
  kind: Kind,
  namespace: string | undefined,
  name: string,
  body: unknown,
  manager: string,
): Status | undefined {
  if (manager === '') {
    return failure(
      422,
      'Invalid',
      'PatchOptions "" is invalid: fieldManager: Required value: is required for apply patch',
      {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value: is required for apply patch',
            field: 'fieldManager',
          },
        ],
      },
    );
  }
  if (!isRecord(body)) return badRequest('the body of an apply patch is not an object');
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {};
  if (Array.isArray(metadata['managedFields']) && metadata['managedFields'].length > 0) {
    return badRequest('metadata.managedFields must be nil');
  }
  if (metadata['name'] !== undefined && metadata['name'] !== name) {
    return badRequest(`the name of the object (${metadata['name']}) does not match the name on the URL (${name})`);
  }
  const wrong = misfits(body, shapeOf(kind));
  if (wrong.length === 0) return undefined;
  const list = wrong.length === 1 ? wrong[0] : `errors:\n${wrong.map((message) => `  ${message}`).join('\n')}`;
  return failure(
    500,
    '',
    `failed to create typed patch object (${namespace ? `${namespace}/` : '/'}${name}; ${apiVersionOf(kind)}, Kind=${kind.kind}): ${list}`,
  );
}

/** `Apply failed with …`, one cause for each field. */
function conflictsOf(conflicts: readonly FieldConflict[]): Status {
  const saidBy = ({ owner }: FieldConflict): string =>
    JSON.stringify(owner.manager) +
    (owner.subresource ? ` with subresource ${JSON.stringify(owner.subresource)}` : '') +
    (owner.operation === 'Update' ? ` using ${owner.apiVersion}` : '');
  const byManager = new Map<string, string[]>();
  for (const found of conflicts) {
    const name = saidBy(found);
    byManager.set(name, [...(byManager.get(name) ?? []), found.path]);
  }
  const [first] = conflicts;
  const text =
    conflicts.length === 1 && first
      ? `1 conflict: conflict with ${saidBy(first)}: ${first.path}`
      : `${conflicts.length} conflicts: ${[...byManager]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, paths]) => [`conflicts with ${name}:`, ...paths.map((path) => `- ${path}`)].join('\n'))
          .join('\n')}`;
  return failure(409, 'Conflict', `Apply failed with ${text}`, {
    causes: conflicts.map((found) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${saidBy(found)}`,
      field: found.path,
    })),
  });
}
