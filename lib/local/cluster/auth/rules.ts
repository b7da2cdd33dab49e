/** A rule of a Role or ClusterRole. https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** What a request does. */
export interface Attributes {
  readonly verb: string;
  /** API group; '' is the core. */
  readonly group: string;
  /** Plural: `deployments`. */
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly namespace?: string;
}

export const EVERYTHING: PolicyRule = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };

export function permits(rule: PolicyRule, wanted: Attributes): boolean {
  const { verb, group, resource, subresource, name } = wanted;
  const has = (list: readonly string[] | undefined, value: string) =>
    (list ?? []).some((item) => item === '*' || item === value);
  const resources = rule.resources ?? [];
  const named = subresource ? `${resource}/${subresource}` : resource;
  const fits =
    resources.includes('*') || resources.includes(named) || (subresource && resources.includes(`*/${subresource}`));
  const names = rule.resourceNames ?? [];
  return (
    has(rule.verbs, verb) &&
    has(rule.apiGroups, group) &&
    Boolean(fits) &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
}

/** Paths may end in `*`. */
export const permitsPath = (rule: PolicyRule, verb: string, path: string): boolean =>
  rule.verbs.some((item) => item === '*' || item === verb) &&
  (rule.nonResourceURLs ?? []).some((url) => (url.endsWith('*') ? path.startsWith(url.slice(0, -1)) : path === url));
