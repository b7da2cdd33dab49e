import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { decide } from '../../lib/local/iam/decide';
import { matches } from '../../lib/local/iam/pattern';
import type { RolePermissions } from '../../lib/local/iam/permissions';
import type { Selection, Statement } from '../../lib/local/iam/policy';
import type { Estate, RoleCall } from '../../lib/permissions/calls';
import { resourcesOfAction } from '../local/iam/reference';

type Asked = Pick<RoleCall, 'action' | 'resource' | 'context'>;

const statementsOf = (role: RolePermissions): readonly Statement[] =>
  role.policies.flatMap(({ statements }) => statements);

const nameOf = ({ stack, logicalId }: RolePermissions): string => `${stack}/${logicalId}`;

const accountOf = (arn: string, otherwise: string): string => arn.split(':')[4] || otherwise;

/** Whether a role with these statements may, by the rules of lib/local/iam. */
export function may(estate: Estate, role: RolePermissions, asked: Asked, identity = statementsOf(role)): boolean {
  const resource = estate.permissions.resources.get(asked.resource.replace(/^(arn:[^:]*:s3:::[^/]+)\/.*$/, '$1'));
  return decide(
    {
      principal: { kind: 'role', account: role.account, roleArn: role.arn, sessionArn: sessionOf(role) },
      ...asked,
      resourceAccount: accountOf(asked.resource, role.account),
      context: { ...GLOBAL, 'aws:PrincipalArn': role.arn, 'aws:PrincipalAccount': role.account, ...asked.context },
    },
    {
      identity,
      ...(role.boundary && { boundary: role.boundary }),
      ...(resource && { resource }),
      needsResourcePolicy: asked.action.startsWith('kms:') && resource !== undefined,
    },
  ).allowed;
}

const GLOBAL = { 'aws:SecureTransport': 'true' };
const sessionOf = ({ arn }: RolePermissions): string =>
  `${arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/test`;

