import type { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Pipeline } from '../model/pipeline';
import { type RemoteWork, remoteWork } from '../model/remote-work';
import { acknowledge } from './acknowledge';
import { type ArtifactStore, artifactObjects } from './artifact-store';
import type { Attestations } from './attestations';
import type { ImageRegistry } from './image-registry';
import { roleArnIn, rolesOf } from './other-account';
import { ownRole } from './role';
import { allow } from './statement';

/** An account where environments live that is not that of the pipelines. */
export interface OtherAccount {
  readonly account: string;
  /** Names of the roles with which its clusters' nodes pull images. */
  readonly nodeRoles: readonly string[];
}

export interface AccountGrantsProps extends OtherAccount {
  readonly pipelines: readonly Pipeline[];
  readonly artifacts: ArtifactStore;
  readonly attestations: Attestations;
  /** Of the artifacts. */
  readonly key: Key;
  readonly registry: ImageRegistry;
}

/**
 * What the account of the pipelines lets roles of one other account do, each by its name; EnvironmentStack says the other half.
 * Source: CodePipeline user guide, pipelines-create-cross-account; Amazon ECR user guide, repository-policies.
 */
export class AccountGrants extends Construct {
  constructor(scope: Construct, id: string, props: AccountGrantsProps) {
    super(scope, id);
    const { account, pipelines, registry, nodeRoles } = props;
    const works = pipelines.flatMap(remoteWork).filter((work) => work.account === account);
    this.letReadArtifacts(works, props);
    const images = (actions: readonly string[], roles: readonly string[]): void => {
      const statement = allow(actions, []);
      statement.addPrincipals(rolesOf(account, this.arns(account, roles)));
      registry.images.addToResourcePolicy(statement);
    };
    const deploys = works.flatMap(({ builds }) => builds.filter(({ job }) => job === 'deploy').map(({ role }) => role));
    images(['ecr:DescribeImages'], deploys);
    props.attestations.letVerify(rolesOf(account, this.arns(account, deploys)));
    // What AmazonEC2ContainerRegistryPullOnly lets the nodes do from their side.
    images(['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], nodeRoles);
    for (const work of works) if (work.bake !== undefined) this.addAnswerRole(work, work.bake);
  }

  /** For the actions' role, and for the builds' own, which fetch their input. */
  private letReadArtifacts(works: readonly RemoteWork[], { account, artifacts, key }: AccountGrantsProps): void {
    const readers = (of: readonly RemoteWork[]): string[] =>
      this.arns(
        account,
        of.flatMap(({ role, builds }) => [role, ...builds.map((build) => build.role)]),
      );
    const { bucket } = artifacts;
    for (const pipeline of new Set(works.map((work) => work.pipeline))) {
      const read = allow(['s3:GetObject', 's3:GetObjectVersion'], [`${bucket.bucketArn}${artifactObjects(pipeline)}`]);
      read.addPrincipals(rolesOf(account, readers(works.filter((work) => work.pipeline === pipeline))));
      bucket.addToResourcePolicy(read);
    }
    const look = allow(['s3:GetBucketLocation', 's3:GetBucketAcl'], [bucket.bucketArn]);
    look.addPrincipals(rolesOf(account, readers(works)));
    bucket.addToResourcePolicy(look);
    const decrypt = allow(['kms:Decrypt', 'kms:DescribeKey'], ['*']);
    decrypt.addPrincipals(rolesOf(account, readers(works)));
    key.addToResourcePolicy(decrypt);
  }

  /**
   * A job belongs to the pipeline's account, so its result is put with a role of that account. No page of AWS's says that a
   * principal of the function's account could put it.
   */
  private addAnswerRole({ account, environment }: RemoteWork, bake: NonNullable<RemoteWork['bake']>): void {
    const role = ownRole(this, `Answer-${environment}`, {
      description: `Tells CodePipeline what the bake of ${environment} has found`,
      roleName: bake.answerRole,
      assumedBy: rolesOf(account, this.arns(account, [bake.role])),
      statements: [allow(['codepipeline:PutJobFailureResult', 'codepipeline:PutJobSuccessResult'], ['*'])],
    });
    acknowledge(
      role,
      'IAM5[Resource::*]',
      'The job results know no resources; a job is answered with an id that only the invocation was given.',
    );
  }

  private arns(account: string, roles: readonly string[]): string[] {
    return roles.map((role) => roleArnIn(this, account, role));
  }
}
