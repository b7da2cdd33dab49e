import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, wildcardFinding } from './acknowledge';
import { allow } from './statement';

/** CodePipeline keeps an execution's history for this long; a rollback needs the artifacts of its target. */
const ARTIFACT_DAYS = 365;
const CACHE_DAYS = 30;
const ACCESS_LOG_DAYS = 90;

/** Folder of the build caches in the bucket. */
const CACHE_PREFIX = 'cache';

/** Where the pipelines of a service hand over artifacts and where its builds keep their caches. Survives its stack. */
export class ArtifactStore extends Construct {
  readonly bucket: Bucket;
  readonly key: IKey;
  /** Takes the access logs of the service's buckets. */
  readonly accessLogs: Bucket;

  /** `bucketName`: for policies of other accounts to name; absent: CloudFormation makes it up. */
  constructor(scope: Construct, id: string, props: { readonly key: IKey; readonly bucketName?: string | undefined }) {
    super(scope, id);
    this.key = props.key;
    this.accessLogs = accessLogBucket(this, 'AccessLogs');
    this.bucket = new Bucket(this, 'Bucket', {
      ...HARDENED,
      ...(props.bucketName !== undefined && { bucketName: props.bucketName }),
      encryption: BucketEncryption.KMS,
      encryptionKey: props.key,
      bucketKeyEnabled: true,
      versioned: true,
      serverAccessLogsBucket: this.accessLogs,
      lifecycleRules: [
        { id: 'artifacts', expiration: Duration.days(ARTIFACT_DAYS) },
        { id: 'cache', prefix: `${CACHE_PREFIX}/`, expiration: Duration.days(CACHE_DAYS) },
        {
          id: 'leftovers',
          noncurrentVersionExpiration: Duration.days(CACHE_DAYS),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    acknowledge(
      this.bucket,
      'S3BucketReplicationEnabled',
      'Artifacts and caches are made again from the commit; a copy of each in another region would cost transfer and storage at every run.',
    );
    acknowledge(
      this.bucket,
      'S3BucketDefaultLockEnabled',
      'Artifacts and caches have to go when they are old; builds write new versions and may delete none.',
    );
  }

  /**
   * What a pipeline's builds may do with its artifacts, as managed policies that their roles share.
   * CodePipeline names objects `<pipeline, first 20 characters>/<artifact>/<random>`, so a prefix is as narrow as it gets; the
   * pipelines of a service whose name has more than 18 characters share theirs.
   */
  accessFor(pipeline: string, scope: Construct): Required<ArtifactAccess> {
    const objects = artifactObjects(pipeline);
    const cache = `/${CACHE_PREFIX}/${pipeline}/*`;
    const { bucketArn } = this.bucket;
    const useKey = allow(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'], [this.key.keyArn]);
    const policy = (id: string, description: string, suffix: string, statements: ReturnType<typeof allow>[]) => {
      const managed = new ManagedPolicy(scope, id, { description, statements });
      acknowledge(
        managed,
        wildcardFinding(this, `${bucketArn}${suffix}`),
        `The names of the objects are made up by the service at run time; the policy is held to the prefix of ${pipeline}.`,
      );
      return managed;
    };
    return {
      read: policy('ReadArtifacts', `Read the artifacts of ${pipeline}`, objects, [
        allow(['s3:GetObject', 's3:GetObjectVersion'], [`${bucketArn}${objects}`]),
        allow(['s3:GetBucketLocation', 's3:GetBucketAcl'], [bucketArn]),
        useKey,
      ]),
      write: policy('WriteArtifacts', `Write artifacts of ${pipeline}`, objects, [
        allow(['s3:PutObject'], [`${bucketArn}${objects}`]),
      ]),
      cache: {
        policy: policy('UseCache', `Read and write the build cache of ${pipeline}`, cache, [
          allow(['s3:GetObject', 's3:PutObject'], [`${bucketArn}${cache}`]),
          allow(['s3:ListBucket'], [bucketArn], { StringLike: { 's3:prefix': `${CACHE_PREFIX}/${pipeline}/*` } }),
        ]),
        location: `${this.bucket.bucketName}/${CACHE_PREFIX}`,
        namespace: pipeline,
      },
    };
  }
}

/** Managed policies over one pipeline's part of the store. `read` also lets its holder use the key. */
export interface ArtifactAccess {
  readonly read: ManagedPolicy;
  /** Absent: nobody writes from here. */
  readonly write?: ManagedPolicy;
  /** Absent: builds have no cache. */
  readonly cache?: { readonly policy: ManagedPolicy; readonly location: string; readonly namespace: string };
}

/** The keys of a pipeline's artifacts, behind the ARN of their bucket; see accessFor. */
export const artifactObjects = (pipeline: string): string => `/${pipeline.slice(0, 20)}*`;

const HARDENED = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  removalPolicy: RemovalPolicy.RETAIN,
};

/** Takes the access logs of an account's buckets: S3 delivers them only to buckets that its own keys encrypt (user guide, ServerLogs). */
export function accessLogBucket(scope: Construct, id: string): Bucket {
  const bucket = new Bucket(scope, id, {
    ...HARDENED,
    encryption: BucketEncryption.S3_MANAGED,
    versioned: true,
    lifecycleRules: [
      {
        expiration: Duration.days(ACCESS_LOG_DAYS),
        noncurrentVersionExpiration: Duration.days(1),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
  });
  acknowledge(
    bucket,
    'S3DefaultEncryptionKMS',
    'S3 delivers access logs only to buckets that are encrypted with its own keys (S3 user guide, ServerLogs).',
  );
  acknowledge(
    bucket,
    'S3BucketReplicationEnabled',
    'Access logs are kept for some months to look back; a copy in another region would double their cost and protect nothing that is missed.',
  );
  acknowledge(
    bucket,
    'S3BucketDefaultLockEnabled',
    'S3 delivers access logs to no bucket that locks its objects by default (S3 user guide, ServerLogs).',
  );
  return bucket;
}
