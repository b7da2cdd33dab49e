import { createHash } from 'node:crypto';

/**
 * What `Ref` and `Fn::GetAtt` give for the resource types that a delivery system's templates hold. A type or attribute that
 * is not here has no local value: evaluating it is a diagnostic, never a guess.
 * Source: "Return values" of each type in the CloudFormation template reference.
 */
export interface ResourceType {
  /** The property that holds the physical name; absent: AWS makes an identifier. */
  readonly name?: string;
  /** Physical names of this type are lower case, or at most this long. */
  readonly lowerCase?: true;
  readonly longest?: number;
  /** Prefix of an identifier that AWS makes, e.g. `vpc-`. */
  readonly identifier?: string;
  readonly ref: (resource: Identity) => string;
  readonly attributes: Readonly<Record<string, (resource: Identity) => string>>;
}

/** What is known about one resource once its physical name is. */
export interface Identity {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly urlSuffix: string;
  /** Text of a property, evaluated; '' where the template does not set it. */
  readonly property: (name: string) => string;
}

type Make = (resource: Identity) => string;
const name: Make = (r) => r.name;
const property =
  (key: string): Make =>
  (r) =>
    r.property(key);

/** `arn:<partition>:<service>:<region>:<account>:<resource>` */
const arn =
  (service: string, resource: Make): Make =>
  (r) =>
    `arn:${r.partition}:${service}:${r.region}:${r.account}:${resource(r)}`;
const iamArn =
  (kind: string): Make =>
  (r) =>
    `arn:${r.partition}:iam::${r.account}:${kind}${r.property('Path') || '/'}${r.name}`;

const named = (key: string, arnOf: Make, more: Record<string, Make> = {}): ResourceType => ({
  name: key,
  ref: name,
  attributes: { Arn: arnOf, ...more },
});
const identified = (identifier: string, more: Record<string, Make> = {}): ResourceType => ({
  identifier,
  ref: name,
  attributes: more,
});

