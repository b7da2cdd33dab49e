import { readAssembly } from '../../lib/local/assembly';
import { decide } from '../../lib/local/iam/decide';
import type { RolePermissions } from '../../lib/local/iam/permissions';
import type { Statement } from '../../lib/local/iam/policy';
import { arnIn, type Estate, listOf, ofType, readEstate } from '../../lib/permissions/calls';
import { configOf, slipwayApp } from './fixtures';

const place = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };
const assembly = readAssembly(slipwayApp(configOf()).app.synth().directory);
if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));
const estate = readEstate(assembly.value, place);

/** Services that say nothing of whom they act for when they take a role, each with AWS's page. */
const SOURCELESS: Readonly<Record<string, string>> = {
  // aws:SourceArn is for policies of which a function is the target.
  'lambda.amazonaws.com': 'https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html',
  // Auto Mode's nodes: instances of the account take the role by their instance profile.
  'ec2.amazonaws.com': 'https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html',
};

/** For what a service takes which role: ARN of the role -> ARN of the resource. */
function sourcesOf(of: Estate): ReadonlyMap<string, string> {
  const arn = arnIn(of);
  const pairs: [unknown, string][] = [
    ...ofType(of, 'AWS::CodeBuild::Project').map(({ resource, properties }): [unknown, string] => [
      properties.ServiceRole,
      of.arnOf(resource),
    ]),
    ...ofType(of, 'AWS::CodePipeline::Pipeline').map(({ properties }): [unknown, string] => [
      properties.RoleArn,
      arn('codepipeline', properties.Name),
    ]),
    ...ofType(of, 'AWS::Events::Rule').flatMap(({ resource, properties }) =>
      listOf(properties.Targets).map(({ RoleArn }): [unknown, string] => [RoleArn, of.arnOf(resource)]),
    ),
    ...ofType(of, 'AWS::EKS::Cluster').map(({ resource, properties }): [unknown, string] => [
      properties.RoleArn,
      of.arnOf(resource),
    ]),
    ...ofType(of, 'AWS::EKS::Addon').flatMap(({ properties }) =>
      listOf(properties.PodIdentityAssociations).map(({ RoleArn }): [unknown, string] => [
        RoleArn,
        arn('eks', `cluster/${properties.ClusterName}`),
      ]),
    ),
    ...ofType(of, 'AWS::EC2::FlowLog').map(({ properties }): [unknown, string] => [
      properties.DeliverLogsPermissionArn,
      arn('ec2', 'vpc-flow-log/fl-0123456789abcdef0'),
    ]),
  ];
  return new Map(pairs.filter((pair): pair is [string, string] => typeof pair[0] === 'string'));
}

const servicesOf = ({ trust }: RolePermissions): string[] =>
  trust.flatMap(({ principals }) => principals?.names['Service'] ?? []);

/** Whether a service may take a role for a resource of an account; in each way that its trust names. */
const takes = (trust: readonly Statement[], role: string, service: string, account: string, source: string): boolean =>
  decide(
    {
      principal: { kind: 'service', service },
      action: 'sts:AssumeRole',
      resource: role,
      resourceAccount: place.account,
      context: { 'aws:SourceAccount': account, 'aws:SourceArn': source },
    },
    { identity: [], resource: trust, needsResourcePolicy: true },
  ).allowed;

/** What is wrong with the trusts of an estate. */
function problems(of: Estate): string[] {
  const sources = sourcesOf(of);
  return of.permissions.roles.flatMap((role) => {
    const { arn, trust, stack, logicalId } = role;
    return servicesOf(role).flatMap((service) => {
      if (Object.hasOwn(SOURCELESS, service)) return [];
      const who = `${stack}/${logicalId}: ${service}`;
      const source = sources.get(arn);
      if (source === undefined) return [`${who} takes it for nothing in these templates`];
      const another = source.replace(/[^:/]+$/, (name) => `${name}-of-somebody-else`);
      const elsewhere = source.replace(`:${place.account}:`, ':444455556666:');
      return [
        ...(takes(trust, arn, service, place.account, source) ? [] : [`${who} may not take it for ${source}`]),
        ...(takes(trust, arn, service, '444455556666', source) ? [`${who} may take it for another account`] : []),
        ...(takes(trust, arn, service, '444455556666', elsewhere) ? [`${who} may take it for ${elsewhere}`] : []),
        // A flow log's id is EC2's: one of the account's is as good as another.
        ...(service !== 'vpc-flow-logs.amazonaws.com' && takes(trust, arn, service, place.account, another)
          ? [`${who} may take it for ${another}`]
          : []),
      ];
    });
  });
}

it('a service takes a role for the one resource of this account that the role is there for', () => {
  expect(problems(estate)).toEqual([]);
});

it('nobody but services takes a role', () => {
  const others = estate.permissions.roles.filter(({ trust }) =>
    trust.some(({ principals }) => Object.keys(principals?.names ?? {}).some((kind) => kind !== 'Service')),
  );
  expect(others.map(({ logicalId }) => logicalId)).toEqual([]);
});

it('whoever is excused for saying nothing of his source has a role here', () => {
  const services = estate.permissions.roles.flatMap(servicesOf);
  expect(Object.keys(SOURCELESS).filter((service) => !services.includes(service))).toEqual([]);
});

/** Roles by the service that takes them, one each. */
const KINDS = [...new Set(estate.permissions.roles.flatMap(servicesOf))].filter(
  (service) => !Object.hasOwn(SOURCELESS, service),
);

describe.each(KINDS)('the trust in %s, less a condition, is told', (service) => {
  const mutant = (change: (statement: Statement) => Statement): string => {
    const [chosen] = estate.permissions.roles.filter((role) => servicesOf(role).includes(service));
    const roles = estate.permissions.roles.map((role) =>
      role === chosen ? { ...role, trust: role.trust.map(change) } : role,
    );
    return problems({ ...estate, permissions: { ...estate.permissions, roles } }).join('\n');
  };
  const without = (key: string) => (statement: Statement) => ({
    ...statement,
    conditions: statement.conditions.filter((condition) => condition.key !== key),
  });

  it('that on the account', () =>
    expect(mutant(without('aws:SourceAccount'))).toMatch(/may take it for another account/));
  it('both', () =>
    expect(mutant((statement) => ({ ...statement, conditions: [] }))).toMatch(/may take it for arn:aws/));
  it('with a pattern that fits all', () => {
    const open = mutant((statement) => ({
      ...statement,
      conditions: [{ operator: 'ArnLike', key: 'aws:SourceArn', values: ['arn:aws:*:*:*:*'] }],
    }));
    expect(open).toMatch(/may take it for/);
  });
  it('with a resource that there is not', () => {
    const closed = mutant((statement) => ({
      ...statement,
      conditions: [
        { operator: 'ArnLike', key: 'aws:SourceArn', values: ['arn:aws:codebuild:eu-west-1:111122223333:x'] },
      ],
    }));
    expect(closed).toMatch(/may not take it for/);
  });
});
