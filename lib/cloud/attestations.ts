import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  AnyPrincipal,
  Effect,
  type IPrincipal,
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  type Role,
} from 'aws-cdk-lib/aws-iam';
import { type IKey, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { provenanceKeyAlias } from '../model/names';
import { acknowledge, wildcardFinding } from './acknowledge';
import type { BuildProject } from './build-project';
import { allow } from './statement';

/** What KMS calls ECDSA on P-256 with SHA-256. */
const ALGORITHM = 'ECDSA_SHA_256';

/**
 * What the account's administrators may do with the key: all that a key has but signing, and grants, by which others could.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
 */
const MANAGE = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:EnableKey',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:GetPublicKey',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
  'kms:Verify',
];

/** With what a build verifies what is attested of images. */
export interface Verification {
  readonly statements: readonly PolicyStatement[];
  readonly environment: Readonly<Record<string, string>>;
  /** The statements hold a wildcard of objects; on the role that gets them. */
  readonly acknowledge: (role: Construct) => void;
}

export interface AttestationsProps {
  readonly service: string;
  /** Encrypts the bucket. */
  readonly key: IKey;
  /** For policies of other accounts to name; absent: CloudFormation makes it up. */
  readonly bucketName?: string | undefined;
  readonly accessLogs: IBucket;
  /** ARNs of the pipelines whose word counts. */
  readonly builders: readonly string[];
  /** The source that they build, as lib/provenance/build-type.ts writes it. */
  readonly source: string;
}

/**
 * Where it is kept how images came about, and the key that signs it. Nobody but the attest actions may sign with the key or put
 * into the bucket, whatever other policies allow; who may change these two policies could. Both survive their stack.
 */
export class Attestations extends Construct {
  private readonly bucket: Bucket;
  private readonly key: Key;
  private readonly signers: Role[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AttestationsProps,
  ) {
    super(scope, id);
    this.key = this.signingKey();
    this.bucket = this.ownBucket();
    this.bucket.addToResourcePolicy(this.denyOthers('s3:PutObject', this.bucket.arnForObjects('*')));
  }

  /** Lets the project sign and write; its pipeline must not start before it can. */
  allowSigning({ role, prerequisites }: BuildProject): void {
    this.signers.push(role);
    // Attached from its own side: the key's policy names the role, so the role cannot name the key.
    const policy = new ManagedPolicy(role, 'Signing', {
      description: `Sign what is attested of images of ${this.props.service}`,
      roles: [role],
      statements: [
        allow(['kms:Sign'], [this.key.keyArn], { StringEquals: { 'kms:SigningAlgorithm': ALGORITHM } }),
        allow(['s3:PutObject'], [this.objects]),
      ],
    });
    this.acknowledgeObjects(policy);
    prerequisites.push(policy.node.defaultChild as (typeof prerequisites)[number]);
  }

  /** For deploys of this account. Without ListBucket S3 tells an object that is not there as forbidden. */
  get verification(): Verification {
    const { service, builders, source } = this.props;
    const statements = [
      allow(['kms:DescribeKey', 'kms:GetPublicKey'], [this.key.keyArn]),
      allow(['s3:GetObject'], [this.objects]),
      allow(['s3:ListBucket'], [this.bucket.bucketArn], { StringLike: { 's3:prefix': `${service}/*` } }),
    ];
    return {
      statements,
      environment: { ...this.signerEnvironment, PROVENANCE_BUILDERS: builders.join(' '), PROVENANCE_SOURCE: source },
      acknowledge: (construct) => this.acknowledgeObjects(construct),
    };
  }

  /** Lets principals of another account verify; the other half is verificationFrom. */
  letVerify(principal: IPrincipal): void {
    const to = (statement: PolicyStatement): PolicyStatement => {
      statement.addPrincipals(principal);
      return statement;
    };
    const prefix = { StringLike: { 's3:prefix': `${this.props.service}/*` } };
    this.bucket.addToResourcePolicy(to(allow(['s3:GetObject'], [this.objects])));
    this.bucket.addToResourcePolicy(to(allow(['s3:ListBucket'], [this.bucket.bucketArn], prefix)));
    this.key.addToResourcePolicy(to(allow(['kms:DescribeKey', 'kms:GetPublicKey'], ['*'])));
  }

  private acknowledgeObjects(construct: Construct): void {
    acknowledge(
      construct,
      wildcardFinding(this, this.objects),
      "Objects are named by the digest of their image, which nobody knows before it is built; the statement is held to the service's prefix.",
    );
  }

  get signerEnvironment(): Readonly<Record<string, string>> {
    return { ATTESTATIONS: `s3://${this.bucket.bucketName}`, PROVENANCE_KEY: this.key.keyArn };
  }

  private get objects(): string {
    return this.bucket.arnForObjects(`${this.props.service}/*`);
  }

  private signingKey(): Key {
    const { service } = this.props;
    const administer = allow(MANAGE, ['*']);
    administer.addPrincipals(new AccountRootPrincipal());
    // The IAM policies of the signers say which of them; this alone allows nobody anything.
    const delegate = allow(['kms:Sign'], ['*'], { StringEquals: { 'kms:SigningAlgorithm': ALGORITHM } });
    delegate.addPrincipals(new AccountRootPrincipal());
    return new Key(this, 'Key', {
      alias: provenanceKeyAlias(service),
      description: `Signs how images of ${service} came about`,
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      policy: new PolicyDocument({ statements: [administer, delegate, this.denyOthers('kms:Sign', '*')] }),
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  private ownBucket(): Bucket {
    const { bucketName } = this.props;
    const bucket = new Bucket(this, 'Bucket', {
      ...(bucketName !== undefined && { bucketName }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.props.key,
      bucketKeyEnabled: true,
      versioned: true,
      serverAccessLogsBucket: this.props.accessLogs,
      serverAccessLogsPrefix: 'attestations/',
      lifecycleRules: [{ id: 'leftovers', abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
    acknowledge(
      bucket,
      'S3BucketReplicationEnabled',
      'What is lost here stops deploys and nothing else: the pipeline builds the commit again and attests the new image. A copy in another region would need its own key and policies, and be one more place to guard.',
    );
    acknowledge(
      bucket,
      'S3BucketDefaultLockEnabled',
      'Nobody but the attest actions may write, old versions are kept, and a changed object no longer fits its signature: deploys refuse it. A lock would keep wrong objects as long as right ones.',
    );
    return bucket;
  }

  /** A denial outweighs every allowance, also that of an administrator. A caller without a role is denied too. */
  private denyOthers(action: string, resource: string): PolicyStatement {
    const roles = Lazy.list({ produce: () => this.signers.map(({ roleArn }) => roleArn) });
    return new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: [action],
      resources: [resource],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': roles } },
    });
  }
}
