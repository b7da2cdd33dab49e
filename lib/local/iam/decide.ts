import { type Context, holds } from './conditions';
import { matches, matchesArn, withVariables } from './pattern';
import type { PrincipalSelection, Selection, Statement } from './policy';

export interface AccessRequest {
  readonly principal: RequestPrincipal;
  /** `ecr:PutImage` */
  readonly action: string;
  /** An ARN; `*` for actions that know no resources. */
  readonly resource: string;
  /** Account that owns the resource. */
  readonly resourceAccount: string;
  readonly context: Context;
}

export type RequestPrincipal =
  | { readonly kind: 'role'; readonly account: string; readonly roleArn: string; readonly sessionArn: string }
  | { readonly kind: 'service'; readonly service: string };

/** Policies that bear on a request. */
export interface Policies {
  /** Of the role: inline and managed. */
  readonly identity: readonly Statement[];
  /** Permissions boundary; absent: none. */
  readonly boundary?: readonly Statement[];
  /** Of the resource; absent: it has none. */
  readonly resource?: readonly Statement[];
  /** Without the resource's own policy nobody is allowed: keys and roles. */
  readonly needsResourcePolicy?: boolean;
}

export type Decision =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** As AWS words it after "because". Source: IAM user guide, troubleshoot_access-denied. */
      readonly reason: string;
    };

const ALLOWED: Decision = { allowed: true };
const denied = (reason: string): Decision => ({ allowed: false, reason });

/**
 * IAM's decision on one request. Source: IAM user guide, reference_policies_evaluation-logic (within an account, and across accounts). There
 * are no organization's policies and no session policies here.
 */
export function decide(request: AccessRequest, policies: Policies): Decision {
  const { action, principal } = request;
  const { identity, boundary, resource = [], needsResourcePolicy = false } = policies;
  const applies = (statement: Statement): boolean => appliesTo(statement, request);
  const concerning = resource.filter(applies);
  if (concerning.some((each) => each.effect === 'Deny' && grade(each.principals, principal) !== 'none'))
    return denied('with an explicit deny in a resource-based policy');
  const own = identity.filter(applies);
  if (own.some(({ effect }) => effect === 'Deny')) return denied('with an explicit deny in an identity-based policy');
  const grades = concerning.filter(({ effect }) => effect === 'Allow').map((each) => grade(each.principals, principal));
  if (principal.kind === 'service')
    return grades.includes('direct') ? ALLOWED : denied(`because no resource-based policy allows the ${action} action`);
  const bounds = boundary?.filter(applies);
  if (bounds?.some(({ effect }) => effect === 'Deny')) return denied('with an explicit deny in a permissions boundary');
  const isAllowed = own.some(({ effect }) => effect === 'Allow');
  const isSameAccount = principal.account === request.resourceAccount;
  // What names the session's role in the resource's account needs nothing of the role's own.
  if (isSameAccount && grades.includes('direct')) return ALLOWED;
  if (!isAllowed) return denied(`because no identity-based policy allows the ${action} action`);
  if (bounds && !bounds.some(({ effect }) => effect === 'Allow'))
    return denied(`because no permissions boundary allows the ${action} action`);
  if (grades.length > 0 && grades.some((each) => each !== 'none')) return ALLOWED;
  return isSameAccount && !needsResourcePolicy
    ? ALLOWED
    : denied(`because no resource-based policy allows the ${action} action`);
}

/** Whether the statement is about this action, this resource and a request like this one; whoever makes it. */
function appliesTo({ actions, resources, conditions }: Statement, request: AccessRequest): boolean {
  const { action, resource, context } = request;
  return (
    isSelected(actions, (pattern) => matches(pattern, action, true)) &&
    (resources === undefined || isSelected(resources, (pattern) => matchesResource(pattern, resource, context))) &&
    conditions.every((condition) => holds(condition, context))
  );
}

const isSelected = ({ not, patterns }: Selection, matching: (pattern: string) => boolean): boolean =>
  patterns.some(matching) !== not;

function matchesResource(written: string, resource: string, context: Context): boolean {
  const pattern = withVariables(written, context);
  return pattern !== undefined && matchesArn(pattern, resource);
}

/**
 * How a resource's policy speaks of a principal: it names it, it names its account (whose own policies then decide), or neither.
 * Source: IAM user guide, reference_policies_elements_principal.
 */
function grade(selection: PrincipalSelection | undefined, principal: RequestPrincipal): 'direct' | 'account' | 'none' {
  if (selection === undefined) return 'none';
  const found = named(selection, principal);
  if (!selection.not) return found;
  return found === 'none' ? 'direct' : 'none';
}

function named({ names }: PrincipalSelection, principal: RequestPrincipal): 'direct' | 'account' | 'none' {
  const aws = names['AWS'] ?? [];
  if (principal.kind === 'service')
    return (names['Service'] ?? []).includes(principal.service) || aws.includes('*') ? 'direct' : 'none';
  const { account, roleArn, sessionArn } = principal;
  if (aws.includes('*') || aws.includes(roleArn) || aws.includes(sessionArn)) return 'direct';
  return aws.some((name) => name === account || new RegExp(`^arn:[^:]*:iam::${account}:root$`).test(name))
    ? 'account'
    : 'none';
}
