import { templateRules } from '../../lib/cloud/rules/all';
import { checkTemplate, type Json } from '../../lib/cloud/rules/rule';
import { structuralMutants } from '../structural-mutants';

const rules = templateRules(['visits-image']);

const policy = (Action: string, Principal: Json) => ({
  PolicyDocument: {
    Statement: [
      { Effect: 'Deny', Action, Principal, Resource: 'arn', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ],
  },
});

/** A resource of each kind that every rule is content with. */
const sound = (): Record<string, Json> => ({
  Project: {
    Type: 'AWS::CodeBuild::Project',
    Properties: {
      Name: 'visits-unit',
      Source: { Type: 'CODEPIPELINE', BuildSpec: 'version: 0.2\nphases: {}\n' },
      Environment: { PrivilegedMode: false, ComputeType: 'BUILD_GENERAL1_SMALL', Type: 'LINUX_CONTAINER' },
      TimeoutInMinutes: 10,
      QueuedTimeoutInMinutes: 10,
      LogsConfig: { CloudWatchLogs: { Status: 'ENABLED', GroupName: 'visits' } },
    },
  },
  Repository: {
    Type: 'AWS::ECR::Repository',
    Properties: { ImageTagMutability: 'IMMUTABLE', ImageScanningConfiguration: { ScanOnPush: true } },
  },
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'codebuild.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': '1' }, ArnLike: { 'aws:SourceArn': 'arn' } },
          },
          { Principal: { Service: 'lambda.amazonaws.com' } },
        ],
      },
    },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventPattern: { source: ['aws.codecommit'], detail: { referenceType: ['branch'] } },
      Targets: [{ DeadLetterConfig: { Arn: 'arn' } }],
    },
  },
  Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7, KmsKeyId: 'arn' } },
  Cluster: {
    Type: 'AWS::EKS::Cluster',
    Properties: {
      Version: '1.35',
      ResourcesVpcConfig: { EndpointPublicAccess: false },
      Logging: {
        ClusterLogging: {
          EnabledTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'].map((Type) => ({ Type })),
        },
      },
      EncryptionConfig: [{ Resources: ['secrets'] }],
      AccessConfig: { AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false },
    },
  },
  Nodes: { Type: 'AWS::EKS::Nodegroup', Properties: { InstanceTypes: ['m6i.large', 't3.medium'] } },
  Key: { Type: 'AWS::KMS::Key', Properties: { EnableKeyRotation: true } },
  SigningKey: { Type: 'AWS::KMS::Key', Properties: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' } },
  Bucket: {
    Type: 'AWS::S3::Bucket',
    Properties: {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
      },
    },
  },
  BucketPolicy: { Type: 'AWS::S3::BucketPolicy', Properties: policy('s3:*', { AWS: '*' }) },
  QueuePolicy: { Type: 'AWS::SQS::QueuePolicy', Properties: policy('sqs:*', { AWS: '*' }) },
  TopicPolicy: { Type: 'AWS::SNS::TopicPolicy', Properties: policy('sns:Publish', '*') },
  Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: 'arn' } },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { SqsManagedSseEnabled: true } },
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: { Timeout: 60, Environment: { Variables: { TABLE: 'visits' } } },
  },
  Alarm: {
    Type: 'AWS::CloudWatch::CompositeAlarm',
    Properties: { ActionsEnabled: true, AlarmActions: ['arn'], AlarmRule: 'ALARM("visits-gone")' },
  },
  Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/visits/flag', Type: 'String', Value: 'on' } },
  Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: { PasswordLength: 32 } } },
  Pipeline: {
    Type: 'AWS::CodePipeline::Pipeline',
    Properties: {
      PipelineType: 'V2',
      ExecutionMode: 'QUEUED',
      Stages: [
        {
          Actions: [
            {
              Name: 'Source',
              ActionTypeId: { Category: 'Source', Owner: 'AWS', Provider: 'CodeCommit', Version: '1' },
              Configuration: { PollForSourceChanges: 'false' },
            },
          ],
        },
        {
          Actions: [
            {
              Name: 'Unit',
              ActionTypeId: { Category: 'Test', Owner: 'AWS', Provider: 'CodeBuild', Version: '1' },
              Configuration: { EnvironmentVariables: 'x'.repeat(1000) },
            },
          ],
          BeforeEntry: { Conditions: [{ Result: 'SKIP', Rules: [{ RuleTypeId: { Provider: 'VariableCheck' } }] }] },
          OnFailure: { Result: 'ROLLBACK' },
        },
      ],
    },
  },
});

