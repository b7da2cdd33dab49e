import { Stack, type StackProps } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import type { Config } from '../config/schema';
import { cacheRepositoryName, imageRepositoryName } from '../model/names';
import type { Pipeline } from '../model/pipeline';
import type { Preview } from '../model/preview';
import { ArtifactStore } from './artifact-store';
import { BakeFunction } from './bake-function';
import { BranchEvent } from './branch-event';
import { BuildNetwork } from './build-network';
import type { ClusterReference } from './cluster-reference';
import { DeliveryPipeline } from './delivery-pipeline';
import { Deployer } from './deployer';
import { encryptionKey } from './encryption-key';
import { ImageRegistry } from './image-registry';
import { PullRequestPreview } from './pull-request-preview';
import { ReleaseBucket } from './release-bucket';
import { ServiceBuilds } from './service-builds';

export interface DeliveryStackProps extends StackProps {
  readonly config: Config;
  readonly pipelines: readonly Pipeline[];
  /** Absent: pull requests are not looked at. */
  readonly preview?: Preview;
  readonly cluster: ClusterReference;
  /** Layer that holds kubectl; the builds that deploy and verify take it from there. */
  readonly kubectlZip: string;
  /** Folder of lambda/. */
  readonly projectRoot: string;
}

/** What takes a commit of one service to its environments: artifacts, images, builds and pipelines. */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, props: DeliveryStackProps) {
    super(scope, id, props);
    const { config, cluster, projectRoot } = props;
    const service = config.service.name;
    const key = encryptionKey(this, 'Key', `Artifacts, images and logs of ${service}`);
    const artifacts = new ArtifactStore(this, 'Artifacts', { key });
    const builds = new ServiceBuilds({
      config,
      projectRoot,
      artifacts,
      registry: new ImageRegistry(this, 'Registry', {
        repositoryName: imageRepositoryName(service),
        cacheRepositoryName: cacheRepositoryName(service),
        key,
        keep: config.retention.images,
      }),
      network: new BuildNetwork(this, 'Network', { service, cluster }),
      kubectl: new Asset(this, 'Kubectl', { path: props.kubectlZip }),
      deployer: new Deployer(this, 'Deployer', projectRoot),
      releases: new ReleaseBucket(this, 'Releases', { service, key, accessLogs: artifacts.accessLogs }),
    });
    if (props.preview !== undefined) new PullRequestPreview(this, 'Preview', { preview: props.preview, builds });
    let bake: BakeFunction | undefined;
    const bakeFunction = () => {
      bake ??= new BakeFunction(this, 'Bake', {
        functionName: `${service}-bake`,
        projectRoot,
        key,
        logRetentionDays: config.retention.logs,
        network: cluster,
      });
      return bake;
    };
    for (const pipeline of props.pipelines) {
      const id = pipeline.kind === 'development' ? 'Development' : 'Production';
      startByPush(new DeliveryPipeline(this, id, { pipeline, artifacts, builds, bake: bakeFunction }), pipeline);
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
