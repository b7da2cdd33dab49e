import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from '../config/schema';
import { artifactBucketName, attestationBucketName, cacheRepositoryName, imageRepositoryName } from '../model/names';
import type { Pipeline } from '../model/pipeline';
import type { Preview } from '../model/preview';
import { AccountGrants, type OtherAccount } from './account-grants';
import { ArtifactStore } from './artifact-store';
import { Attestations } from './attestations';
import { BakeFunction } from './bake-function';
import { BranchEvent } from './branch-event';
import type { ClusterReference } from './cluster-reference';
import { DeliveryPipeline } from './delivery-pipeline';
import { encryptionKey } from './encryption-key';
import { ImageRegistry } from './image-registry';
import { PinnedProgram } from './pinned-program';
import { PullRequestPreview } from './pull-request-preview';
import { ServiceBuilds } from './service-builds';
import { site } from './site';
import { whatCounts } from './what-counts';

export interface DeliveryStackProps extends StackProps {
  readonly config: Config;
  readonly pipelines: readonly Pipeline[];
  /** Absent: pull requests are not looked at. */
  readonly preview?: Preview;
  /** Absent: no environment lives in this account. */
  readonly cluster?: ClusterReference;
  /** Those where the other environments live. */
  readonly otherAccounts?: readonly OtherAccount[];
  /** Layer that holds kubectl; the builds that deploy and verify take it from there. */
  readonly kubectlZip: string;
  /** Folder of lambda/. */
  readonly projectRoot: string;
}

/** What takes a commit of one service to its environments: artifacts, images, builds and pipelines. */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, props: DeliveryStackProps) {
    super(scope, id, props);
    const { config, cluster, projectRoot, pipelines } = props;
    const service = config.service.name;
    const key = encryptionKey(this, 'Key', `Artifacts, images and logs of ${service}`);
    const others = props.otherAccounts ?? [];
    const nameIn = (name: typeof artifactBucketName): string | undefined =>
      others.length > 0 ? name(service, this.account, this.region) : undefined;
    const artifacts = new ArtifactStore(this, 'Artifacts', { key, bucketName: nameIn(artifactBucketName) });
    const registry = new ImageRegistry(this, 'Registry', {
      repositoryName: imageRepositoryName(service),
      cacheRepositoryName: cacheRepositoryName(service),
      key,
      keep: config.retention.images,
      signed: config.images.signing === 'ecr',
    });
    const { accessLogs } = artifacts;
    const attestations = new Attestations(this, 'Attestations', {
      service,
      key,
      accessLogs,
      bucketName: nameIn(attestationBucketName),
      ...whatCounts(this, this.account, config.source, pipelines),
    });
    const { verification } = attestations;
    const builds = new ServiceBuilds({
      config,
      projectRoot,
      key,
      registry,
      attester: { attestations, program: new PinnedProgram(this, 'Attester', { name: 'attest', projectRoot }) },
      ...(cluster && {
        site: site(this, {
          service,
          cluster,
          kubectlZip: props.kubectlZip,
          projectRoot,
          key,
          accessLogs,
          verification,
        }),
      }),
    });
    if (props.preview !== undefined) new PullRequestPreview(this, 'Preview', { preview: props.preview, builds });
    let bake: BakeFunction | undefined;
    const bakeFunction = () => {
      if (cluster === undefined) throw new Error('a bake has no environment in this account');
      bake ??= new BakeFunction(this, 'Bake', {
        functionName: `${service}-bake`,
        projectRoot,
        key,
        logRetentionDays: config.retention.logs,
        network: cluster,
      });
      return bake;
    };
    for (const pipeline of pipelines) {
      const id = pipeline.kind === 'development' ? 'Development' : 'Production';
      startByPush(new DeliveryPipeline(this, id, { pipeline, artifacts, builds, bake: bakeFunction }), pipeline);
    }
    for (const other of others) {
      new AccountGrants(this, `Account${other.account}`, {
        ...other,
        pipelines,
        artifacts,
        attestations,
        key,
        registry,
      });
    }
  }
}

/** An event rule for each CodeCommit source; sources behind a connection have their trigger in the pipeline itself. */
const startByPush = (delivery: DeliveryPipeline, pipeline: Pipeline): void => {
  for (const action of pipeline.stages.flatMap((stage) => stage.actions)) {
    if (action.kind !== 'source' || action.source.provider !== 'codecommit') continue;
    new BranchEvent(delivery, `${action.name}Event`, {
      repository: action.source.repository,
      branch: pipeline.trigger.branch,
      pipeline: delivery,
      sourceAction: action.name,
    });
  }
};
