import { renderBuildspec } from '../../lib/cloud/buildspec';
import type { Json } from '../../lib/cloud/rules/rule';
import { FROM_TEMPLATE } from '../fixtures/from-template';
import { actionsOf, buildsOf, deliver, managedPoliciesOf, statementsOf } from './delivery';
import { projectRoot, propertiesOf, readable, resourcesOf, someCluster } from './fixtures';

const { pipelines, template } = deliver();
const builds = buildsOf(pipelines);
const roles = resourcesOf(template, 'AWS::IAM::Role');
/** Of the pipelines. */
const projects = propertiesOf(template, 'AWS::CodeBuild::Project').filter(
  ({ Source }) => Source.Type === 'CODEPIPELINE',
);
const projectOf = (name: string): Json => projects.find(({ Name }) => Name === name);
const roleOf = (project: Json): Json => roles[project.ServiceRole['Fn::GetAtt'][0]];

describe('builds', () => {
  it('each have a project, whose role nobody shares', () => {
    expect(projects.map(({ Name }) => Name).sort()).toEqual(builds.map(({ name }) => name).sort());
    expect(new Set(projects.map((project) => project.ServiceRole['Fn::GetAtt'][0])).size).toBe(projects.length);
  });

  it.each(builds.map(({ name, action }) => [name, action] as const))(
    '%s runs what the template says',
    (name, action) => {
      const project = projectOf(name);
      expect(project.Source).toEqual({ Type: 'CODEPIPELINE', BuildSpec: renderBuildspec(action.job, projectRoot) });
      expect(project.TimeoutInMinutes).toBe(action.timeoutMinutes);
      expect(project.QueuedTimeoutInMinutes).toBeGreaterThan(0);
      expect(project.EncryptionKey).toBeDefined();
      expect(project.LogsConfig.CloudWatchLogs.Status).toBe('ENABLED');
      const environment = Object.fromEntries(
        project.Environment.EnvironmentVariables.map(({ Name, Value }: Json) => [Name, Value]),
      );
      expect(environment).toMatchObject(action.environment);
      for (const variable of project.Environment.EnvironmentVariables) expect(variable.Type).toBe('PLAINTEXT');
    },
  );

  it('get from the template what only the template knows', () => {
    const extra = (name: string) =>
      projectOf(name)
        .Environment.EnvironmentVariables.map(({ Name }: Json) => Name)
        .filter(
          (variable: string) => !(variable in (builds.find((build) => build.name === name)?.action.environment ?? {})),
        );
    for (const job of ['image', 'attest', 'deploy', 'verify'] as const) {
      const stage = job === 'deploy' || job === 'verify' ? 'dev' : 'test';
      expect(extra(`visits-development-${stage}-${job}`)).toEqual(FROM_TEMPLATE[job]);
    }
    expect(extra('visits-development-test-unit')).toEqual([]);
  });

  it('are privileged for images only', () => {
    const privileged = projects.filter(({ Environment }) => Environment.PrivilegedMode).map(({ Name }) => Name);
    expect(privileged.sort()).toEqual(['visits-development-test-image', 'visits-production-test-image']);
  });

  it('reach the cluster’s network only to deploy and verify', () => {
    const inside = projects.filter(({ VpcConfig }) => VpcConfig).map(({ Name }) => Name);
    expect(inside.every((name) => /-(deploy|verify)$/.test(name))).toBe(true);
    expect(inside).toHaveLength(6);
    for (const { VpcConfig } of projects.filter((project) => project.VpcConfig))
      expect(VpcConfig).toMatchObject({ VpcId: someCluster.vpcId, Subnets: someCluster.subnetIds });
  });

  it('enter their own namespace only: to edit where they deploy, to look where they verify', () => {
    const entries = propertiesOf(template, 'AWS::EKS::AccessEntry')
      .filter(({ PrincipalArn }) =>
        projects.some(({ ServiceRole }) => readable(ServiceRole) === readable(PrincipalArn)),
      )
      .map(({ PrincipalArn, AccessPolicies, ClusterName, KubernetesGroups = [] }) => {
        const name = projects.find(
          (project) => project.ServiceRole['Fn::GetAtt'][0] === PrincipalArn['Fn::GetAtt'][0],
        )?.Name;
        expect(AccessPolicies).toHaveLength(1);
        const [{ PolicyArn, AccessScope }] = AccessPolicies;
        return [
          name,
          ClusterName,
          readable(PolicyArn).split('/').at(-1),
          AccessScope.Type,
          ...AccessScope.Namespaces,
          ...KubernetesGroups,
        ];
      });
    expect(entries.sort()).toEqual([
      [
        'visits-development-dev-deploy',
        'slipway',
        'AmazonEKSEditPolicy',
        'namespace',
        'visits-dev',
        'slipway:deployers:visits-dev',
      ],
      ['visits-development-dev-verify', 'slipway', 'AmazonEKSViewPolicy', 'namespace', 'visits-dev'],
      [
        'visits-production-production-deploy',
        'slipway',
        'AmazonEKSEditPolicy',
        'namespace',
        'visits-production',
        'slipway:deployers:visits-production',
      ],
      ['visits-production-production-verify', 'slipway', 'AmazonEKSViewPolicy', 'namespace', 'visits-production'],
      [
        'visits-production-staging-deploy',
        'slipway',
        'AmazonEKSEditPolicy',
        'namespace',
        'visits-staging',
        'slipway:deployers:visits-staging',
      ],
      ['visits-production-staging-verify', 'slipway', 'AmazonEKSViewPolicy', 'namespace', 'visits-staging'],
    ]);
  });

  it('have a report group of their own for every report, which their role may write', () => {
    const groups = resourcesOf(template, 'AWS::CodeBuild::ReportGroup');
    const unit = Object.entries(groups).filter(([, { Properties }]) =>
      Properties.Name.startsWith('visits-development-test-unit-'),
    );
    expect(unit.map(([, { Properties }]) => [Properties.Name, Properties.Type])).toEqual([
      ['visits-development-test-unit-unit', 'TEST'],
      ['visits-development-test-unit-coverage', 'CODE_COVERAGE'],
    ]);
    const write = statementsOf(template, roleOf(projectOf('visits-development-test-unit'))).find(({ Action }) =>
      Action.includes('codebuild:BatchPutTestCases'),
    );
    expect(write.Resource.map((arn: Json) => arn['Fn::GetAtt'][0]).sort()).toEqual(unit.map(([id]) => id).sort());
  });

  it('share a cache with their own pipeline only', () => {
    expect(projectOf('visits-development-test-unit').Cache).toMatchObject({
      Type: 'S3',
      CacheNamespace: 'visits-development',
    });
    expect(projectOf('visits-production-test-unit').Cache).toMatchObject({
      Type: 'S3',
      CacheNamespace: 'visits-production',
    });
    expect(projectOf('visits-production-production-deploy').Cache).toEqual({ Type: 'NO_CACHE' });
  });
});