const findings = (resources: Record<string, Json>) =>
  checkTemplate({ Resources: resources }, rules).map(({ rule, logicalId }) => [rule, logicalId]);

it('a sound template has no findings', () => {
  expect(findings(sound())).toEqual([]);
});

type Mutate = (properties: Json) => void;

/** A PARALLEL pipeline breaks `queued` too, since that is stricter. */
const parallel = (properties: Json) => Object.assign(properties, { ExecutionMode: 'PARALLEL' });

/** For every rule, templates that break it and nothing else; of several rules the first is the one that is meant. */
const mutants: [rule: string, resource: string, what: string, mutate: Mutate][] = [
  ['privileged-builds', 'Project', 'privileged', (p) => Object.assign(p.Environment, { PrivilegedMode: true })],
  [
    'privileged-builds',
    'Project',
    'perhaps privileged',
    (p) => Object.assign(p.Environment, { PrivilegedMode: { 'Fn::If': [] } }),
  ],
  ['inlined-buildspec', 'Project', 'no buildspec', (p) => delete p.Source.BuildSpec],
  [
    'inlined-buildspec',
    'Project',
    'a file of the repository',
    (p) => Object.assign(p.Source, { BuildSpec: 'buildspec.yml' }),
  ],
  [
    'inlined-buildspec',
    'Project',
    'a file in S3',
    (p) => Object.assign(p.Source, { BuildSpec: { 'Fn::Join': ['', []] } }),
  ],
  ['build-timeout', 'Project', 'no timeout', (p) => delete p.TimeoutInMinutes],
  ['build-timeout', 'Project', 'no queued timeout', (p) => delete p.QueuedTimeoutInMinutes],
  ['build-logs', 'Project', 'no log', (p) => delete p.LogsConfig],
  ['build-logs', 'Project', 'log off', (p) => Object.assign(p.LogsConfig.CloudWatchLogs, { Status: 'DISABLED' })],
  ['image-repository', 'Repository', 'mutable', (p) => Object.assign(p, { ImageTagMutability: 'MUTABLE' })],
  ['image-repository', 'Repository', 'mutable by default', (p) => delete p.ImageTagMutability],
  ['image-repository', 'Repository', 'unscanned', (p) => delete p.ImageScanningConfiguration],
  [
    'service-trust',
    'Role',
    'any account',
    (p) => delete p.AssumeRolePolicyDocument.Statement[0].Condition.StringEquals,
  ],
  ['service-trust', 'Role', 'any resource', (p) => delete p.AssumeRolePolicyDocument.Statement[0].Condition.ArnLike],
  ['service-trust', 'Role', 'anything', (p) => delete p.AssumeRolePolicyDocument.Statement[0].Condition],
  ['dead-letters', 'Rule', 'no dead-letter queue', (p) => delete p.Targets[0].DeadLetterConfig],
  ['branch-events', 'Rule', 'branches and tags', (p) => delete p.EventPattern.detail.referenceType],
  ['branch-events', 'Rule', 'tags too', (p) => p.EventPattern.detail.referenceType.push('tag')],
  ['log-groups', 'Logs', 'for ever', (p) => delete p.RetentionInDays],
  ['log-groups', 'Logs', 'no key', (p) => delete p.KmsKeyId],
  ['cluster', 'Cluster', 'public', (p) => Object.assign(p.ResourcesVpcConfig, { EndpointPublicAccess: true })],
  ['cluster', 'Cluster', 'public by default', (p) => delete p.ResourcesVpcConfig.EndpointPublicAccess],
  ['cluster', 'Cluster', 'a log off', (p) => p.Logging.ClusterLogging.EnabledTypes.pop()],
  ['cluster', 'Cluster', 'secrets as they are', (p) => delete p.EncryptionConfig],
  [
    'cluster',
    'Cluster',
    'aws-auth',
    (p) => Object.assign(p.AccessConfig, { AuthenticationMode: 'API_AND_CONFIG_MAP' }),
  ],
  ['cluster', 'Cluster', 'creator is admin', (p) => delete p.AccessConfig.BootstrapClusterCreatorAdminPermissions],
  ['kubernetes-version', 'Cluster', 'no such version', (p) => Object.assign(p, { Version: '1.99' })],
  ['kubernetes-version', 'Cluster', 'out of standard support', (p) => Object.assign(p, { Version: '1.33' })],
  ['kubernetes-version', 'Cluster', 'whatever is the newest', (p) => delete p.Version],
  ['instance-types', 'Nodes', 'no such type', (p) => p.InstanceTypes.push('m6i.huge')],
  ['instance-types', 'Nodes', 'another architecture', (p) => p.InstanceTypes.push('m6g.large')],
  ['instance-types', 'Nodes', 'known after deploy', (p) => p.InstanceTypes.push({ Ref: 'Type' })],
  ['instance-types', 'Nodes', 'none', (p) => delete p.InstanceTypes],
  [
    'compute-types',
    'Project',
    'a large one',
    (p) => Object.assign(p.Environment, { ComputeType: 'BUILD_GENERAL1_2XLARGE' }),
  ],
  [
    'compute-types',
    'Project',
    'another system',
    (p) => Object.assign(p.Environment, { Type: 'WINDOWS_SERVER_2022_CONTAINER' }),
  ],
  [
    'pipeline-providers',
    'Pipeline',
    'unknown',
    (p) => Object.assign(p.Stages[1].Actions[0].ActionTypeId, { Provider: 'Jenkins' }),
  ],
  ['pipeline-type', 'Pipeline', 'V1', (p) => delete p.PipelineType],
  [
    'parallel-codecommit+queued',
    'Pipeline',
    'parallel with a CodeCommit source',
    (p) => {
      delete parallel(p).Stages[1].OnFailure;
    },
  ],
  [
    'parallel-rollback+queued',
    'Pipeline',
    'parallel with a rollback',
    (p) => Object.assign(parallel(p).Stages[0].Actions[0].ActionTypeId, { Provider: 'CodeStarSourceConnection' }),
  ],
  [
    'parallel-rollback+queued',
    'Pipeline',
    'parallel with a rollback by a condition',
    (p) => {
      Object.assign(parallel(p).Stages[0].Actions[0].ActionTypeId, { Provider: 'CodeStarSourceConnection' });
      p.Stages[1].OnFailure = undefined;
      p.Stages[1].OnSuccess = { Conditions: [{ Result: 'ROLLBACK', Rules: [] }] };
    },
  ],
  [
    'single-line-commands',
    'Pipeline',
    'a command of two lines',
    (p) => Object.assign(p.Stages[1].Actions[0], { Commands: ['echo 1', 'echo 2\necho 3'] }),
  ],
  [
    'single-line-commands',
    'Pipeline',
    'a command of two lines in a rule',
    (p) => Object.assign(p.Stages[1].BeforeEntry.Conditions[0].Rules[0], { Commands: ['echo 2\r\necho 3\n'] }),
  ],
  ['queued', 'Pipeline', 'superseded by default', (p) => delete p.ExecutionMode],
  [
    'no-polling',
    'Pipeline',
    'polls',
    (p) => Object.assign(p.Stages[0].Actions[0].Configuration, { PollForSourceChanges: true }),
  ],
  ['no-polling', 'Pipeline', 'polls by default', (p) => delete p.Stages[0].Actions[0].Configuration],
  [
    'skip-conditions',
    'Pipeline',
    'an alarm that skips',
    (p) => Object.assign(p.Stages[1].BeforeEntry.Conditions[0].Rules[0].RuleTypeId, { Provider: 'CloudWatchAlarm' }),
  ],
  [
    'retry-or-conditions',
    'Pipeline',
    'both',
    (p) => Object.assign(p.Stages[1].OnFailure, { Result: 'RETRY', Conditions: [{ Result: 'ROLLBACK', Rules: [] }] }),
  ],
  [
    'restore-on-failure',
    'Pipeline',
    'a condition on failure that only looks',
    (p) => {
      const Rules = [{ Name: 'Alarm', RuleTypeId: { Provider: 'CloudWatchAlarm' } }];
      p.Stages[1].OnFailure = { Conditions: [{ Result: 'ROLLBACK', Rules }] };
    },
  ],
  [
    'source-stays',
    'Pipeline',
    'a rollback of the source by a condition',
    (p) => {
      const Rules = [{ Name: 'Restore', RuleTypeId: { Provider: 'CodeBuild' } }];
      p.Stages[0].OnFailure = { Conditions: [{ Result: 'ROLLBACK', Rules }] };
    },
  ],
  ['source-stays', 'Pipeline', 'rolled back', (p) => Object.assign(p.Stages[0], { OnFailure: { Result: 'ROLLBACK' } })],
  [
    'configuration-length',
    'Pipeline',
    '1001 characters',
    (p) => Object.assign(p.Stages[1].Actions[0].Configuration, { EnvironmentVariables: 'x'.repeat(1001) }),
  ],
  ['key-rotation', 'Key', 'never rotated', (p) => delete p.EnableKeyRotation],
  ['key-rotation', 'Key', 'rotation off', (p) => Object.assign(p, { EnableKeyRotation: false })],
  ['key-rotation', 'SigningKey', 'symmetric after all', (p) => Object.assign(p, { KeySpec: 'SYMMETRIC_DEFAULT' })],
  [
    'key-rotation',
    'SigningKey',
    'of a kind that only a deploy knows',
    (p) => Object.assign(p, { KeySpec: { Ref: 'Spec' } }),
  ],
  ['private-buckets', 'Bucket', 'public by default', (p) => delete p.PublicAccessBlockConfiguration],
  [
    'private-buckets',
    'Bucket',
    'public by a policy',
    (p) => Object.assign(p.PublicAccessBlockConfiguration, { RestrictPublicBuckets: false }),
  ],
  ['private-buckets', 'Bucket', 'nothing of encryption', (p) => delete p.BucketEncryption],
  ['tls-only', 'BucketPolicy', 'objects over plain HTTP', (p) => p.PolicyDocument.Statement.pop()],
  ['tls-only', 'QueuePolicy', 'messages over plain HTTP', (p) => delete p.PolicyDocument.Statement[0].Condition],
  [
    'tls-only',
    'QueuePolicy',
    'plain HTTP of one account',
    (p) => Object.assign(p.PolicyDocument.Statement[0], { Principal: { AWS: '111122223333' } }),
  ],
  [
    'tls-only',
    'TopicPolicy',
    'plain HTTP unless something else holds too',
    (p) => Object.assign(p.PolicyDocument.Statement[0].Condition, { StringEquals: { 'aws:SourceAccount': '1' } }),
  ],
  [
    'tls-only',
    'TopicPolicy',
    'plain HTTP allowed',
    (p) => Object.assign(p.PolicyDocument.Statement[0], { Effect: 'Allow' }),
  ],
  ['encrypted-messages', 'Topic', 'a topic in plain', (p) => delete p.KmsMasterKeyId],
  ['encrypted-messages', 'Queue', 'a queue in plain', (p) => Object.assign(p, { SqsManagedSseEnabled: false })],
  ['function-timeout', 'Function', 'no timeout', (p) => delete p.Timeout],
  ['enabled-rules', 'Rule', 'off', (p) => Object.assign(p, { State: 'DISABLED' })],
  ['enabled-rules', 'Rule', 'no target', (p) => Object.assign(p, { Targets: [] })],
  ['heard-alarms', 'Alarm', 'actions off', (p) => Object.assign(p, { ActionsEnabled: false })],
  ['heard-alarms', 'Alarm', 'no action', (p) => delete p.AlarmActions],
  [
    'plain-secrets',
    'Project',
    'a password as a variable',
    (p) => Object.assign(p.Environment, { EnvironmentVariables: [{ Name: 'DB_PASSWORD', Value: 'hunter22' }] }),
  ],
  [
    'plain-secrets',
    'Project',
    'something made by chance',
    (p) => Object.assign(p.Environment, { EnvironmentVariables: [{ Name: 'KEY_2', Value: 'q9XvT2mZ8bLw4KsRj7Ny' }] }), // pragma: allowlist secret
  ],
  [
    'plain-secrets',
    'Project',
    'a secret that CloudFormation resolves',
    (p) =>
      Object.assign(p.Environment, {
        EnvironmentVariables: [
          { Name: 'URL', Type: 'PLAINTEXT', Value: '{{resolve:secretsmanager:db:SecretString:url}}' },
        ],
      }),
  ],
  [
    'plain-secrets',
    'Project',
    'a token in the buildspec',
    (p) => Object.assign(p.Source, { BuildSpec: 'version: 0.2\nenv:\n  variables:\n    API_TOKEN: "abcdefgh"\n' }),
  ],
  [
    'plain-secrets',
    'Project',
    'a password in an address',
    (p) => Object.assign(p.Source, { BuildSpec: 'version: 0.2\n# https://me:hunter22@index.example/simple\n' }),
  ],
  [
    'plain-secrets',
    'Pipeline',
    'a secret as an action’s variable',
    (p) =>
      Object.assign(p.Stages[1].Actions[0].Configuration, {
        EnvironmentVariables: '[{"name":"CLIENT_SECRET","value":"hunter22","type":"PLAINTEXT"}]',
      }),
  ],
  [
    'plain-secrets',
    'Function',
    'a key of AWS',
    (p) => Object.assign(p.Environment.Variables, { ID: `AKIA${'ABCDEFGH'.repeat(2)}` }),
  ],
  ['plain-secrets', 'Secret', 'a secret written out', (p) => Object.assign(p, { SecretString: 'hunter22' })],
  [
    'plain-secrets',
    'Parameter',
    'a password as a parameter',
    (p) => Object.assign(p, { Name: '/visits/db-password', Value: 'hunter22' }),
  ],
  [
    'source-tokens+pipeline-providers',
    'Pipeline',
    'a token of GitHub',
    (p) =>
      Object.assign(p.Stages[1].Actions[0], {
        ActionTypeId: { Category: 'Source', Owner: 'ThirdParty', Provider: 'GitHub', Version: '1' },
      }),
  ],
  [
    'source-tokens',
    'Pipeline',
    'a token among the configuration',
    (p) => Object.assign(p.Stages[0].Actions[0].Configuration, { OAuthToken: '{{resolve:secretsmanager:x}}' }),
  ],
  ['source-tokens', 'Project', 'a token for its source', (p) => Object.assign(p.Source, { Auth: { Type: 'OAUTH' } })],
];

