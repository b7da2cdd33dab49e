import type { Assembly } from '../../lib/local/assembly';
import { decide } from '../../lib/local/iam/decide';
import { type Permissions, type RolePermissions, readPermissions } from '../../lib/local/iam/permissions';
import type { Statement } from '../../lib/local/iam/policy';
import { Evaluator } from '../../lib/local/intrinsics';
import type { Bindings, Plan, PlannedAction } from '../../lib/local/plan';
import { readPlan } from '../../lib/local/read-plan';
import { deployedResources } from '../../lib/local/template/deployed';

/**
 * What is wrong with the ways from one account of an assembly into another, by the policies of both sides as IAM judges them:
 * a call that a pipeline needs and that one side does not allow, a way in for somebody whom no policy names, a role that a policy of
 * another account names and that is not there, and one that may into another account where no policy names it. Empty: nothing.
 */
export function crossAccountFindings(assembly: Assembly, bindings: Bindings): string[] {
  const plans = readPlan(assembly, bindings);
  if (!plans.ok) return plans.errors.map(({ path, message }) => `${path}: ${message}`);
  const permissions = readPermissions(new Evaluator(assembly, bindings));
  const world: World = { assembly, bindings, permissions, plans: plans.value };
  return [...new Set([...refusals(world), ...openings(world), ...strangers(world), ...oneSided(world)])];
}

interface World {
  readonly assembly: Assembly;
  readonly bindings: Bindings;
  readonly permissions: Permissions;
  readonly plans: readonly Plan[];
}

