import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { buildPermissions } from '../../lib/cloud/build-permissions';
import { renderBuildspec } from '../../lib/cloud/buildspec';
import type { Job } from '../../lib/model/pipeline';
import { projectRoot } from './fixtures';

const resources = {
  images: 'images',
  layerCache: 'layers',
  site: () => ({
    cluster: 'cluster',
    kubectl: 'kubectl',
    program: 'deployer',
    releases: [
      new PolicyStatement({ actions: ['s3:GetObject', 's3:PutObject', 's3:ListBucket'], resources: ['releases'] }),
    ],
    verification: [
      new PolicyStatement({
        actions: ['kms:DescribeKey', 'kms:GetPublicKey', 's3:GetObject', 's3:ListBucket'],
        resources: ['attested'],
      }),
    ],
  }),
  attester: () => ({ program: 'attester', pipeline: 'pipeline', imageProject: 'image project' }),
};

const JOBS: readonly Job[] = [
  'build',
  'image',
  'unit',
  'integration',
  'quality',
  'security',
  'attest',
  'release',
  'deploy',
  'verify',
  'preview',
];

/** What a command line of the AWS CLI calls. Source: IAM service authorization reference. */
const CALLS: Readonly<Record<string, string>> = {
  'ecr batch-get-image': 'ecr:BatchGetImage',
  'ecr describe-images': 'ecr:DescribeImages',
  'ecr get-login-password': 'ecr:GetAuthorizationToken',
  'ecr put-image': 'ecr:PutImage',
  'eks update-kubeconfig': 'eks:DescribeCluster',
  's3 cp': 's3:GetObject',
};

/** What `docker buildx` calls to push an image and keep its cache. Source: ECR user guide, image-push-iam; docker-pull. */
const PUSH = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:CompleteLayerUpload',
  'ecr:GetDownloadUrlForLayer',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];

/** What the deployer calls: its store of releases, what is attested of images, and the alarms that a release waits for. */
const DEPLOYER = [
  'cloudwatch:DescribeAlarms',
  'kms:DescribeKey',
  'kms:GetPublicKey',
  's3:GetObject',
  's3:ListBucket',
  's3:PutObject',
];

/** What the attest program calls (lib/attest/aws.ts), less what the attestations themselves allow it. */
const ATTESTER = [
  'codebuild:BatchGetBuilds',
  'codepipeline:GetPipelineExecution',
  'codepipeline:ListActionExecutions',
  'ecr:BatchGetImage',
];

const calledBy = (job: Job): string[] => {
  const commands = [...renderBuildspec(job, projectRoot).matchAll(/\baws ([a-z0-9]+ [a-z-]+)/g)].map(
    ([, command]) => command ?? '',
  );
  const unknown = commands.filter((command) => !(command in CALLS));
  if (unknown.length > 0)
    throw new Error(`buildspecs/${job}.yml calls what this test does not know: ${unknown.join(', ')}`);
  return [
    ...new Set([
      ...commands.map((command) => CALLS[command] ?? ''),
      ...(job === 'image' ? PUSH : []),
      ...(job === 'deploy' ? DEPLOYER : []),
      ...(job === 'attest' ? ATTESTER : []),
    ]),
  ].sort();
};

it.each(JOBS)('%s may do exactly what its buildspec calls', (job) => {
  const granted = buildPermissions(job, resources).flatMap((statement) => statement.toStatementJson().Action);
  expect([...new Set(granted)].sort()).toEqual(calledBy(job));
});

it('only the registry’s token and the alarms are asked for without a resource', () => {
  const open = JOBS.flatMap((job) => buildPermissions(job, resources))
    .map((statement) => statement.toStatementJson())
    .filter(({ Resource }) => Resource === '*');
  expect(open.map(({ Action }) => Action)).toEqual(['ecr:GetAuthorizationToken', 'cloudwatch:DescribeAlarms']);
});
