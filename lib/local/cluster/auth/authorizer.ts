import type { ResourceRequest } from '../api/request';
import { resourceName } from '../kinds';
import { isRecord } from '../schema/decode';
import { failure, type Status } from '../status';
import { ACCESS, BASIC } from './access-policies';
import type { Rbac } from './rbac';
import { type Attributes, type PolicyRule, permits, permitsPath } from './rules';
import { type AccessEntry, sameRole, type User } from './user';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/**
 * Says who may do what: the access policies of EKS access entries within their namespaces, and the cluster's Roles and ClusterRoles
 * as bound to the user and the groups of the user. Each adds to the others; nothing takes away.
 */
export class Authorizer {
  constructor(
    private readonly entries: () => readonly AccessEntry[],
    private readonly rbac?: Pick<Rbac, 'rulesOf'>,
  ) {}

  /** The refusal, or undefined. */
  check(user: User, verb: Verb | 'impersonate', target: ResourceRequest): Status | undefined {
    const { kind, subresource, name } = target;
    // A namespace itself is read and changed within that namespace.
    const namespace = target.namespace ?? (kind.kind === 'Namespace' ? name : undefined);
    const attributes = { verb, group: kind.group, resource: kind.plural };
    const wanted: Attributes = {
      ...attributes,
      ...(subresource ? { subresource } : {}),
      ...(name ? { name } : {}),
      ...(namespace ? { namespace } : {}),
    };
    if (this.allows(user, wanted)) return undefined;
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

  allows(user: User, wanted: Attributes): boolean {
    return this.rulesOf(user, wanted.namespace).some((rule) => permits(rule, wanted));
  }

  /** Whether the attributes of an access review are allowed; of a resource or of a path. */
  reviews(user: User, spec: Readonly<Record<string, unknown>>): boolean {
    const text = (of: unknown, key: string) => (isRecord(of) && typeof of[key] === 'string' ? (of[key] as string) : '');
    const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
    if (!isRecord(resource)) {
      const rules = this.rulesOf(user, undefined);
      return rules.some((rule) => permitsPath(rule, text(path, 'verb'), text(path, 'path')));
    }
    const optional = Object.fromEntries(
      ['subresource', 'name', 'namespace'].flatMap((key) => (text(resource, key) ? [[key, text(resource, key)]] : [])),
    );
    const [verb, group, plural] = [text(resource, 'verb'), text(resource, 'group'), text(resource, 'resource')];
    return this.allows(user, { verb, group, resource: plural, ...optional });
  }

  /** Everything that a user may in a namespace, or at the cluster's scope. */
  rulesOf(user: User, namespace: string | undefined): readonly PolicyRule[] {
    if (user.groups.includes('system:masters')) return ACCESS['cluster-admin'];
    const entries = this.entries().filter(
      (entry) => entry.level !== undefined && sameRole(entry.principalArn, user.name) && covers(entry, namespace),
    );
    const bound = this.rbac?.rulesOf(user, namespace) ?? [];
    return [...BASIC, ...entries.flatMap(({ level }) => (level ? ACCESS[level] : [])), ...bound];
  }
}

const covers = ({ namespaces = [] }: AccessEntry, namespace: string | undefined): boolean =>
  namespaces === '*' || (namespace !== undefined && namespaces.some((pattern) => fits(pattern, namespace)));

/** Names of access scopes may hold `*`. */
function fits(pattern: string, namespace: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`).test(namespace);
}