it.each(mutants)('%s: %s, %s', (rule, resource, _what, mutate) => {
  const template = sound();
  mutate(template[resource].Properties);
  const broken = findings(template);
  expect(broken.map(([, logicalId]) => logicalId)).toEqual(broken.map(() => resource));
  expect(broken.map(([id]) => id).sort()).toEqual(rule.split('+').sort());
});

it('every rule has a mutant', () => {
  expect([...new Set(mutants.map(([rule]) => rule.split('+')[0]))].sort()).toEqual(rules.map(({ id }) => id).sort());
});

it('every rule says what it holds, why, and what to do', () => {
  for (const { id, holds, reason, remedy } of rules) {
    expect(id).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
    for (const text of [holds, reason]) expect([id, text]).toEqual([id, expect.stringMatching(/^[A-Z].*\.$/)]);
    expect([id, remedy]).toEqual([id, expect.stringMatching(/^[a-z].*[^.]$/)]);
  }
});

it('a finding says what is wrong and what to do', () => {
  const template = sound();
  delete template['Logs'].Properties.RetentionInDays;
  expect(checkTemplate({ Resources: template }, rules)).toEqual([
    {
      rule: 'log-groups',
      logicalId: 'Logs',
      message: 'the log group never forgets: set RetentionInDays and KmsKeyId',
    },
  ]);
});

it('a command that ends with a line break is one line', () => {
  const template = sound();
  template['Pipeline'].Properties.Stages[1].Actions[0].Commands = ['echo 1\n'];
  expect(findings(template)).toEqual([]);
});

it('whatever stands in a template, no rule throws', () => {
  for (const { tree } of structuralMutants(sound(), 7, 3000)) {
    const resources = Object.entries(typeof tree === 'object' && tree !== null ? tree : {}).filter(
      ([, one]) => typeof (one as Json)?.Type === 'string',
    );
    expect(() => findings(Object.fromEntries(resources) as Record<string, Json>)).not.toThrow();
  }
});
