import type { AccessEntry as Entry } from '../../template/cluster';
import type { AccessEntry } from './user';

/** What an access entry gives its principal: groups, and what EKS's access policies allow (EKS, access-policies). */
export function accessOf({ principalArn, policies, groups }: Entry): AccessEntry[] {
  const allowed = policies.flatMap(({ name, namespaces }) => {
    const level = LEVELS[name];
    return level ? [{ principalArn, namespaces: namespaces ?? ('*' as const), level }] : [];
  });
  return groups.length > 0 ? [{ principalArn, groups }, ...allowed] : allowed;
}

const LEVELS: Readonly<Record<string, NonNullable<AccessEntry['level']>>> = {
  AmazonEKSClusterAdminPolicy: 'cluster-admin',
  AmazonEKSAdminPolicy: 'admin',
  AmazonEKSEditPolicy: 'edit',
  AmazonEKSViewPolicy: 'view',
};
