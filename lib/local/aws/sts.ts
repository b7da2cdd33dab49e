import type {
  AssumeRoleRequest,
  AssumeRoleResponse,
  GetCallerIdentityRequest,
  GetCallerIdentityResponse,
} from '@aws-sdk/client-sts';
import { err, ok } from '../../result';
import type { CredentialIssuer } from './credentials';
import { type Service, takes } from './service';

/**
 * STS (STS API reference): who a caller is, and becoming another. `aws eks get-token` presigns the first. `accounts`: those whose
 * roles there are.
 */
export const sts = (accounts: readonly string[], issuer: CredentialIssuer, now: () => Date): Service => ({
  prefix: 'sts',
  invalidInput: 'ValidationError',
  xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  operations: {
    GetCallerIdentity: takes<GetCallerIdentityRequest, GetCallerIdentityResponse>()([], (_, { arn, userId, account }) =>
      ok({ Arn: arn, UserId: userId, Account: account }),
    ),
    // Who may become whom is judged before (Access). What operates the pipelines is nobody's to become who does not do so already.
    AssumeRole: takes<AssumeRoleRequest, AssumeRoleResponse>()(
      ['RoleArn', 'RoleSessionName', 'DurationSeconds'],
      ({ RoleArn = '', RoleSessionName = '', DurationSeconds = 3600 }, caller) => {
        const isHere = accounts.includes(RoleArn.split(':')[4] ?? '') && RoleArn.includes(':role/');
        if (!isHere || (isOperator(RoleArn) && !isOperator(caller.roleArn)))
          return err({
            code: 'AccessDenied',
            message: `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
            status: 403,
          });
        const expires = new Date(now().getTime() + DurationSeconds * 1000);
        const { accessKeyId, secretAccessKey, sessionToken } = issuer.issue(RoleArn, RoleSessionName, { expires });
        const assumed = issuer.find(accessKeyId)?.principal;
        return ok({
          Credentials: {
            AccessKeyId: accessKeyId,
            SecretAccessKey: secretAccessKey,
            SessionToken: sessionToken,
            Expiration: expires,
          },
          AssumedRoleUser: { AssumedRoleId: assumed?.userId, Arn: assumed?.arn },
          PackedPolicySize: 0,
        });
      },
      ({ RoleArn }) => RoleArn,
    ),
  },
});

const isOperator = (roleArn: string): boolean => roleArn.endsWith(':role/slipway-operator');
