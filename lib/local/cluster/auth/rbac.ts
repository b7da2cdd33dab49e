import type { Store } from '../store/store';
import type { KubeObject } from '../types';
import { CLUSTER_ROLES } from './access-policies';
import type { PolicyRule } from './rules';
import type { User } from './user';

interface Role extends KubeObject {
  rules?: PolicyRule[];
}

interface Binding extends KubeObject {
  roleRef: { kind: string; name: string };
  subjects?: { kind: string; name: string; namespace?: string }[];
}

/** What Roles and ClusterRoles give to a user, through the bindings of the cluster and of one namespace. */
export class Rbac {
  constructor(private readonly store: Store) {}

  rulesOf(user: User, namespace: string | undefined): PolicyRule[] {
    const everywhere = this.store.list<Binding>('ClusterRoleBinding');
    const here = namespace === undefined ? [] : this.store.list<Binding>('RoleBinding', namespace);
    return [...everywhere, ...here].filter((binding) => names(binding, user)).flatMap((binding) => this.rules(binding));
  }

  private rules({ roleRef, metadata }: Binding): readonly PolicyRule[] {
    const cluster = roleRef.kind === 'ClusterRole';
    const role = this.store.get<Role>(roleRef.kind, cluster ? undefined : metadata.namespace, roleRef.name);
    // Those that Kubernetes makes by itself are always there, unless one has put one's own in their place.
    return role?.rules ?? (cluster ? (CLUSTER_ROLES[roleRef.name] ?? []) : []);
  }
}

const names = ({ subjects = [], metadata }: Binding, user: User): boolean =>
  subjects.some((subject) => {
    if (subject.kind === 'User') return subject.name === user.name;
    if (subject.kind === 'Group') return user.groups.includes(subject.name);
    const account = serviceAccount(subject.namespace ?? metadata.namespace ?? '', subject.name);
    return subject.kind === 'ServiceAccount' && account.name === user.name;
  });

/** The user that a service account is. */
export const serviceAccount = (namespace: string, name: string): User => ({
  name: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});
