import { Stack } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import type { IManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Config } from '../config/schema';
import { environmentRoleName, imageProjectName } from '../model/names';
import type { BuildAction, Job, Target } from '../model/pipeline';
import type { Preview } from '../model/preview';
import { acknowledge, wildcardFinding } from './acknowledge';
import type { ArtifactAccess } from './artifact-store';
import type { Attestations } from './attestations';
import { buildPermissions, runsDeployer } from './build-permissions';
import { BuildProject } from './build-project';
import { renderBuildspec } from './buildspec';
import { type BuildspecFeatures, buildspecFeatures } from './buildspec-features';
import { environmentAccess } from './environment-access';
import type { ManagedSigning } from './managed-signing';
import type { PinnedProgram } from './pinned-program';
import type { ReleaseBucket } from './release-bucket';
import type { Site } from './site';
import { allow } from './statement';

/** The kubectl in the layer that the cluster stack uses too; within one minor of every version that slipway.yaml accepts. */
const KUBECTL_VERSION = '1.35';

/** What signs what is attested of images. */
interface Attester {
  readonly program: PinnedProgram;
  readonly attestations: Attestations;
}

/** What the builds of a service share. */
export interface ServiceBuildsProps {
  readonly config: Config;
  /** Slipway's own folder, with `buildspecs/`. */
  readonly projectRoot: string;
  /** Of logs and projects. */
  readonly key: IKey;
  readonly registry: {
    readonly images: IRepository;
    readonly cache: IRepository;
    /** Absent: ECR does not sign, or no image is built in this account. */
    readonly signing?: ManagedSigning;
  };
  /** Absent: no environment lives in this account, so no build works on one. */
  readonly site?: Site;
  /** Absent: the pipelines live in another account, and what is attested with them. */
  readonly attester?: Attester;
}

/** Makes the CodeBuild projects of a service's pipelines. */
export class ServiceBuilds {
  private readonly buildspecs = new Map<Job, BuildspecFeatures & { readonly buildspec: string }>();

  constructor(private readonly props: ServiceBuildsProps) {}

  /** `access`: over the artifacts of the pipeline to which the action belongs. */
  project(scope: Construct, id: string, action: BuildAction, name: string, access: ArtifactAccess): BuildProject {
    const { config, key } = this.props;
    const { buildspec, reports, hasCache } = this.buildspecOf(action.job);
    const cache = hasCache ? access.cache : undefined;
    const policies: IManagedPolicy[] = [access.read];
    if (action.outputs.length > 0) {
      if (access.write === undefined) throw new Error(`${name} has outputs, but nobody writes artifacts here`);
      policies.push(access.write);
    }
    if (cache !== undefined) policies.push(cache.policy);
    if (usesCluster(action.job)) policies.push(this.site.network.policy);
    const project = new BuildProject(scope, id, {
      action,
      projectName: name,
      buildspec,
      reports,
      compute: action.job === 'image' ? computeType(config.build.compute) : 'BUILD_GENERAL1_SMALL',
      environment: this.environment(action.job),
      statements: this.statements(scope, action),
      managedPolicies: policies,
      key,
      logRetentionDays: config.retention.logs,
      ...(action.target?.elsewhere &&
        usesCluster(action.job) && {
          roleName: environmentRoleName(config.service.name, action.target.environment, action.job),
        }),
      ...(cache && { cache: { location: cache.location, namespace: cache.namespace } }),
      ...(usesCluster(action.job) && { network: this.site.network }),
    });
    if (action.target && runsDeployer(action.job)) {
      acknowledge(
        project.role,
        'IAM5[Resource::*]',
        'DescribeAlarms returns composite alarms only if it is allowed on *; it only reads.',
      );
      acknowledge(
        project.role,
        wildcardFinding(project, this.site.releases.objectsOf(action.target.environment)),
        'Names of releases are made up by the deployer at run time; the statement is held to the prefix of its environment.',
      );
    }
    if (action.job === 'deploy') this.site.verification?.acknowledge(project.role);
    const { signing } = this.props.registry;
    if (action.job === 'image' && signing) project.prerequisites.push(signing.configuration);
    if (action.job === 'attest') this.attester.attestations.allowSigning(project);
    if (action.target && usesCluster(action.job)) {
      project.prerequisites.push(
        environmentAccess(project, this.site.clusterName, project.role, action.job, action.target),
      );
    }
    return project;
  }

