import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Job } from '../model/pipeline';
import { allow } from './statement';

/** ARNs that builds are allowed to touch. */
export interface BuildResources {
  readonly images: string;
  readonly layerCache: string;
  /** Asked for only by jobs that work on an environment. */
  readonly site: () => SiteResources;
}

interface SiteResources {
  readonly cluster: string;
  /** The zip that holds kubectl. */
  readonly kubectl: string;
  /** The program that deploys. */
  readonly deployer: string;
  /** What the deployer may do with the releases of its environment. */
  readonly releases: readonly PolicyStatement[];
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
      ];
    case 'release':
      return [allow(['ecr:BatchGetImage', 'ecr:PutImage'], [resources.images])];
    case 'deploy':
      return [
        allow(['ecr:DescribeImages'], [resources.images]),
        ...useCluster(resources.site()),
        allow(['s3:GetObject'], [resources.site().deployer]),
        ...resources.site().releases,
        // CloudWatch tells composite alarms only to whom it is allowed on *.
        allow(['cloudwatch:DescribeAlarms'], ['*']),
      ];
    case 'preview':
      return [...useCluster(resources.site()), allow(['s3:GetObject'], [resources.site().deployer])];
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

/** What a job may do in Kubernetes is told by its access entry, not here. */
const useCluster = ({ cluster, kubectl }: SiteResources): PolicyStatement[] => [
  allow(['eks:DescribeCluster'], [cluster]),
  allow(['s3:GetObject'], [kubectl]),
];
