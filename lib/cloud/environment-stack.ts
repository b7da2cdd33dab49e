import { Stack, type StackProps } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import type { Config } from '../config/schema';
import { cacheRepositoryName, imageRepositoryName } from '../model/names';
import type { Pipeline } from '../model/pipeline';
import { remoteWork } from '../model/remote-work';
import { accessLogBucket } from './artifact-store';
import type { ClusterReference } from './cluster-reference';
import { encryptionKey } from './encryption-key';
import { readArtifactsOf } from './remote-artifacts';
import { RemoteEnvironment } from './remote-environment';
import { verificationFrom } from './remote-verification';
import { ServiceBuilds } from './service-builds';
import { site } from './site';

export interface EnvironmentStackProps extends StackProps {
  readonly config: Config;
  /** Those of the service; what they do in this account is made here. */
  readonly pipelines: readonly Pipeline[];
  /** Account of the pipelines. */
  readonly tools: string;
  readonly cluster: ClusterReference;
  /** Layer that holds kubectl; the builds that deploy and verify take it from there. */
  readonly kubectlZip: string;
  /** Folder of lambda/ and lib/deploy. */
  readonly projectRoot: string;
}

/**
 * What works on the environments of one account for pipelines of another: builds that deploy and verify, what bakes, the releases,
 * and the roles with which the pipelines come in. It needs nothing of their account to be there.
 */
export class EnvironmentStack extends Stack {
  constructor(scope: Construct, id: string, props: EnvironmentStackProps) {
    super(scope, id, props);
    const { config, pipelines, tools, cluster, kubectlZip, projectRoot } = props;
    const service = config.service.name;
    const key = encryptionKey(this, 'Key', `Releases and logs of ${service}`);
    const accessLogs = accessLogBucket(this, 'AccessLogs');
    const builds = new ServiceBuilds({
      config,
      projectRoot,
      key,
      registry: {
        images: this.repository('Images', tools, imageRepositoryName(service)),
        cache: this.repository('LayerCache', tools, cacheRepositoryName(service)),
      },
      site: site(this, {
        service,
        cluster,
        kubectlZip,
        projectRoot,
        key,
        accessLogs,
        verification: verificationFrom(this, tools, config, pipelines),
      }),
    });
    for (const pipeline of pipelines) {
      const works = remoteWork(pipeline).filter(({ account }) => account === this.account);
      if (works.length === 0) continue;
      const access = readArtifactsOf(this, pipeline, tools);
      for (const work of works) {
        new RemoteEnvironment(this, work.environment, {
          work,
          tools,
          access,
          builds,
          key,
          config,
          cluster,
          projectRoot,
        });
      }
    }
  }

  private repository(id: string, account: string, repositoryName: string) {
    return Repository.fromRepositoryAttributes(this, id, {
      repositoryName,
      repositoryArn: this.formatArn({ service: 'ecr', account, resource: 'repository', resourceName: repositoryName }),
    });
  }
}