  /** The build of pull requests. It has no part in any pipeline's artifacts. */
  preview(scope: Construct, id: string, { project: name, repository, build }: Preview): BuildProject {
    const { config, key } = this.props;
    const { network, clusterName } = this.site;
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
      key,
      logRetentionDays: config.retention.logs,
      network,
      repository: `https://git-codecommit.${stack.region}.${stack.urlSuffix}/v1/repos/${repository}`,
    });
    project.prerequisites.push(environmentAccess(project, clusterName, project.role, 'preview', build.target));
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
    const { registry } = this.props;
    const images = { REPOSITORY_URI: registry.images.repositoryUri };
    if (job === 'image') return { ...images, CACHE_REPOSITORY_URI: registry.cache.repositoryUri };
    if (job === 'attest') {
      const { program, attestations } = this.attester;
      return { ...images, ...program.environment, ...attestations.signerEnvironment };
    }
    if (job !== 'deploy' && job !== 'verify' && job !== 'preview') return {};
    const { kubectl, program, releases, verification } = this.site;
    const kubectlZip = { KUBECTL_VERSION, KUBECTL_S3: kubectl.asset.s3ObjectUrl, KUBECTL_SHA256: kubectl.sha256 };
    if (job === 'verify') return kubectlZip;
    return {
      ...images,
      ...kubectlZip,
      ...(job === 'deploy' && { RELEASES: releases.location }),
      ...program.environment,
      ...(job === 'deploy' && verification?.environment),
    };
  }

  private statements(
    scope: Construct,
    { job, target, environment }: Pick<BuildAction, 'job' | 'target' | 'environment'>,
  ) {
    const { registry } = this.props;
    const stack = Stack.of(scope);
    return buildPermissions(job, {
      images: registry.images.repositoryArn,
      layerCache: registry.cache.repositoryArn,
      signingProfile: registry.signing?.profileArn,
      site: () => {
        const { clusterName, kubectl, program, releases, verification } = this.site;
        return {
          cluster: stack.formatArn({ service: 'eks', resource: 'cluster', resourceName: clusterName }),
          kubectl: kubectl.asset.bucket.arnForObjects(kubectl.asset.s3ObjectKey),
          program: program.objectArn,
          releases: target === undefined ? [] : releasesOf(releases, target),
          verification: verification?.statements ?? [],
        };
      },
      attester: () => {
        const { PIPELINE: pipeline = '' } = environment;
        return {
          program: this.attester.program.objectArn,
          pipeline: stack.formatArn({ service: 'codepipeline', resource: pipeline }),
          imageProject: stack.formatArn({
            service: 'codebuild',
            resource: 'project',
            resourceName: imageProjectName(pipeline),
          }),
        };
      },
    });
  }

  private get attester(): Attester {
    if (this.props.attester === undefined) throw new Error('images are attested in the account of the pipelines only');
    return this.props.attester;
  }

  private get site(): Site {
    if (this.props.site === undefined)
      throw new Error('a build works on an environment, and none lives in this account');
    return this.props.site;
  }
}

/** Jobs that talk to Kubernetes; no other build has a way to the cluster. */
const usesCluster = (job: Job): job is 'deploy' | 'verify' => job === 'deploy' || job === 'verify';

/** In an account without artifacts the releases have a key of their own. */
const releasesOf = (releases: ReleaseBucket, { environment, elsewhere }: Target): PolicyStatement[] => [
  ...releases.access(environment, 'write'),
  ...(elsewhere ? [releases.keyAccess()] : []),
];

const computeType = (size: Config['build']['compute']): string => `BUILD_GENERAL1_${size.toUpperCase()}`;
