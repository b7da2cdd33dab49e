import type { Authorizer } from '../auth/authorizer';
import type { User } from '../auth/user';
import { isRecord } from '../schema/decode';
import { failure, type Status } from '../status';

/** A kind that is asked and never stored. */
export interface Review {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced?: boolean;
}

const review = (group: string, kind: string, namespaced = false): Review => ({
  ...{ group, version: 'v1', kind, namespaced },
  plural: `${kind.toLowerCase()}s`,
});

export const REVIEWS: readonly Review[] = [
  review('authentication.k8s.io', 'SelfSubjectReview'),
  review('authorization.k8s.io', 'LocalSubjectAccessReview', true),
  review('authorization.k8s.io', 'SelfSubjectAccessReview'),
  review('authorization.k8s.io', 'SelfSubjectRulesReview'),
  review('authorization.k8s.io', 'SubjectAccessReview'),
];

/** The review that a path asks for, with the namespace of a local one. */
export function reviewOf(path: string): { review: Review; namespace?: string } | undefined {
  const match = /^\/apis\/([^/]+)\/v1\/(?:namespaces\/([^/]+)\/)?([a-z]+)$/.exec(path);
  const [, group, namespace, plural] = match ?? [];
  const found = REVIEWS.find(
    (r) => r.group === group && r.plural === plural && r.namespaced === (namespace !== undefined),
  );
  return found && { review: found, ...(namespace ? { namespace } : {}) };
}

/** Answers `kubectl auth can-i`, `can-i --list` and `whoami`; asking about others needs the right to. */
export function answerReview(
  { kind, group, version, plural }: Review,
  user: User,
  body: unknown,
  authorizer: Authorizer,
  namespace?: string,
): object | Status {
  const spec = isRecord(body) && isRecord(body['spec']) ? body['spec'] : {};
  const answer = (status: object) => ({
    kind,
    apiVersion: `${group}/${version}`,
    metadata: { creationTimestamp: null },
    ...(kind === 'SelfSubjectReview' ? {} : { spec }),
    status,
  });
  switch (kind) {
    case 'SelfSubjectReview':
      return answer({ userInfo: { username: user.name, groups: user.groups } });
    case 'SelfSubjectAccessReview':
      return answer({ allowed: authorizer.reviews(user, spec) });
    case 'SelfSubjectRulesReview':
      return answer(rules(user, typeof spec['namespace'] === 'string' ? spec['namespace'] : '', authorizer));
    default: {
      const scope = namespace ? { namespace } : {};
      if (!authorizer.allows(user, { verb: 'create', group, resource: plural, ...scope })) {
        const why = `User "${user.name}" cannot create resource "${plural}" in API group "${group}" at the cluster scope`;
        return failure(403, 'Forbidden', `${plural}.${group} is forbidden: ${why}`, { group, kind: plural });
      }
      const name = typeof spec['user'] === 'string' ? spec['user'] : '';
      const groups = Array.isArray(spec['groups']) ? spec['groups'].map(String) : [];
      return answer({ allowed: authorizer.reviews({ name, groups }, spec) });
    }
  }
}

function rules(user: User, namespace: string, authorizer: Authorizer): object {
  const all = authorizer.rulesOf(user, namespace || undefined);
  return {
    resourceRules: all.filter((rule) => rule.resources).map(({ nonResourceURLs: _, ...rule }) => rule),
    nonResourceRules: all
      .filter((rule) => rule.nonResourceURLs)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}
