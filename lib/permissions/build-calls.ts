import { bucketArn, objectArn, readObject, useKey, useProjectKey, writeObject } from './artifact-calls';
import { arnIn, type Estate, type Loose, listOf, ofType, type RoleCall } from './calls';
import { artifactKey } from './pipeline-calls';

const GUIDE = 'https://docs.aws.amazon.com/codebuild/latest/userguide';
const ROLE = `${GUIDE}/setting-up-service-role.html`;
const VPC = `${GUIDE}/auth-and-access-control-iam-identity-based-access-control.html`;
const REPORTS = `${GUIDE}/test-permissions.html`;

type Call = Omit<RoleCall, 'role'>;

/** What CodeBuild calls with the roles of its projects, beside what the commands of the buildspecs call. */
export function buildCalls(estate: Estate): RoleCall[] {
  return ofType(estate, 'AWS::CodeBuild::Project').flatMap(({ properties }) => {
    const { ServiceRole: role } = properties;
    const calls = [
      ...logCalls(estate, properties),
      ...sourceCalls(estate, properties),
      ...cacheCalls(estate, properties),
      ...reportCalls(estate, properties.Name),
      ...networkCalls(estate, properties.VpcConfig),
    ];
    return calls.map((call) => ({ role: role as string, ...call }));
  });
}

const logCalls = (estate: Estate, { LogsConfig }: Loose): Call[] => {
  const group = LogsConfig?.CloudWatchLogs?.GroupName;
  if (group === undefined) return [];
  const resource = arnIn(estate)('logs', `log-group:${group}:log-stream:0a1b`);
  return ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
    action,
    resource,
    why: 'CodeBuild writes the log',
    page: ROLE,
  }));
};

/** Artifacts of every pipeline that runs the project; or the repository that it builds by itself. */
function sourceCalls(estate: Estate, project: Loose): Call[] {
  if (project.Source?.Type === 'CODECOMMIT') {
    const repository = String(project.Source.Location).split('/').at(-1) ?? '';
    const resource = arnIn(estate)('codecommit', repository);
    return [{ action: 'codecommit:GitPull', resource, why: 'CodeBuild fetches the source', page: ROLE }];
  }
  const uses = ofType(estate, 'AWS::CodePipeline::Pipeline').flatMap(({ properties: pipeline }) =>
    listOf(pipeline.Stages)
      .flatMap((stage) => listOf(stage.Actions))
      .filter(({ Configuration }) => Configuration?.ProjectName === project.Name)
      .map((action) => ({ pipeline, action })),
  );
  if (uses.length === 0) return [];
  const bucket = uses[0]?.pipeline.ArtifactStore.Location as string;
  return [
    ...['s3:GetBucketAcl', 's3:GetBucketLocation'].map((action) => ({
      action,
      resource: bucketArn(estate, bucket),
      why: 'CodeBuild looks at the artifact store',
      page: ROLE,
    })),
    ...useProjectKey(project.EncryptionKey),
    ...uses.flatMap(({ pipeline: { Name: name }, action }) => [
      ...listOf(action.InputArtifacts).flatMap(({ Name: artifact }) =>
        readObject(estate, bucket, artifactKey(name, artifact), 'CodeBuild fetches its input', ROLE),
      ),
      ...listOf(action.OutputArtifacts).flatMap(({ Name: artifact }) =>
        writeObject(estate, bucket, artifactKey(name, artifact), 'CodeBuild uploads its output', ROLE),
      ),
    ]),
  ];
}

/** Source: build-caching; of an archive that is not there S3 tells only who may list. */
function cacheCalls(estate: Estate, { Cache }: Loose): Call[] {
  if (Cache?.Type !== 'S3') return [];
  const [bucket = '', ...folders] = String(Cache.Location).split('/');
  const key = [...folders, Cache.CacheNamespace, '0a1b'].filter((each) => each !== undefined).join('/');
  const why = 'CodeBuild keeps its cache';
  const page = `${GUIDE}/caching-s3.html`;
  return [
    { action: 's3:GetObject', resource: objectArn(estate, bucket, key), why, page },
    { action: 's3:PutObject', resource: objectArn(estate, bucket, key), why, page },
    { action: 's3:ListBucket', resource: bucketArn(estate, bucket), context: { 's3:prefix': key }, why, page },
    ...useKey(estate, bucket, ['kms:Decrypt', 'kms:GenerateDataKey'], why, page),
  ];
}

/** The groups `<project>-<report>`, which CodeBuild finds by their name. A report of test cases is none of coverage. */
function reportCalls(estate: Estate, project: string): Call[] {
  const projects = ofType(estate, 'AWS::CodeBuild::Project').map(({ properties }) => properties.Name as string);
  const owner = (group: string): string | undefined =>
    projects.filter((name) => group.startsWith(`${name}-`)).sort((a, b) => b.length - a.length)[0];
  return ofType(estate, 'AWS::CodeBuild::ReportGroup')
    .filter(({ properties }) => owner(properties.Name) === project)
    .flatMap(({ resource, properties }) =>
      [
        'codebuild:CreateReportGroup',
        'codebuild:CreateReport',
        'codebuild:UpdateReport',
        'codebuild:BatchPutTestCases',
        ...(properties.Type === 'CODE_COVERAGE' ? ['codebuild:BatchPutCodeCoverages'] : []),
      ].map((action) => ({ action, resource: estate.arnOf(resource), why: 'CodeBuild files reports', page: REPORTS })),
    );
}

function networkCalls(estate: Estate, network: Loose): Call[] {
  if (network === undefined) return [];
  const arn = arnIn(estate);
  const why = 'CodeBuild gives the build a network interface';
  const subnets = listOf(network.Subnets).map((id) => arn('ec2', `subnet/${id}`));
  const groups = listOf(network.SecurityGroupIds).map((id) => arn('ec2', `security-group/${id}`));
  const described = ['DhcpOptions', 'NetworkInterfaces', 'SecurityGroups', 'Subnets', 'Vpcs'];
  const made = arn('ec2', 'network-interface/eni-0123456789abcdef0');
  return [
    ...described.map((what) => ({ action: `ec2:Describe${what}`, resource: '*', why, page: VPC })),
    ...[made, ...subnets, ...groups].map((resource) => ({
      action: 'ec2:CreateNetworkInterface',
      resource,
      why,
      page: VPC,
    })),
    ...subnets.flatMap((subnet) => [
      { action: 'ec2:DeleteNetworkInterface', resource: made, context: { 'ec2:Subnet': subnet }, why, page: VPC },
      {
        action: 'ec2:CreateNetworkInterfacePermission',
        resource: made,
        context: { 'ec2:Subnet': subnet, 'ec2:AuthorizedService': 'codebuild.amazonaws.com' },
        why,
        page: VPC,
      },
    ]),
  ];
}