interface Call {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

const ownerOf = ({ permissions }: World, resource: string, otherwise: string): string =>
  accountOf(resource) ||
  permissions.bucketAccounts.get(resource.replace(/^arn:[^:]*:s3:::([^/]*).*$/, '$1')) ||
  otherwise;

const policyOf = ({ permissions }: World, resource: string): readonly Statement[] | undefined =>
  permissions.roles.find(({ arn }) => arn === resource)?.trust ??
  permissions.resources.get(resource.replace(/^(arn:[^:]*:s3:::[^/]+)\/.*$/, '$1'));

/** Whether IAM allows the call to whoever has these policies. */
function isAllowed(world: World, { role, action, resource, context }: Call, identity: readonly Statement[]): boolean {
  const policy = policyOf(world, resource);
  const account = accountOf(role);
  return decide(
    {
      principal: { kind: 'role', account, roleArn: role, sessionArn: `${role}/session` },
      action,
      resource,
      resourceAccount: ownerOf(world, resource, account),
      context: { 'aws:PrincipalArn': role, 'aws:SecureTransport': 'true', ...context },
    },
    { identity, ...(policy && { resource: policy }), needsResourcePolicy: /^(kms|sts):/.test(action) },
  ).allowed;
}

const EVERYTHING: Statement = {
  effect: 'Allow',
  actions: { not: false, patterns: ['*'] },
  resources: { not: false, patterns: ['*'] },
  conditions: [],
};

const statementsOf = (role: RolePermissions): Statement[] => role.policies.flatMap(({ statements }) => statements);

/** Calls that must be allowed, and are not. */
const refusals = (world: World): string[] =>
  world.plans
    .flatMap((plan) => callsOf(world, plan))
    .concat(pulls(world))
    .flatMap((call) => {
      const role = world.permissions.roles.find(({ arn }) => arn === call.role);
      if (role === undefined) return [`${call.role} is to ${call.action}, and is not there`];
      // What AWS's own policies allow is not in the templates; of the nodes it is that they may pull.
      const own = [...statementsOf(role), ...(role.unread.length > 0 ? [EVERYTHING] : [])];
      return isAllowed(world, call, own) ? [] : [`${call.role} may not ${call.action} on ${call.resource}`];
    });

/** The same calls by an administrator of the caller's account, whom no policy of the other account names. */
const openings = (world: World): string[] =>
  world.plans
    .flatMap((plan) => callsOf(world, plan))
    .concat(pulls(world))
    .filter(({ role, resource }) => ownerOf(world, resource, accountOf(role)) !== accountOf(role))
    .flatMap((call) => {
      const role = `arn:aws:iam::${accountOf(call.role)}:role/Administrator`;
      return isAllowed(world, { ...call, role }, [EVERYTHING])
        ? [`anybody of account ${accountOf(role)} may ${call.action} on ${call.resource}`]
        : [];
    });

/** What CodePipeline, CodeBuild and the bake call, each with its role, for the actions in other accounts. */
function callsOf(world: World, plan: Plan): Call[] {
  const pipelineRole = plan.declaration?.roleArn ?? '';
  const rules = plan.stages.flatMap(({ onFailure }) =>
    (onFailure?.condition?.rules ?? []).flatMap((rule) => ('action' in rule ? [rule.action] : [])),
  );
  return [...plan.stages.flatMap(({ actions }) => actions), ...rules].flatMap((action) => {
    const { roleArn } = action;
    if (roleArn === undefined || accountOf(roleArn) === accountOf(pipelineRole)) return [];
    return [{ role: pipelineRole, action: 'sts:AssumeRole', resource: roleArn }, ...work(world, plan, action, roleArn)];
  });
}

function work(world: World, plan: Plan, action: PlannedAction, roleArn: string): Call[] {
  const { partition, region, account } = world.bindings;
  switch (action.kind) {
    case 'codebuild': {
      const { arn, roleArn: build, environment } = action.project;
      const run = ['codebuild:StartBuild', 'codebuild:BatchGetBuilds'];
      const variable = (name: string): string | undefined => environment.find((each) => each.name === name)?.value;
      const repository = variable('REPOSITORY_URI')?.split('/')[1];
      const releases = variable('RELEASES')?.replace('s3://', '');
      return [
        ...run.map((each) => ({ role: roleArn, action: each, resource: arn })),
        ...readArtifact(world, plan, roleArn),
        ...readArtifact(world, plan, build),
        ...(repository === undefined
          ? []
          : [
              {
                role: build,
                action: 'ecr:DescribeImages',
                resource: `arn:${partition}:ecr:${region}:${account}:repository/${repository}`,
              },
            ]),
        ...(releases === undefined ? [] : keepReleases(world, build, releases, variable)),
        ...(repository === undefined ? [] : verify(world, build, variable)),
      ];
    }
    case 'lambda': {
      const { arn, roleArn: own, environment } = action.function;
      const answer = environment['ANSWER_ROLE'] ?? '';
      return [
        { role: roleArn, action: 'lambda:InvokeFunction', resource: arn },
        { role: own, action: 'sts:AssumeRole', resource: answer },
        { role: answer, action: 'codepipeline:PutJobSuccessResult', resource: '*' },
        { role: answer, action: 'codepipeline:PutJobFailureResult', resource: '*' },
      ];
    }
    default:
      throw new Error(`${action.id}: nothing is known of ${action.kind} across accounts`);
  }
}

function readArtifact({ permissions, bindings }: World, plan: Plan, role: string): Call[] {
  const { partition, region } = bindings;
  const name = plan.declaration?.artifactStore?.location ?? '';
  const bucket = `arn:${partition}:s3:::${name}`;
  const key = permissions.bucketKeys.get(name)?.key ?? '';
  const context = { 'kms:ViaService': `s3.${region}.amazonaws.com`, 'kms:EncryptionContext:aws:s3:arn': bucket };
  return [
    { role, action: 's3:GetObject', resource: `${bucket}/${plan.pipeline.slice(0, 20)}/SourceArti/x1` },
    { role, action: 's3:GetObjectVersion', resource: `${bucket}/${plan.pipeline.slice(0, 20)}/SourceArti/x1` },
    { role, action: 's3:GetBucketLocation', resource: bucket },
    { role, action: 'kms:Decrypt', resource: key, context },
    { role, action: 'kms:DescribeKey', resource: key },
  ];
}

function keepReleases(
  { permissions, bindings }: World,
  role: string,
  bucket: string,
  variable: (name: string) => string | undefined,
): Call[] {
  const record = `arn:${bindings.partition}:s3:::${bucket}/${variable('SERVICE')}/${variable('ENVIRONMENT')}/record.json`;
  const key = permissions.bucketKeys.get(bucket)?.key ?? '';
  return [
    ...['s3:GetObject', 's3:PutObject'].map((action) => ({ role, action, resource: record })),
    ...['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({ role, action, resource: key })),
  ];
}

/** What a deploy asks of what is signed about its image. */
function verify(
  { permissions, assembly, bindings }: World,
  role: string,
  variable: (name: string) => string | undefined,
): Call[] {
  const { partition, region } = bindings;
  const name = variable('ATTESTATIONS')?.replace('s3://', '') ?? '';
  const bucket = `arn:${partition}:s3:::${name}`;
  const asked = variable('PROVENANCE_KEY') ?? '';
  const alias = /alias\/.*$/.exec(asked)?.[0] ?? '';
  const evaluator = new Evaluator(assembly, bindings);
  const key = deployedResources(evaluator).find(
    ({ type, properties }) => type === 'AWS::KMS::Alias' && properties['AliasName'] === alias,
  )?.properties['TargetKeyId'];
  const context = { 'kms:ViaService': `s3.${region}.amazonaws.com`, 'kms:EncryptionContext:aws:s3:arn': bucket };
  const ask = ['kms:GetPublicKey', 'kms:DescribeKey'].map((action) => ({
    role,
    action,
    resource: String(key),
    context: { 'kms:RequestAlias': alias },
  }));
  return [
    ...ask,
    { role, action: 's3:GetObject', resource: `${bucket}/${variable('SERVICE')}/sha256/x.json` },
    { role, action: 's3:ListBucket', resource: bucket, context: { 's3:prefix': `${variable('SERVICE')}/x` } },
    { role, action: 'kms:Decrypt', resource: permissions.bucketKeys.get(name)?.key ?? '', context },
  ];
}

/** Of the images of each repository but those of layers, by the nodes of clusters in other accounts. */
function pulls({ assembly, bindings, permissions }: World): Call[] {
  const evaluator = new Evaluator(assembly, bindings);
  const repositories = deployedResources(evaluator)
    .filter(({ type, id }) => type === 'AWS::ECR::Repository' && !id.endsWith('-cache'))
    .map(({ id }) => `arn:${bindings.partition}:ecr:${bindings.region}:${bindings.account}:repository/${id}`);
  const nodes = permissions.roles.filter(
    ({ account, trust }) =>
      account !== bindings.account &&
      trust.some(({ principals }) => principals?.names['Service']?.includes('ec2.amazonaws.com')),
  );
  return nodes.flatMap(({ arn }) =>
    repositories.flatMap((resource) =>
      ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'].map((action) => ({ role: arn, action, resource })),
    ),
  );
}

/** Roles that a policy names and that are not there. */
function strangers({ assembly, bindings, permissions }: World): string[] {
  const accounts = new Set(assembly.stacks.map(({ account }) => account ?? bindings.account));
  const known = new Set(permissions.roles.map(({ arn }) => arn));
  const named = [...permissions.resources.values(), ...permissions.roles.map(({ trust }) => trust)]
    .flat()
    .flatMap(({ conditions }) => conditions)
    .filter(({ key }) => key === 'aws:PrincipalArn')
    .flatMap(({ values }) => values);
  const assumed = permissions.roles
    .flatMap(statementsOf)
    .filter(({ actions }) => actions.patterns.includes('sts:AssumeRole'))
    .flatMap(({ resources }) => resources?.patterns ?? []);
  return [...named, ...assumed]
    .filter((arn) => accounts.has(accountOf(arn)) && !known.has(arn))
    .map((arn) => `${arn} is named by a policy, and is not there`);
}

/** Roles that may into another account of the assembly, where no policy names them for the action. */
function oneSided(world: World): string[] {
  const { permissions } = world;
  const policies = [
    ...[...permissions.resources].map(([arn, statements]) => ({ arn, statements })),
    ...permissions.roles.map(({ arn, trust }) => ({ arn, statements: trust })),
  ];
  return permissions.roles.flatMap((role) =>
    statementsOf(role).flatMap(({ effect, actions, resources }) =>
      (effect === 'Allow' ? (resources?.patterns ?? []) : [])
        .filter((pattern) => pattern !== '*' && ownerOf(world, pattern, role.account) !== role.account)
        .flatMap((pattern) => {
          const there = policies.filter(({ arn }) => covers(pattern, arn)).flatMap(({ statements }) => statements);
          return actions.patterns
            .filter((action) => !there.some((statement) => names(statement, role.arn, action)))
            .map((action) => `${role.arn} may ${action} on ${pattern}, which no policy there says of it`);
        }),
    ),
  );
}

/** Whether a pattern of an identity's policy is about what has a policy, or about something in it. */
const covers = (pattern: string, arn: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`).test(arn) ||
  pattern.startsWith(`${arn}/`);

const names = ({ actions, conditions }: Statement, role: string, action: string): boolean =>
  actions.patterns.includes(action) &&
  conditions.some(({ key, values }) => key === 'aws:PrincipalArn' && values.includes(role));
