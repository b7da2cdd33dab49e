import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Job } from '../model/pipeline';
import { allow } from './statement';

/** ARNs that builds are allowed to touch. */
export interface BuildResources {
  readonly images: string;
  readonly layerCache: string;
  /** With which ECR signs the images, in the name of who pushes them; absent: it does not. */
  readonly signingProfile?: string | undefined;
  /** Asked for only by jobs that work on an environment. */
  readonly site: () => SiteResources;
  /** Asked for only by the job that attests. */
  readonly attester: () => AttesterResources;
}

interface SiteResources {
  readonly cluster: string;
  /** The zip that holds kubectl. */
  readonly kubectl: string;
  /** The program that deploys. */
  readonly program: string;
  /** What the deployer may do with the releases of its environment. */
  readonly releases: readonly PolicyStatement[];
  /** What a verifier may do with attestations. */
  readonly verification: readonly PolicyStatement[];
}

interface AttesterResources {
  /** The program that attests. */
  readonly program: string;
  /** The pipeline, and its project that makes the image. */
  readonly pipeline: string;
  readonly imageProject: string;
}

/** Jobs that run the deployer. */
export const runsDeployer = (job: Job): boolean => job === 'deploy';

/**
 * What a job calls on AWS beyond its log, artifacts and reports: exactly what buildspecs/<job>.yml calls, on exactly what
 * it calls it. Checks call nothing. (ecr:GetAuthorizationToken has no resources: IAM service authorization reference.)
 */
export function buildPermissions(job: Job, resources: BuildResources): PolicyStatement[] {
  switch (job) {
    case 'build':
      return [allow(['ecr:DescribeImages'], [resources.images])];
    case 'image':
      return [
        allow(['ecr:GetAuthorizationToken'], ['*']),
        allow(
          [
            'ecr:BatchCheckLayerAvailability',
            'ecr:BatchGetImage',
            'ecr:CompleteLayerUpload',
            'ecr:GetDownloadUrlForLayer',
            'ecr:InitiateLayerUpload',
            'ecr:PutImage',
            'ecr:UploadLayerPart',
          ],
          [resources.images, resources.layerCache],
        ),
        ...(resources.signingProfile === undefined ? [] : [allow(['signer:SignPayload'], [resources.signingProfile])]),
      ];
    case 'attest':
      return attest(resources.attester(), resources.images);
    case 'release':
      return [allow(['ecr:BatchGetImage', 'ecr:PutImage'], [resources.images])];
    case 'deploy':
      return [
        allow(['ecr:DescribeImages'], [resources.images]),
        ...useCluster(resources.site()),
        allow(['s3:GetObject'], [resources.site().program]),
        ...resources.site().releases,
        ...resources.site().verification,
        // CloudWatch tells composite alarms only to whom it is allowed on *.
        allow(['cloudwatch:DescribeAlarms'], ['*']),
      ];
    case 'preview':
      return [...useCluster(resources.site()), allow(['s3:GetObject'], [resources.site().program])];
    case 'verify':
      return useCluster(resources.site());
    case 'unit':
    case 'integration':
    case 'quality':
    case 'security':
      return [];
    default:
      return job satisfies never;
  }
}

/** Signing and writing are given by the attestations themselves (attestations.ts). */
const attest = ({ program, pipeline, imageProject }: AttesterResources, images: string): PolicyStatement[] => [
  allow(['s3:GetObject'], [program]),
  allow(['codepipeline:GetPipelineExecution', 'codepipeline:ListActionExecutions'], [pipeline]),
  allow(['codebuild:BatchGetBuilds'], [imageProject]),
  allow(['ecr:BatchGetImage'], [images]),
];

/** What a job may do in Kubernetes is told by its access entry, not here. */
const useCluster = ({ cluster, kubectl }: SiteResources): PolicyStatement[] => [
  allow(['eks:DescribeCluster'], [cluster]),
  allow(['s3:GetObject'], [kubectl]),
];