describe('permissions', () => {
  const everyRole = Object.entries(roles);
  const forbidden = /^(iam:|codebuild:UpdateProject|codepipeline:PutApproval|sts:AssumeRole$|\*)|\*/;

  it('hold no wildcard action and nothing that would let a role widen itself', () => {
    const policies = Object.values(resourcesOf(template, 'AWS::IAM::ManagedPolicy')).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    const granted = [
      ...everyRole.flatMap(([, role]) => actionsOf(template, role)),
      ...policies.flatMap(({ Action }: Json) => Action),
    ];
    expect(granted.length).toBeGreaterThan(50);
    expect(granted.filter((action) => forbidden.test(action))).toEqual([]);
  });

  it('name AWS’s managed policies nowhere', () => {
    for (const [, role] of everyRole) expect(managedPoliciesOf(role)).not.toContain(':aws:policy/');
  });

  it('let only image and release put images, and only builds with outputs write artifacts', () => {
    const may = (action: string) =>
      projects
        .filter((project) => actionsOf(template, roleOf(project)).includes(action))
        .map(({ Name }) => Name.split('-').at(-1));
    expect(new Set(may('ecr:PutImage'))).toEqual(new Set(['image', 'release']));
    const writers = projects.filter((project) => managedPoliciesOf(roleOf(project)).includes('WriteArtifacts'));
    expect(writers.map(({ Name }) => Name).sort()).toEqual([
      'visits-development-build-build',
      'visits-development-test-image',
      'visits-production-build-build',
      'visits-production-test-image',
    ]);
  });

  it('let a deploy at the releases of its own environment, its own program and the alarms, and nobody else', () => {
    const releases = (name: string) =>
      statementsOf(template, roleOf(projectOf(name))).filter(({ Resource }) => readable(Resource).includes('Releases'));
    for (const [name, environment] of [
      ['visits-development-dev-deploy', 'dev'],
      ['visits-production-staging-deploy', 'staging'],
      ['visits-production-production-deploy', 'production'],
    ] as const) {
      const [objects, list, ...others] = releases(name);
      expect(others).toEqual([]);
      expect(objects.Action).toEqual(['s3:GetObject', 's3:PutObject']);
      expect(readable(objects.Resource)).toMatch(new RegExp(`Arn}/visits/${environment}/\\*$`));
      expect(list).toMatchObject({
        Action: 's3:ListBucket',
        Condition: { StringLike: { 's3:prefix': `visits/${environment}/*` } },
      });
      const program = projectOf(name).Environment.EnvironmentVariables.find(({ Name }: Json) => Name === 'PROGRAM_S3');
      const [, key] = /([0-9a-f]{64}\.mjs)/.exec(readable(program.Value)) ?? [];
      expect(key).toBeDefined();
      const reads = statementsOf(template, roleOf(projectOf(name))).filter(({ Action }) => Action === 's3:GetObject');
      expect(reads.filter(({ Resource }) => readable(Resource).includes(`/${key}`))).toHaveLength(1);
    }
    for (const project of projects.filter(({ Name }) => !Name.endsWith('-deploy'))) {
      expect(releases(project.Name)).toEqual([]);
      expect(actionsOf(template, roleOf(project))).not.toContain('cloudwatch:DescribeAlarms');
    }
  });

  it('keep the artifacts and caches of one pipeline from the builds of the other', () => {
    for (const project of projects) {
      const [own, other] = project.Name.startsWith('visits-development')
        ? ['Development', 'Production']
        : ['Production', 'Development'];
      const policies = managedPoliciesOf(roleOf(project));
      expect(policies).toContain(`${own}ReadArtifacts`);
      expect(policies).not.toContain(other);
    }
  });

  it('trust a service for one resource of this account', () => {
    for (const project of projects) {
      const [statement] = roleOf(project).Properties.AssumeRolePolicyDocument.Statement;
      expect(statement.Condition.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
      expect(readable(statement.Condition.ArnLike['aws:SourceArn'])).toMatch(new RegExp(`:project/${project.Name}$`));
    }
  });
});
