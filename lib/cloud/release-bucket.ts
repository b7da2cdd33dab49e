import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { allow } from './statement';

const OLD_VERSION_DAYS = 90;

export interface ReleaseBucketProps {
  readonly service: string;
  readonly key: IKey;
  readonly accessLogs: IBucket;
}

/**
 * Where the deployer keeps what it has released: manifests with digests, and a record an environment of which is the last known
 * good. No object expires by its age, for the last known good may be old; versions that were overwritten do. Survives its stack.
 */
export class ReleaseBucket extends Construct {
  /** `s3://<bucket>` */
  readonly location: string;
  readonly arn: string;
  private readonly service: string;
  private readonly key: IKey;

  constructor(scope: Construct, id: string, { service, key, accessLogs }: ReleaseBucketProps) {
    super(scope, id);
    this.service = service;
    this.key = key;
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'releases/',
      lifecycleRules: [
        {
          id: 'old-versions',
          noncurrentVersionExpiration: Duration.days(OLD_VERSION_DAYS),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    acknowledge(
      bucket,
      'S3BucketReplicationEnabled',
      'A release is worth something to this cluster only, in this region; it is versioned here, and made again from its commit.',
    );
    acknowledge(
      bucket,
      'S3BucketDefaultLockEnabled',
      'The record of the last good release is written at each deploy; every version before it stays for months, and no role may delete one.',
    );
    this.location = `s3://${bucket.bucketName}`;
    this.arn = bucket.bucketArn;
  }

  /** Objects of one environment, as an ARN with a wildcard at its end. */
  objectsOf(environment: string): string {
    return `${this.arn}/${this.prefixOf(environment)}`;
  }

  /** Without ListBucket S3 tells an object that is not there as forbidden. */
  access(environment: string, mode: 'read' | 'write'): PolicyStatement[] {
    return [
      allow(mode === 'write' ? ['s3:GetObject', 's3:PutObject'] : ['s3:GetObject'], [this.objectsOf(environment)]),
      allow(['s3:ListBucket'], [this.arn], { StringLike: { 's3:prefix': this.prefixOf(environment) } }),
    ];
  }

  /** For roles that may not use the key already, as those may that use it for artifacts. */
  keyAccess(): PolicyStatement {
    return allow(['kms:Decrypt', 'kms:GenerateDataKey'], [this.key.keyArn]);
  }

  private prefixOf(environment: string): string {
    return `${this.service}/${environment}/*`;
  }
}
