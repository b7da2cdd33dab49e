import { Stack } from 'aws-cdk-lib';
import type { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import type { Config } from '../config/schema';
import type { BuildAction, Job } from '../model/pipeline';
import type { Preview } from '../model/preview';
import { acknowledge, wildcardFinding } from './acknowledge';
import { type ArtifactAccess, type ArtifactStore, CACHE_PREFIX } from './artifact-store';
import type { BuildNetwork } from './build-network';
import { buildPermissions, runsDeployer } from './build-permissions';
import { BuildProject } from './build-project';
import { renderBuildspec } from './buildspec';
import { type BuildspecFeatures, buildspecFeatures } from './buildspec-features';
import type { Deployer } from './deployer';
import { environmentAccess } from './environment-access';
import type { ImageRegistry } from './image-registry';
import type { ReleaseBucket } from './release-bucket';
import { allow } from './statement';

/** The kubectl in the layer that the cluster stack uses too; within one minor of every version that slipway.yaml accepts. */
const KUBECTL_VERSION = '1.35';

/** What the builds of a service share. */
export interface ServiceBuildsProps {
  readonly config: Config;
  /** Slipway's own folder, with `buildspecs/`. */
  readonly projectRoot: string;
  readonly artifacts: ArtifactStore;
  readonly registry: ImageRegistry;
  readonly network: BuildNetwork;
  readonly kubectl: Asset;
  readonly deployer: Deployer;
  readonly releases: ReleaseBucket;
}

/** Makes the CodeBuild projects of a service's pipelines. */
export class ServiceBuilds {
  private readonly buildspecs = new Map<Job, BuildspecFeatures & { readonly buildspec: string }>();

  constructor(private readonly props: ServiceBuildsProps) {}

  /** `access`: over the artifacts of `pipeline`, to which the action belongs. */
  project(scope: Construct, id: string, action: BuildAction, name: string, access: ArtifactAccess): BuildProject {
    const { config, artifacts, network, releases } = this.props;
    const { buildspec, reports, hasCache } = this.buildspecOf(action.job);
    const policies: IManagedPolicy[] = [access.read];
    if (action.outputs.length > 0) policies.push(access.write);
    if (hasCache) policies.push(access.cache);
    if (usesCluster(action.job)) policies.push(network.policy);
    const project = new BuildProject(scope, id, {
      action,
      projectName: name,
      buildspec,
      reports,
      compute: action.job === 'image' ? computeType(config.build.compute) : 'BUILD_GENERAL1_SMALL',
      environment: this.environment(action.job),
      statements: this.statements(scope, action),
      managedPolicies: policies,
      key: artifacts.key,
      logRetentionDays: config.retention.logs,
      ...(hasCache && {
        cache: { location: `${artifacts.bucket.bucketName}/${CACHE_PREFIX}`, namespace: access.pipeline },
      }),
      ...(usesCluster(action.job) && { network }),
    });
    if (action.target && runsDeployer(action.job)) {
      acknowledge(
        project.role,
        'IAM5[Resource::*]',
        'DescribeAlarms returns composite alarms only if it is allowed on *; it only reads.',
      );
      acknowledge(
        project.role,
        wildcardFinding(project, releases.objectsOf(action.target.environment)),
        'Names of releases are made up by the deployer at run time; the statement is held to the prefix of its environment.',
      );
    }
    if (action.target && usesCluster(action.job)) {
      project.prerequisites.push(
        environmentAccess(project, config.cluster.name, project.role, action.job, action.target),
      );
    }
    return project;
  }

  /** The build of pull requests. It has no part in any pipeline's artifacts. */
  preview(scope: Construct, id: string, { project: name, repository, build }: Preview): BuildProject {
    const { config, artifacts, network } = this.props;
    const { buildspec, reports } = this.buildspecOf(build.job);
    const stack = Stack.of(scope);
    const codeCommit = stack.formatArn({ service: 'codecommit', resource: repository });
    const project = new BuildProject(scope, id, {
      action: build,
      projectName: name,
      buildspec,
      reports,
      compute: 'BUILD_GENERAL1_SMALL',
      environment: this.environment(build.job),
      statements: [...this.statements(scope, build), allow(['codecommit:GitPull'], [codeCommit])],
      managedPolicies: [network.policy],
      key: artifacts.key,
      logRetentionDays: config.retention.logs,
      network,
      repository: `https://git-codecommit.${stack.region}.${stack.urlSuffix}/v1/repos/${repository}`,
    });
    project.prerequisites.push(environmentAccess(project, config.cluster.name, project.role, 'preview', build.target));
    return project;
  }

  /** Read and parsed once a job, though each environment has its own project for it. */
  private buildspecOf(job: Job): BuildspecFeatures & { readonly buildspec: string } {
    let known = this.buildspecs.get(job);
    if (known === undefined) {
      const buildspec = renderBuildspec(job, this.props.projectRoot);
      known = { buildspec, ...buildspecFeatures(buildspec) };
      this.buildspecs.set(job, known);
    }
    return known;
  }

  /** Values that only the templates know; see lib/model/delivery-pipelines. */
  private environment(job: Job): Readonly<Record<string, string>> {
    const { registry, kubectl, deployer, releases } = this.props;
    const images = { REPOSITORY_URI: registry.images.repositoryUri };
    const kubectlZip = { KUBECTL_VERSION, KUBECTL_S3: kubectl.s3ObjectUrl };
    const program = { DEPLOYER_S3: deployer.asset.s3ObjectUrl, DEPLOYER_SHA256: deployer.sha256 };
    switch (job) {
      case 'image':
        return { ...images, CACHE_REPOSITORY_URI: registry.cache.repositoryUri };
      case 'deploy':
        return { ...images, ...kubectlZip, RELEASES: releases.location, ...program };
      case 'preview':
        return { ...images, ...kubectlZip, ...program };
      case 'verify':
        return kubectlZip;
      default:
        return {};
    }
  }

  private statements(scope: Construct, { job, target }: Pick<BuildAction, 'job' | 'target'>) {
    const { config, registry, kubectl, deployer, releases } = this.props;
    const stack = Stack.of(scope);
    return buildPermissions(job, {
      images: registry.images.repositoryArn,
      layerCache: registry.cache.repositoryArn,
      cluster: stack.formatArn({ service: 'eks', resource: 'cluster', resourceName: config.cluster.name }),
      kubectl: kubectl.bucket.arnForObjects(kubectl.s3ObjectKey),
      deployer: deployer.asset.bucket.arnForObjects(deployer.asset.s3ObjectKey),
      releases: target === undefined ? [] : releases.access(target.environment, 'write'),
    });
  }
}

/** Jobs that talk to Kubernetes; no other build has a way to the cluster. */
const usesCluster = (job: Job): job is 'deploy' | 'verify' => job === 'deploy' || job === 'verify';

const computeType = (size: Config['build']['compute']): string => `BUILD_GENERAL1_${size.toUpperCase()}`;
