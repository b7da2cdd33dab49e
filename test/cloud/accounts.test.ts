import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { Json } from '../../lib/cloud/rules/rule';
import { type Assembly, readAssembly, type Template as StackTemplate } from '../../lib/local/assembly';
import { crossAccountFindings } from './across-accounts';
import { configOf, slipwayApp } from './fixtures';

const TOOLS = '111122223333';
const OTHER = '222222222222';
const BINDINGS = { account: TOOLS, region: 'eu-west-1', partition: 'aws' };
const AWS = `aws: { account: '${TOOLS}', region: eu-west-1 }\n`;
const TWO = `${AWS}environments:
  dev: {}
  staging: { account: '${OTHER}' }
  production: { account: '${OTHER}' }
`;
const EXISTING = `${AWS}environments:
  dev:
    account: '${OTHER}'
    cluster: { name: theirs, existing: { securityGroupId: sg-0123456789abcdef0, nodeRoles: [nodes, pool/others] } }
    network:
      existing:
        vpcId: vpc-0123456789abcdef0
        availabilityZones: [eu-west-1a, eu-west-1b]
        privateSubnetIds: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
`;

/** Everything a synthesis says goes to stderr; the tests look at what it throws. */
beforeAll(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterAll(() => jest.restoreAllMocks());

const synthesized = (yaml: string, options?: { readonly staged: boolean }): CloudAssembly =>
  slipwayApp(configOf(yaml), options).app.synth();

const assemblyOf = (directory: string): Assembly => {
  const read = readAssembly(directory);
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.value;
};

/** Name of each stack with its account. */
const places = (assembly: CloudAssembly): string[] =>
  assembly.stacks.map((stack) => `${stack.stackName} ${stack.environment.account}`).sort();

describe('an account for staging and production beside that of the pipelines', () => {
  let made: CloudAssembly;
  let assembly: Assembly;
  beforeAll(() => {
    made = synthesized(TWO, { staged: true });
    assembly = assemblyOf(made.directory);
  });
  const template = (name: string): Json => made.getStackByName(name).template;
  const resources = (name: string, type: string): Json[] =>
    Object.values<Json>(template(name).Resources).filter((resource) => resource.Type === type);
  const propertiesOf = (name: string, type: string): Json[] =>
    resources(name, type).map(({ Properties }) => Properties);

  it('has a cluster, alarms and a stack of its own, and passes every check', () => {
    expect(places(made)).toEqual([
      `SlipwayCluster ${TOOLS}`,
      `SlipwayCluster-${OTHER} ${OTHER}`,
      `VisitsDelivery ${TOOLS}`,
      `VisitsEnvironments-${OTHER} ${OTHER}`,
      `VisitsMonitoring ${TOOLS}`,
      `VisitsMonitoring-${OTHER} ${OTHER}`,
      `VisitsSource ${TOOLS}`,
    ]);
  });

  it('is deployed before the pipelines, which would work on it at once', () => {
    const dependenciesOf = (name: string): string[] => made.getStackByName(name).dependencies.map(({ id }) => id);
    expect(dependenciesOf('VisitsDelivery')).toEqual(expect.arrayContaining([`VisitsEnvironments-${OTHER}`]));
    expect(dependenciesOf(`VisitsEnvironments-${OTHER}`)).toEqual(
      expect.arrayContaining([`SlipwayCluster-${OTHER}`, `VisitsMonitoring-${OTHER}`]),
    );
    expect(dependenciesOf(`VisitsEnvironments-${OTHER}`)).not.toContain('VisitsDelivery');
  });

  it('holds what works on its environments, and the account of the pipelines does not', () => {
    const projects = (name: string): string[] => propertiesOf(name, 'AWS::CodeBuild::Project').map(({ Name }) => Name);
    expect(projects(`VisitsEnvironments-${OTHER}`).sort()).toEqual([
      'visits-production-production-deploy',
      'visits-production-production-verify',
      'visits-production-staging-deploy',
      'visits-production-staging-verify',
    ]);
    expect(projects('VisitsDelivery').filter((name) => /-(staging|production)-(deploy|verify)$/.test(name))).toEqual(
      [],
    );
    expect(projects('VisitsDelivery')).toContain('visits-development-dev-deploy');
    expect(resources('VisitsDelivery', 'AWS::Lambda::Function')).toEqual([]);
    expect(resources(`VisitsEnvironments-${OTHER}`, 'AWS::Lambda::Function')).toHaveLength(1);
  });

  it('has its alarms where its metrics are, and tells its own people', () => {
    const alarms = (name: string): string[] =>
      propertiesOf(name, 'AWS::CloudWatch::CompositeAlarm').map(({ AlarmName }) => AlarmName);
    expect(alarms('VisitsMonitoring').sort()).toEqual(['visits-dev', 'visits_platform']);
    expect(alarms(`VisitsMonitoring-${OTHER}`).sort()).toEqual([
      'visits-production',
      'visits-staging',
      `visits_platform_${OTHER}`,
    ]);
    expect(resources('VisitsMonitoring', 'AWS::Events::Rule').length).toBeGreaterThan(0);
    expect(resources(`VisitsMonitoring-${OTHER}`, 'AWS::Events::Rule')).toEqual([]);
  });

  it('lets each deploy into its own namespace, on the cluster of the account', () => {
    const entries = propertiesOf(`VisitsEnvironments-${OTHER}`, 'AWS::EKS::AccessEntry');
    expect(entries.map(({ AccessPolicies }) => AccessPolicies[0].AccessScope.Namespaces)).toEqual([
      ['visits-staging'],
      ['visits-staging'],
      ['visits-production'],
      ['visits-production'],
    ]);
  });

  it('grants every way between the accounts on both sides, to the roles that go it and to nobody else', () => {
    expect(crossAccountFindings(assembly, BINDINGS)).toEqual([]);
  });

  /** The statements of a policy that speak to another account. */
  const speaks = (statement: Json): boolean => statement.Condition?.ArnEquals?.['aws:PrincipalArn'] !== undefined;
  const speaksTo = (account: string) => (statement: Json) =>
    JSON.stringify(statement.Principal ?? '').includes(account);
  const drop = (holder: Json, what: (statement: Json) => boolean): void => {
    holder.Statement = holder.Statement.filter((statement: Json) => !what(statement));
  };
  const byId = (all: Record<string, Json>, type: string, is: (properties: Json, id: string) => boolean): Json => {
    const found = Object.entries(all).filter(([id, { Type, Properties }]) => Type === type && is(Properties, id));
    if (found.length !== 1) throw new Error(`${found.length} resources of ${type}, expected one`);
    return (found[0] as [string, Json])[1].Properties;
  };
  const roleNamed = (all: Record<string, Json>, name: string): Json =>
    byId(all, 'AWS::IAM::Role', ({ RoleName }) => RoleName === name);
  /** A role's own managed policy. */
  const policyNamed = (all: Record<string, Json>, start: string): Json =>
    byId(all, 'AWS::IAM::ManagedPolicy', (_, id) => id.startsWith(start)).PolicyDocument;
  const stage = (all: Record<string, Json>, name: string): Json =>
    byId(all, 'AWS::CodePipeline::Pipeline', ({ Name }) => Name === 'visits-production').Stages.find(
      ({ Name }: Json) => Name === name,
    );
  const actionOf = (all: Record<string, Json>, name: string, action: string): Json =>
    stage(all, name).Actions.find(({ Name }: Json) => Name === action);
  const HERE = 'VisitsDelivery';
  const THERE = `VisitsEnvironments-${OTHER}`;
  const has = (action: string) => (statement: Json) => [statement.Action].flat().includes(action);

  const mutants: [what: string, stack: string, change: (all: Record<string, Json>) => unknown][] = [
    [
      'the key lets nobody in',
      HERE,
      (all) => drop(byId(all, 'AWS::KMS::Key', ({ Description }) => /^Artifacts/.test(Description)).KeyPolicy, speaks),
    ],
    [
      'the key lets the whole account in',
      HERE,
      (all) => {
        const { KeyPolicy } = byId(all, 'AWS::KMS::Key', ({ Description }) => /^Artifacts/.test(Description));
        delete KeyPolicy.Statement.find(speaks).Condition;
      },
    ],
    ['the bucket lets nobody in', HERE, (all) => drop(artifactPolicy(all), has('s3:GetObject'))],
    ['the bucket says to nobody where it is', HERE, (all) => drop(artifactPolicy(all), has('s3:GetBucketLocation'))],
    [
      'the bucket hands out what is not the pipeline’s',
      HERE,
      (all) => {
        const statement = artifactPolicy(all).Statement.find(has('s3:GetObject'));
        statement.Resource['Fn::Join'][1][1] = '/visits-development*';
      },
    ],
    [
      'the key that signs is shown to nobody',
      HERE,
      (all) =>
        drop(byId(all, 'AWS::KMS::Key', ({ KeyUsage }) => KeyUsage === 'SIGN_VERIFY').KeyPolicy, speaksTo(OTHER)),
    ],
    [
      'what is signed is shown to nobody',
      HERE,
      (all) =>
        drop(attestationPolicy(all), (statement) => speaksTo(OTHER)(statement) && has('s3:GetObject')(statement)),
    ],
    [
      'a deploy asks for another key',
      THERE,
      (all) => {
        const statement = policyNamed(all, 'stagingDeployRolePolicy').Statement.find(has('kms:GetPublicKey'));
        statement.Condition.StringEquals['kms:RequestAlias'] = 'alias/other';
      },
    ],
    [
      'a deploy may not read what is signed',
      THERE,
      (all) => drop(policyNamed(all, 'stagingDeployRolePolicy'), has('s3:ListBucket')),
    ],
    ['the registry describes images to nobody', HERE, (all) => drop(imagesPolicy(all), has('ecr:DescribeImages'))],
    ['the registry lets no node pull', HERE, (all) => drop(imagesPolicy(all), has('ecr:BatchGetImage'))],
    [
      'the registry lets the whole account pull',
      HERE,
      (all) => delete imagesPolicy(all).Statement.find(has('ecr:BatchGetImage')).Condition,
    ],
    [
      'the pipeline may not become the action’s role',
      HERE,
      (all) => drop(policyNamed(all, 'ProductionRolePolicy'), has('sts:AssumeRole')),
    ],
    [
      'the role of the pipeline has no name',
      HERE,
      (all) => delete roleNamed(all, 'visits-production-pipeline').RoleName,
    ],
    [
      'the action’s role trusts another pipeline',
      THERE,
      (all) => {
        const { AssumeRolePolicyDocument } = roleNamed(all, 'visits-staging-action');
        AssumeRolePolicyDocument.Statement[0].Condition.ArnEquals['aws:PrincipalArn'] = [
          `arn:aws:iam::${TOOLS}:role/visits-development-pipeline`,
        ];
      },
    ],
    [
      'the action’s role trusts the whole account of the pipelines',
      THERE,
      (all) => delete roleNamed(all, 'visits-staging-action').AssumeRolePolicyDocument.Statement[0].Condition,
    ],
    [
      'the action’s role may start nothing',
      THERE,
      (all) => drop(policyNamed(all, 'productionActionPolicy'), has('codebuild:StartBuild')),
    ],
    [
      'the action’s role may not invoke the bake',
      THERE,
      (all) => drop(policyNamed(all, 'productionActionPolicy'), has('lambda:InvokeFunction')),
    ],
    ['an action comes as the pipeline', HERE, (all) => delete actionOf(all, 'Production', 'Deploy').RoleArn],
    ['the bake comes as the pipeline', HERE, (all) => delete actionOf(all, 'Production', 'Bake').RoleArn],
    [
      'what restores comes as the pipeline',
      HERE,
      (all) => delete stage(all, 'Staging').OnFailure.Conditions[0].Rules[0].RoleArn,
    ],
    [
      'an action comes as the role of another environment',
      HERE,
      (all) => {
        actionOf(all, 'Production', 'Deploy').RoleArn = actionOf(all, 'Staging', 'Deploy').RoleArn;
      },
    ],
    ['no role reads artifacts', THERE, (all) => drop(policyNamed(all, 'Artifacts'), has('s3:GetObject'))],
    ['no role uses the key', THERE, (all) => drop(policyNamed(all, 'Artifacts'), has('kms:Decrypt'))],
    [
      'the key is used for another bucket',
      THERE,
      (all) => {
        const statement = policyNamed(all, 'Artifacts').Statement.find(has('kms:Decrypt'));
        statement.Condition.StringLike['kms:EncryptionContext:aws:s3:arn'] = 'arn:aws:s3:::other';
      },
    ],
    [
      'the deploy may not ask for the digest',
      THERE,
      (all) => drop(policyNamed(all, 'stagingDeployRolePolicy'), has('ecr:DescribeImages')),
    ],
    [
      'the deploy may not use the key of its releases',
      THERE,
      (all) => drop(policyNamed(all, 'stagingDeployRolePolicy'), has('kms:GenerateDataKey')),
    ],
    ['a build’s role has another name', THERE, (all) => (roleNamed(all, 'visits-staging-verify').RoleName = 'other')],
    [
      'the bake may not become who answers',
      THERE,
      (all) => drop(policyNamed(all, 'productionBakeRolePolicy'), has('sts:AssumeRole')),
    ],
    [
      'who answers trusts nobody of the other account',
      HERE,
      (all) => {
        const { AssumeRolePolicyDocument } = roleNamed(all, 'visits-production-answer');
        AssumeRolePolicyDocument.Statement[0].Principal.AWS = `arn:aws:iam::${TOOLS}:root`;
      },
    ],
    [
      'who answers trusts everybody of the other account',
      HERE,
      (all) => delete roleNamed(all, 'visits-production-answer').AssumeRolePolicyDocument.Statement[0].Condition,
    ],
    [
      'who answers may not',
      HERE,
      (all) => drop(policyNamed(all, `Account${OTHER}Answer`), has('codepipeline:PutJobSuccessResult')),
    ],
    [
      'the role of the nodes has no name',
      `SlipwayCluster-${OTHER}`,
      (all) => delete roleNamed(all, `visits-${OTHER}-nodes`).RoleName,
    ],
    [
      'a policy names a role that is not there',
      HERE,
      (all) =>
        imagesPolicy(all).Statement[0].Condition.ArnEquals['aws:PrincipalArn'].push(`arn:aws:iam::${OTHER}:role/gone`),
    ],
    [
      'a role may what nobody over there says of it',
      THERE,
      (all) => {
        const statement = policyNamed(all, 'stagingDeployRolePolicy').Statement.find(has('ecr:DescribeImages'));
        statement.Action = ['ecr:DescribeImages', 'ecr:PutImage'];
      },
    ],
  ];
  const artifactPolicy = (all: Record<string, Json>): Json =>
    byId(all, 'AWS::S3::BucketPolicy', (_, id) => id.startsWith('ArtifactsBucketPolicy')).PolicyDocument;
  const attestationPolicy = (all: Record<string, Json>): Json =>
    byId(all, 'AWS::S3::BucketPolicy', (_, id) => id.startsWith('AttestationsBucketPolicy')).PolicyDocument;
  const imagesPolicy = (all: Record<string, Json>): Json =>
    byId(all, 'AWS::ECR::Repository', ({ RepositoryName }) => RepositoryName === 'visits').RepositoryPolicyText;

  it.each(mutants)('a fault is found: %s', (_, name, change) => {
    const stacks = assembly.stacks.map((stack) => {
      if (stack.name !== name) return stack;
      const copy: Json = structuredClone(stack.template);
      change(copy.Resources);
      return { ...stack, template: copy as StackTemplate };
    });
    expect(stacks).not.toEqual(assembly.stacks);
    expect(crossAccountFindings({ ...assembly, stacks }, BINDINGS)).not.toEqual([]);
  });
});

describe('every environment elsewhere, on a cluster that is there', () => {
  let made: CloudAssembly;
  beforeAll(() => {
    made = synthesized(EXISTING);
  });

  it('leaves the account of the pipelines without cluster, releases and previews, and passes every check', () => {
    expect(places(made)).toEqual([
      `VisitsDelivery ${TOOLS}`,
      `VisitsEnvironments-${OTHER} ${OTHER}`,
      `VisitsMonitoring ${TOOLS}`,
      `VisitsMonitoring-${OTHER} ${OTHER}`,
      `VisitsSource ${TOOLS}`,
    ]);
    const types = Object.values<Json>(made.getStackByName('VisitsDelivery').template.Resources).map(({ Type }) => Type);
    expect(types).not.toContain('AWS::EKS::AccessEntry');
    expect(types).not.toContain('AWS::EC2::SecurityGroup');
  });

  it('lets the nodes that it names pull images', () => {
    const { RepositoryPolicyText } = Object.values<Json>(made.getStackByName('VisitsDelivery').template.Resources).find(
      ({ Type, Properties }) => Type === 'AWS::ECR::Repository' && Properties.RepositoryName === 'visits',
    ).Properties;
    expect(RepositoryPolicyText.Statement[1].Condition.ArnEquals['aws:PrincipalArn']).toEqual([
      `arn:aws:iam::${OTHER}:role/nodes`,
      `arn:aws:iam::${OTHER}:role/pool/others`,
    ]);
  });
});

describe('without an account of an environment’s own', () => {
  it('nothing has a name that only another account would need', () => {
    const { template } = synthesized(AWS).getStackByName('VisitsDelivery') as { template: Json };
    const named = Object.values<Json>(template.Resources).filter(
      ({ Type, Properties }) =>
        (Type === 'AWS::IAM::Role' && Properties.RoleName) || (Type === 'AWS::S3::Bucket' && Properties.BucketName),
    );
    expect(named).toEqual([]);
    // Those of its own account that may sign are named by reference.
    const others = Object.entries(template.Resources).filter(([id]) => !/^Attestations(Key|BucketPolicy)/.test(id));
    expect(JSON.stringify(others)).not.toContain('aws:PrincipalArn');
  });
});
