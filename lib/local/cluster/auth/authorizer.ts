import { ok } from '../../../result';
import type { ResourceRequest } from '../api/request';
import { KINDS, type Kind, resourceName } from '../kinds';
import { isRecord } from '../schema/decode';
import { type Answer, failure, type Status } from '../status';
import { isAdmin } from './authenticator';
import type { AccessEntry, Level, User } from './user';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
/** What `edit` may only read: who may do what, and how much. */
const GUARDED: ReadonlySet<string> = new Set(['Role', 'RoleBinding', 'ResourceQuota', 'LimitRange', 'Namespace']);

/**
 * Says who may do what, as EKS access entries with the policies View, Edit and Admin do, simplified: view reads everything but
 * secrets; edit changes everything of its namespaces but roles and quotas; admin those too. Nobody but the cluster's own
 * administrator, and entries for all namespaces with level admin, reaches what belongs to no namespace.
 */
export class Authorizer {
  constructor(private readonly entries: () => readonly AccessEntry[]) {}

  /** The refusal, or undefined. */
  check(user: User, verb: Verb, target: ResourceRequest): Status | undefined {
    const { kind, subresource, name } = target;
    // A namespace itself is read and changed within that namespace.
    const namespace = target.namespace ?? (kind.kind === 'Namespace' ? name : undefined);
    if (this.allows(user, verb, kind, namespace)) return undefined;
    const resource = subresource ? `${kind.plural}/${subresource}` : kind.plural;
    const group = `in API group "${kind.group}"`;
    const scope = kind.namespaced && namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
    const why = `User "${user.name}" cannot ${verb} resource "${resource}" ${group} ${scope}`;
    const of = name ? `${resourceName(kind)} "${name}"` : resourceName(kind);
    return failure(403, 'Forbidden', `${of} is forbidden: ${why}`, {
      ...(name ? { name } : {}),
      group: kind.group,
      kind: kind.plural,
    });
  }

  /** Answers a SelfSubjectAccessReview. */
  review(user: User, body: unknown): Answer<object> {
    const spec = isRecord(body) && isRecord(body['spec']) ? body['spec'] : {};
    const wanted = isRecord(spec['resourceAttributes']) ? spec['resourceAttributes'] : {};
    const text = (key: string) => (typeof wanted[key] === 'string' ? (wanted[key] as string) : '');
    const kind = KINDS.find(
      (k) => k.plural === text('resource') && (text('group') === '' || text('group') === k.group),
    );
    const namespace = text('namespace') || undefined;
    const allowed = kind ? this.allows(user, text('verb'), kind, namespace) : isAdmin(user);
    return ok({
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: { creationTimestamp: null },
      spec,
      status: { allowed },
    });
  }

  private allows(user: User, verb: string, kind: Kind, namespace: string | undefined): boolean {
    if (isAdmin(user)) return true;
    return this.entries().some((entry) => {
      if (!sameRole(entry.principalArn, user.name)) return false;
      if (!kind.namespaced && kind.kind !== 'Namespace') return entry.namespaces === '*' && entry.level === 'admin';
      const within =
        entry.namespaces === '*' ||
        (namespace !== undefined && entry.namespaces.some((pattern) => fits(pattern, namespace)));
      return within && permits(entry.level, verb, kind);
    });
  }
}

function permits(level: Level, verb: string, kind: Kind): boolean {
  if (level === 'view') return READS.has(verb) && kind.kind !== 'Secret';
  if (level === 'edit' && GUARDED.has(kind.kind)) return READS.has(verb);
  return true;
}

/** An assumed role's session is the role: `arn:…:sts::1:assumed-role/name/session` and `arn:…:iam::1:role/path/name`. */
export function sameRole(entry: string, caller: string): boolean {
  if (entry === caller) return true;
  const session = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(caller);
  const role = /^arn:([^:]+):iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(entry);
  return session !== null && role !== null && [1, 2, 3].every((i) => session[i] === role[i]);
}

/** Names of access scopes may hold `*`. */
function fits(pattern: string, namespace: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`).test(namespace);
}
