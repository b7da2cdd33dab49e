import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  ImageTagMutabilityExclusionFilter,
  Repository,
  RepositoryEncryption,
  TagMutability,
  TagStatus,
} from 'aws-cdk-lib/aws-ecr';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ManagedSigning } from './managed-signing';

/** An image that no check has released yet, or never will. */
const UNRELEASED_DAYS = 7;
/** The tag under which buildx keeps its layers; see buildspecs/image.yml. */
const CACHE_TAG = 'buildcache';

export interface ImageRegistryProps {
  readonly repositoryName: string;
  readonly cacheRepositoryName: string;
  readonly key: IKey;
  /** Released images that are kept. */
  readonly keep: number;
  /** ECR signs the service's images. */
  readonly signed: boolean;
}

/** The service's images, whose tags are immutable, and beside them the layer cache of their builds. Images survive the stack. */
export class ImageRegistry extends Construct {
  readonly images: Repository;
  readonly cache: Repository;
  /** Absent: ECR does not sign. */
  readonly signing?: ManagedSigning;

  constructor(scope: Construct, id: string, props: ImageRegistryProps) {
    super(scope, id);
    const common = { imageScanOnPush: true, encryption: RepositoryEncryption.KMS, encryptionKey: props.key };
    const expireUnreleased = {
      rulePriority: 1,
      description: 'images that were never released',
      tagStatus: TagStatus.UNTAGGED,
      maxImageAge: Duration.days(UNRELEASED_DAYS),
    };
    this.images = new Repository(this, 'Images', {
      ...common,
      repositoryName: props.repositoryName,
      imageTagMutability: TagMutability.IMMUTABLE,
      lifecycleRules: [
        expireUnreleased,
        {
          rulePriority: 2,
          description: `all but the last ${props.keep} releases`,
          tagStatus: TagStatus.TAGGED,
          tagPatternList: ['*'],
          maxImageCount: props.keep,
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.cache = new Repository(this, 'Cache', {
      ...common,
      repositoryName: props.cacheRepositoryName,
      imageTagMutability: TagMutability.IMMUTABLE_WITH_EXCLUSION,
      imageTagMutabilityExclusionFilters: [ImageTagMutabilityExclusionFilter.wildcard(CACHE_TAG)],
      lifecycleRules: [expireUnreleased],
      emptyOnDelete: false,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    if (props.signed) this.signing = new ManagedSigning(this, 'Signing', props.repositoryName);
  }
}
