import { type AccessRequest, type Decision, decide, type Policies } from '../iam/decide';
import type { Permissions, RolePermissions } from '../iam/permissions';
import type { Need } from './needs';
import type { AwsError, Principal } from './service';
import type { Protocol } from './wire';

export interface AccessOptions {
  readonly region: string;
  readonly permissions: Permissions;
  /** ARN of the role that may everything, for whoever operates the pipelines. */
  readonly operator: string;
  readonly now: () => Date;
}

/** A call that the policies of the caller's role do not allow. */
export interface Denial {
  readonly need: Need;
  /** As AWS words it after "because". */
  readonly reason: string;
}

/**
 * Judges calls by the policies of the templates, as IAM would. A role that the templates do not hold, or of which they hold not all
 * policies (AWS's own managed ones), is not refused what its known policies do not allow: what the others allow is not known here.
 */
export class Access {
  private readonly roles: ReadonlyMap<string, RolePermissions>;

  constructor(private readonly options: AccessOptions) {
    this.roles = new Map(options.permissions.roles.map((role) => [role.arn, role]));
  }

  /** The first of the needs that the caller may not; undefined: the call is allowed. */
  denied(caller: Principal, needs: readonly Need[]): Denial | undefined {
    if (caller.roleArn === this.options.operator) return undefined;
    const role = this.roles.get(caller.roleArn);
    if (!role) return undefined;
    const policies = { identity: role.policies.flatMap(({ statements }) => statements), ...boundaryOf(role) };
    for (const need of needs) {
      const decision = this.decide(caller, role, need, policies);
      const isKnown = role.unread.length === 0 || (!decision.allowed && decision.reason.includes('explicit deny'));
      if (!decision.allowed && isKnown) return { need, reason: decision.reason };
    }
    return undefined;
  }

  private decide(caller: Principal, role: RolePermissions, need: Need, policies: Policies): Decision {
    const { region, permissions, now } = this.options;
    const { action, resource } = need;
    const trust = action === 'sts:AssumeRole' ? this.roles.get(resource)?.trust : undefined;
    // An object's bucket has the policy, and the owner.
    const owner = resource.replace(/^(arn:[^:]*:s3:::[^/]+)\/.*$/, '$1');
    const policy = trust ?? permissions.resources.get(owner);
    const bucket = /^arn:[^:]*:s3:::(.+)$/.exec(owner)?.[1] ?? '';
    const time = now();
    const request: AccessRequest = {
      principal: { kind: 'role', account: role.account, roleArn: role.arn, sessionArn: caller.arn },
      action,
      resource,
      resourceAccount: resource.split(':')[4] || (permissions.bucketAccounts.get(bucket) ?? role.account),
      context: {
        'aws:CurrentTime': time.toISOString(),
        'aws:EpochTime': String(Math.floor(time.getTime() / 1000)),
        'aws:PrincipalAccount': role.account,
        'aws:PrincipalArn': role.arn,
        'aws:PrincipalType': 'AssumedRole',
        'aws:PrincipalIsAWSService': 'false',
        'aws:RequestedRegion': region,
        // On AWS the same program calls over TLS; this endpoint is on loopback.
        'aws:SecureTransport': 'true',
        'aws:ViaAWSService': 'false',
        'aws:userid': caller.userId,
        ...need.context,
      },
    };
    return decide(request, {
      ...policies,
      ...(policy && { resource: policy }),
      needsResourcePolicy: trust !== undefined || (action.startsWith('kms:') && policy !== undefined),
    });
  }
}

const boundaryOf = ({ boundary }: RolePermissions): Pick<Policies, 'boundary'> => (boundary ? { boundary } : {});

/** The answer to a caller who may not. Source: IAM user guide, troubleshoot_access-denied; each service's "Common errors". */
export function accessDenied(
  service: string,
  caller: Principal,
  { need, reason }: Denial,
  protocol: Protocol,
): AwsError {
  const resource = service === 's3' ? `"${need.resource}"` : need.resource;
  const on = need.resource === '*' ? 'resource: *' : `resource: ${resource}`;
  const message = `User: ${caller.arn} is not authorized to perform: ${need.action} on ${on} ${reason}`;
  if (service === 'sns') return { code: 'AuthorizationError', message, status: 403 };
  const isPlain = protocol === 'query' || protocol === 'rest-xml' || service === 'cloudwatch';
  if (isPlain) return { code: 'AccessDenied', message, status: 403 };
  return { code: 'AccessDeniedException', message, status: protocol === 'rest-json' ? 403 : 400 };
}

/** What to do about a denial, for whoever reads the log of the run. */
export function adviceOn(caller: Principal, { need: { action, resource }, reason }: Denial): string {
  const role = caller.roleArn.replace(/^.*:role\//, '');
  const statement = JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource });
  return [
    `IAM: the role ${role} may not ${action} on ${resource}, ${reason}.`,
    `If it is to: ${statement} in its policy; in Slipway's own templates allow(['${action}'], ['${resource}']) in lib/cloud/build-permissions.ts.`,
  ].join('\n');
}
