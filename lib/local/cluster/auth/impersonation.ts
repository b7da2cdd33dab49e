import type { IncomingHttpHeaders } from 'node:http';
import { failure, type Status } from '../status';
import { serviceAccount } from './rbac';
import type { Attributes } from './rules';
import type { User } from './user';

/**
 * Who a request is to be taken for (`kubectl --as`, `--as-group`): the user itself without the headers, a refusal when the user may
 * not impersonate. https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
 */
export function impersonated(
  user: User,
  headers: IncomingHttpHeaders,
  allows: (user: User, wanted: Attributes) => boolean,
): { readonly user: User } | { readonly refusal: Status } {
  const name = headers['impersonate-user'];
  const given = headers['impersonate-group'];
  const groups = (Array.isArray(given) ? given : (given ?? '').split(',')).map((g) => g.trim()).filter(Boolean);
  if (typeof name !== 'string') {
    if (groups.length === 0) return { user };
    return { refusal: failure(400, 'BadRequest', 'requested [{Group  }] without impersonating a user') };
  }
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  const [, namespace = '', accountName = ''] = account ?? [];
  const wanted: Attributes[] = [
    account
      ? { verb: 'impersonate', group: '', resource: 'serviceaccounts', name: accountName, namespace }
      : { verb: 'impersonate', group: '', resource: 'users', name },
    ...groups.map((group) => ({ verb: 'impersonate', group: '', resource: 'groups', name: group })),
  ];
  const refused = wanted.find((attributes) => !allows(user, attributes));
  if (refused) {
    const { resource, name: of = '', namespace: within } = refused;
    const scope = within ? `in the namespace "${within}"` : 'at the cluster scope';
    const why = `User "${user.name}" cannot impersonate resource "${resource}" in API group "" ${scope}`;
    return {
      refusal: failure(403, 'Forbidden', `${resource} "${of}" is forbidden: ${why}`, { name: of, kind: resource }),
    };
  }
  const own = account ? serviceAccount(namespace, accountName).groups : ['system:authenticated'];
  return { user: { name, groups: [...new Set([...groups, ...own])] } };
}
