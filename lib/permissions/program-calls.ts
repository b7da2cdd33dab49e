import { matches } from '../local/iam/pattern';
import { arnIn, type Estate, listOf, ofType, type RoleCall } from './calls';
import { programsOf } from './recorded-calls';

const PUSH = 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html';
const SIGN = 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html';
const COPY = 'https://docs.aws.amazon.com/cli/latest/reference/s3/cp.html';
const KUBECONFIG = 'https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html';
/** Of an image that nothing is signed about: that it is not there, and, before its release is put back, how old the key is. */
const GET_OBJECT = 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html';
const DESCRIBE_KEY = 'https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html';
const JOBS = 'https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobFailureResult.html';

const PULL_AND_PUSH = [
  'BatchCheckLayerAvailability',
  'BatchGetImage',
  'CompleteLayerUpload',
  'GetDownloadUrlForLayer',
  'InitiateLayerUpload',
  'PutImage',
  'UploadLayerPart',
];

/** What our programs call on AWS and not on a laptop, where a stand-in makes the image, kubectl is installed, and bakes succeed. */
export function programCalls(estate: Estate): RoleCall[] {
  const arn = arnIn(estate);
  const builds = ofType(estate, 'AWS::CodeBuild::Project').flatMap(({ properties }) => {
    const role = properties.ServiceRole as string;
    const why = String(properties.Description).split(' ')[0] as string;
    const value = Object.fromEntries(
      listOf(properties.Environment?.EnvironmentVariables).map(({ Name, Value }) => [Name, String(Value)]),
    );
    const repositories = [value['REPOSITORY_URI'], value['CACHE_REPOSITORY_URI']].flatMap((uri) =>
      uri === undefined ? [] : [arn('ecr', `repository/${uri.split('/').slice(1).join('/')}`)],
    );
    const profiles = repositories.flatMap((repository) => signingProfiles(estate, repository));
    const calls = [
      ...(value['KUBECTL_S3'] === undefined ? [] : [download(estate, value['KUBECTL_S3'])]),
      ...(why === 'buildspecs/image.yml'
        ? [
            { action: 'ecr:GetAuthorizationToken', resource: '*', page: PUSH },
            ...repositories.flatMap((resource) =>
              PULL_AND_PUSH.map((name) => ({ action: `ecr:${name}`, resource, page: PUSH })),
            ),
            ...profiles.map((resource) => ({ action: 'signer:SignPayload', resource, page: SIGN })),
          ]
        : []),
      // A preview runs only where pull requests are.
      ...(why === 'buildspecs/preview.yml' && value['PROGRAM_S3'] !== undefined
        ? [
            download(estate, value['PROGRAM_S3']),
            { action: 'eks:DescribeCluster', resource: arn('eks', `cluster/${value['CLUSTER']}`), page: KUBECONFIG },
          ]
        : []),
    ];
    const { PROVENANCE_KEY: key, ATTESTATIONS: attestations, SERVICE: service } = value;
    const unsigned =
      why === 'buildspecs/deploy.yml' && key !== undefined && attestations !== undefined
        ? [
            {
              action: 's3:ListBucket',
              resource: `arn:${estate.place.partition}:s3:::${attestations.replace(/^s3:\/\//, '')}`,
              context: { 's3:prefix': `${service}/1/provenance.dsse.json` },
              page: GET_OBJECT,
            },
            { action: 'kms:DescribeKey', resource: key, page: DESCRIBE_KEY },
          ]
        : [];
    return [...calls, ...unsigned].map((call) => ({ role, why, ...call }));
  });
  const bakes = programsOf(estate).filter(({ name }) => name === 'function bake');
  return [
    ...builds,
    ...bakes.map(({ role, name }) => ({
      role,
      action: 'codepipeline:PutJobFailureResult',
      resource: '*',
      why: name,
      page: JOBS,
    })),
  ];
}

/** ARNs of the profiles with which ECR signs what is pushed to a repository, in the name of who pushes it. */
const signingProfiles = (estate: Estate, repository: string): string[] =>
  ofType(estate, 'AWS::ECR::SigningConfiguration')
    .flatMap(({ properties }) => listOf(properties.Rules))
    .filter(({ RepositoryFilters }) =>
      listOf(RepositoryFilters).some(({ Filter }) =>
        matches(Filter, repository.replace(/^.*:repository\//, ''), false),
      ),
    )
    .map(({ SigningProfileArn }) => SigningProfileArn);

const download = ({ place }: Estate, url: string): Omit<RoleCall, 'role' | 'why'> => ({
  action: 's3:GetObject',
  resource: `arn:${place.partition}:s3:::${url.replace(/^s3:\/\//, '')}`,
  page: COPY,
});