export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::CloudWatch::Alarm': named(
    'AlarmName',
    arn('cloudwatch', (r) => `alarm:${r.name}`),
  ),
  'AWS::CloudWatch::CompositeAlarm': named(
    'AlarmName',
    arn('cloudwatch', (r) => `alarm:${r.name}`),
  ),
  'AWS::CloudWatch::Dashboard': { name: 'DashboardName', ref: name, attributes: {} },
  'AWS::CodeBuild::Project': named(
    'Name',
    arn('codebuild', (r) => `project/${r.name}`),
  ),
  'AWS::CodeBuild::ReportGroup': {
    name: 'Name',
    ref: arn('codebuild', (r) => `report-group/${r.name}`),
    attributes: { Arn: arn('codebuild', (r) => `report-group/${r.name}`) },
  },
  'AWS::CodeCommit::Repository': {
    name: 'RepositoryName',
    ref: (r) => identifierOf(r, ''),
    attributes: {
      Arn: arn('codecommit', name),
      Name: name,
      CloneUrlHttp: (r) => `https://git-codecommit.${r.region}.${r.urlSuffix}/v1/repos/${r.name}`,
      CloneUrlSsh: (r) => `ssh://git-codecommit.${r.region}.${r.urlSuffix}/v1/repos/${r.name}`,
    },
  },
  'AWS::CodePipeline::Pipeline': { name: 'Name', ref: name, attributes: { Version: () => '1' } },
  'AWS::CodeStarConnections::Connection': connection('codestar-connections'),
  'AWS::CodeConnections::Connection': connection('codeconnections'),
  'AWS::EC2::EIP': identified('eipalloc-', { AllocationId: (r) => identifierOf(r, 'eipalloc-') }),
  'AWS::EC2::InternetGateway': identified('igw-', { InternetGatewayId: name }),
  'AWS::EC2::NatGateway': identified('nat-', { NatGatewayId: name }),
  'AWS::EC2::RouteTable': identified('rtb-', { RouteTableId: name }),
  'AWS::EC2::SecurityGroup': identified('sg-', { GroupId: name, Id: name, VpcId: property('VpcId') }),
  'AWS::EC2::Subnet': identified('subnet-', { SubnetId: name, VpcId: property('VpcId') }),
  'AWS::EC2::VPC': identified('vpc-', {
    VpcId: name,
    CidrBlock: property('CidrBlock'),
    DefaultSecurityGroup: (r) => identifierOf(r, 'sg-'),
  }),
  'AWS::EC2::VPCEndpoint': identified('vpce-', { Id: name }),
  'AWS::ECR::Repository': {
    ...named(
      'RepositoryName',
      arn('ecr', (r) => `repository/${r.name}`),
      {
        RepositoryUri: (r) => `${r.account}.dkr.ecr.${r.region}.${r.urlSuffix}/${r.name}`,
      },
    ),
    lowerCase: true,
  },
  'AWS::EKS::Cluster': named(
    'Name',
    arn('eks', (r) => `cluster/${r.name}`),
  ),
  'AWS::Events::Rule': named(
    'Name',
    arn('events', (r) => `rule/${r.name}`),
  ),
  'AWS::IAM::InstanceProfile': named('InstanceProfileName', iamArn('instance-profile')),
  'AWS::IAM::ManagedPolicy': {
    name: 'ManagedPolicyName',
    ref: iamArn('policy'),
    attributes: { PolicyArn: iamArn('policy') },
  },
  'AWS::IAM::Policy': { name: 'PolicyName', ref: name, attributes: {} },
  'AWS::IAM::Role': {
    ...named('RoleName', iamArn('role'), { RoleId: (r) => identifierOf(r, 'AROA').toUpperCase() }),
    longest: 64,
  },
  'AWS::KMS::Alias': { name: 'AliasName', ref: name, attributes: {} },
  'AWS::KMS::Key': identified('', { Arn: arn('kms', (r) => `key/${r.name}`), KeyId: name }),
  'AWS::Lambda::Function': {
    ...named(
      'FunctionName',
      arn('lambda', (r) => `function:${r.name}`),
    ),
    longest: 64,
  },
  'AWS::Lambda::LayerVersion': {
    name: 'LayerName',
    ref: arn('lambda', (r) => `layer:${r.name}:1`),
    attributes: { LayerVersionArn: arn('lambda', (r) => `layer:${r.name}:1`) },
  },
  'AWS::Logs::LogGroup': named(
    'LogGroupName',
    arn('logs', (r) => `log-group:${r.name}:*`),
  ),
  'AWS::S3::Bucket': {
    name: 'BucketName',
    lowerCase: true,
    longest: 63,
    ref: name,
    attributes: {
      Arn: (r) => `arn:${r.partition}:s3:::${r.name}`,
      DomainName: (r) => `${r.name}.s3.${r.urlSuffix}`,
      RegionalDomainName: (r) => `${r.name}.s3.${r.region}.${r.urlSuffix}`,
    },
  },
  'AWS::Signer::SigningProfile': {
    name: 'ProfileName',
    ref: arn('signer', (r) => `/signing-profiles/${r.name}`),
    attributes: { Arn: arn('signer', (r) => `/signing-profiles/${r.name}`), ProfileName: name },
  },
  'AWS::SNS::Topic': {
    name: 'TopicName',
    ref: arn('sns', name),
    attributes: { TopicArn: arn('sns', name), TopicName: name },
  },
  'AWS::SQS::Queue': {
    name: 'QueueName',
    longest: 80,
    ref: (r) => `https://sqs.${r.region}.${r.urlSuffix}/${r.account}/${r.name}`,
    attributes: {
      Arn: arn('sqs', name),
      QueueName: name,
      QueueUrl: (r) => `https://sqs.${r.region}.${r.urlSuffix}/${r.account}/${r.name}`,
    },
  },
  'AWS::SSM::Parameter': { name: 'Name', ref: name, attributes: { Type: property('Type'), Value: property('Value') } },
};

function connection(service: string): ResourceType {
  const connectionArn = arn(service, (r) => `connection/${identifierOf(r, '')}`);
  return {
    name: 'ConnectionName',
    ref: connectionArn,
    attributes: { ConnectionArn: connectionArn, ConnectionStatus: () => 'AVAILABLE' },
  };
}

function identifierOf(resource: Identity, prefix: string): string {
  return madeIdentifier(prefix, `${resource.account}/${resource.region}/${resource.name}`);
}

/** An identifier as AWS makes them, but the same one for the same seed: `vpc-` and 17 hex digits, or a UUID without a prefix. */
export function madeIdentifier(prefix: string, seed: string): string {
  const hex = hash(seed);
  if (prefix !== '') return `${prefix}${hex.slice(0, 17)}`;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** `<stack>-<logicalId>` as CloudFormation names what has no name, without its random end; cut where the type allows less. */
export function madeName(type: ResourceType, stack: string, logicalId: string): string {
  const plain = `${stack}-${logicalId}`;
  const longest = type.longest ?? 128;
  const cut = plain.length <= longest ? plain : `${plain.slice(0, longest - 9)}-${hash(plain).slice(0, 8)}`;
  return type.lowerCase ? cut.toLowerCase() : cut;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