/** The same by a simulator of others, which also knows what an action and its context may be. Undefined: allowed; else why not. */
export async function simulated(estate: Estate, role: RolePermissions, asked: Asked): Promise<string | undefined> {
  const policy = estate.permissions.resources.get(asked.resource.replace(/^(arn:[^:]*:s3:::[^/]+)\/.*$/, '$1'));
  const answer = await runSimulation(
    {
      request: {
        principal: sessionOf(role),
        action: asked.action,
        resource: { resource: asked.resource, accountId: accountOf(asked.resource, role.account) },
        contextVariables: { ...GLOBAL, 'aws:PrincipalArn': role.arn, ...asked.context } as Record<string, string>,
      },
      identityPolicies: [{ name: 'role', policy: documentOf(statementsOf(role)) }],
      ...(policy && { resourcePolicy: documentOf(policy) }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    } satisfies Simulation,
    {},
  );
  if (answer.resultType === 'error') return JSON.stringify(answer.errors);
  return answer.overallResult === 'Allowed' ? undefined : answer.overallResult;
}

/** Back to JSON. */
const documentOf = (statements: readonly Statement[]) => ({
  Version: '2012-10-17',
  Statement: statements.map(({ effect, actions, resources, principals, conditions }) => ({
    Effect: effect,
    [actions.not ? 'NotAction' : 'Action']: actions.patterns,
    ...(resources && { [resources.not ? 'NotResource' : 'Resource']: resources.patterns }),
    ...(principals && { [principals.not ? 'NotPrincipal' : 'Principal']: principals.names }),
    ...(conditions.length > 0 && {
      Condition: conditions.reduce<Record<string, Record<string, readonly string[]>>>(
        (all, { operator, key, values }) => {
          all[operator] = { ...all[operator], [key]: values };
          return all;
        },
        {},
      ),
    }),
  })),
});

const describe = (role: RolePermissions | undefined, { action, resource }: Asked, arn = ''): string =>
  `${role ? nameOf(role) : arn}: ${action} on ${resource}`;

const rolesByArn = (estate: Estate) => new Map(estate.permissions.roles.map((role) => [role.arn, role]));

/** Calls that their role may not make. A role of which AWS keeps a policy may more than is known here. */
export function denied(estate: Estate, calls: readonly RoleCall[]): string[] {
  const roles = rolesByArn(estate);
  return calls.flatMap((call) => {
    const role = roles.get(call.role);
    if (!role) return [`${describe(role, call, call.role)}: no such role`];
    return role.unread.length > 0 || may(estate, role, call) ? [] : [`${describe(role, call)} (${call.why})`];
  });
}

/** Actions on resources that are allowed and that no call needs: what can be taken away without a call being refused. */
export function unused(estate: Estate, calls: readonly RoleCall[]): string[] {
  return estate.permissions.roles.flatMap((role) => {
    const own = calls.filter((call) => call.role === role.arn);
    const statements = statementsOf(role);
    return statements.flatMap((statement, index) =>
      statement.effect === 'Deny'
        ? []
        : grantsOf(statement).flatMap(({ action, resource }) => {
            const less = without(statement, action, resource);
            const rest = [...statements.slice(0, index), ...less, ...statements.slice(index + 1)];
            const isNeeded = own.some(
              (call) => matches(action, call.action, true) && may(estate, role, call) && !may(estate, role, call, rest),
            );
            return isNeeded ? [] : [describe(role, { action, resource })];
          }),
    );
  });
}

const grantsOf = ({ actions, resources }: Statement): Asked[] =>
  actions.patterns.flatMap((action) => (resources?.patterns ?? ['*']).map((resource) => ({ action, resource })));

/** The statement less one action on one resource. */
function without(statement: Statement, action: string, resource: string): Statement[] {
  const less = ({ not, patterns }: Selection, gone: string): Selection => ({
    not,
    patterns: patterns.filter((pattern) => pattern !== gone),
  });
  const { actions, resources } = statement;
  const others = { ...statement, actions: less(actions, action) };
  const same = {
    ...statement,
    actions: { ...actions, patterns: [action] },
    ...(resources && { resources: less(resources, resource) }),
  };
  return [others, same].filter((each) => each.actions.patterns.length > 0 && each.resources?.patterns.length !== 0);
}

/** What a policy must not be: with wildcards in actions, turned round, or on everything where the action knows resources. */
export async function tooWide(estate: Estate): Promise<string[]> {
  const findings: string[] = [];
  for (const role of estate.permissions.roles)
    for (const { effect, actions, resources } of statementsOf(role)) {
      if (effect === 'Deny') continue;
      if (actions.not) findings.push(`${nameOf(role)}: NotAction ${actions.patterns}`);
      if (resources?.not) findings.push(`${nameOf(role)}: NotResource ${resources.patterns}`);
      for (const action of actions.patterns)
        if (/[*?]/.test(action)) findings.push(`${nameOf(role)}: the action ${action}`);
        else if (resources?.patterns.includes('*') && !(await resourcesOfAction(action)).mayBeNone)
          findings.push(`${nameOf(role)}: ${action} on *`);
    }
  return findings;
}

/** What no role may, whatever its work; each on what it would be about. */
export function forbidden(estate: Estate): string[] {
  const { account, region, partition } = estate.place;
  const arn = (service: string, resource: string): string =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const iam = (resource: string): string => `arn:${partition}:iam::${account}:${resource}`;
  const ofType = (type: string): string[] =>
    estate.resources.filter((resource) => resource.type === type).map((resource) => estate.arnOf(resource));
  const projects = ofType('AWS::CodeBuild::Project');
  const everybody: Asked[] = [
    ...[
      'CreateRole',
      'PutRolePolicy',
      'AttachRolePolicy',
      'PassRole',
      'UpdateAssumeRolePolicy',
      'DeleteRolePolicy',
    ].map((name) => ({ action: `iam:${name}`, resource: iam('role/anybody') })),
    { action: 'iam:CreateUser', resource: iam('user/anybody') },
    { action: 'iam:CreateAccessKey', resource: iam('user/anybody') },
    { action: 'iam:CreatePolicyVersion', resource: iam('policy/anything') },
    { action: 'sts:AssumeRole', resource: iam('role/anybody') },
    ...estate.permissions.roles.map((role) => ({ action: 'sts:AssumeRole', resource: role.arn })),
    ...projects.map((resource) => ({ action: 'codebuild:UpdateProject', resource })),
    {
      action: 'codepipeline:PutApprovalResult',
      resource: arn('codepipeline', 'visits-production/SignOff/ClientSignOff'),
    },
    { action: 'codepipeline:UpdatePipeline', resource: arn('codepipeline', 'visits-production') },
    ...ofType('AWS::EKS::Cluster').flatMap((resource) =>
      ['eks:CreateAccessEntry', 'eks:UpdateClusterConfig'].map((action) => ({ action, resource })),
    ),
    { action: 'eks:AssociateAccessPolicy', resource: arn('eks', 'access-entry/slipway/role/1/a/b') },
    { action: 'secretsmanager:GetSecretValue', resource: arn('secretsmanager', 'secret:anything-a1b2c3') },
    { action: 'ssm:GetParameter', resource: arn('ssm', 'parameter/anything') },
    { action: 's3:GetObject', resource: `arn:${partition}:s3:::somebody-elses-bucket/key` },
    ...ofType('AWS::S3::Bucket').flatMap((bucket) => [
      { action: 's3:GetObject', resource: `${bucket}/another-service/dev/record.json` },
      { action: 's3:PutObject', resource: `${bucket}/another-service/dev/record.json` },
      { action: 's3:DeleteObject', resource: `${bucket}/visits/dev/record.json` },
      { action: 's3:DeleteObjectVersion', resource: `${bucket}/visits/dev/record.json` },
      { action: 's3:PutBucketPolicy', resource: bucket },
    ]),
    ...ofType('AWS::KMS::Key').flatMap((resource) =>
      ['kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy', 'kms:CreateGrant'].map((action) => ({ action, resource })),
    ),
    ...ofType('AWS::ECR::Repository').flatMap((resource) =>
      ['ecr:BatchDeleteImage', 'ecr:SetRepositoryPolicy', 'ecr:PutImageTagMutability'].map((action) => ({
        action,
        resource,
      })),
    ),
  ];
  const programs = new Map(
    estate.resources
      .filter(({ type }) => type === 'AWS::CodeBuild::Project')
      .map(({ properties }) => [
        String(properties['ServiceRole']),
        String(properties['Description']).split(' ')[0] ?? '',
      ]),
  );
  const pushers = ['buildspecs/image.yml', 'buildspecs/release.yml', 'buildspecs/attest.yml'];
  return estate.permissions.roles.flatMap((role) => {
    const program = programs.get(role.arn);
    const asked = [
      ...everybody,
      ...(program === undefined ? [] : projects.map((resource) => ({ action: 'codebuild:StartBuild', resource }))),
      ...(program !== undefined && pushers.includes(program)
        ? []
        : ofType('AWS::ECR::Repository').map((resource) => ({ action: 'ecr:PutImage', resource }))),
      ...(program === 'buildspecs/attest.yml'
        ? []
        : ofType('AWS::KMS::Key').map((resource) => ({ action: 'kms:Sign', resource }))),
      ...(program === 'buildspecs/image.yml'
        ? []
        : ofType('AWS::Signer::SigningProfile').map((resource) => ({ action: 'signer:SignPayload', resource }))),
      ...othersEnvironments(estate, role),
    ];
    return asked.filter((each) => may(estate, role, each)).map((each) => describe(role, each));
  });
}

/** Releases of the environments that a build is not of. */
function othersEnvironments(estate: Estate, role: RolePermissions): Asked[] {
  const values = (properties: (typeof estate.resources)[number]['properties']): Readonly<Record<string, string>> => {
    const environment = properties['Environment'] as
      | { EnvironmentVariables?: { Name: string; Value: string }[] }
      | undefined;
    return Object.fromEntries((environment?.EnvironmentVariables ?? []).map(({ Name, Value }) => [Name, Value]));
  };
  const projects = estate.resources.filter(({ type }) => type === 'AWS::CodeBuild::Project');
  const own = projects.find(({ properties }) => properties['ServiceRole'] === role.arn);
  const ownEnvironment = own && values(own.properties)['ENVIRONMENT'];
  return projects.flatMap(({ properties }) => {
    const { SERVICE, ENVIRONMENT, RELEASES } = values(properties);
    if (RELEASES === undefined || ENVIRONMENT === ownEnvironment) return [];
    const record = `arn:${estate.place.partition}:s3:::${RELEASES.replace(/^s3:\/\//, '')}/${SERVICE}/${ENVIRONMENT}/record.json`;
    return ['s3:GetObject', 's3:PutObject'].map((action) => ({ action, resource: record }));
  });
}

/** Policies of AWS's own that roles have, each once. */
export const unreadPolicies = (estate: Estate): string[] =>
  [
    ...new Set(
      estate.permissions.roles.flatMap((role) =>
        role.unread.map((arn) => `${nameOf(role)}: ${arn.replace(/^.*:policy\//, '')}`),
      ),
    ),
  ].sort();
