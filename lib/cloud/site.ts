import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Verification } from './attestations';
import { BuildNetwork } from './build-network';
import type { ClusterReference } from './cluster-reference';
import { type PinnedFile, pinnedFile } from './pinned-file';
import { PinnedProgram } from './pinned-program';
import { ReleaseBucket } from './release-bucket';

/** What builds need in the account where the environments are on which they work. */
export interface Site {
  readonly clusterName: string;
  readonly network: BuildNetwork;
  /** kubectl and helm, as a zip. */
  readonly kubectl: PinnedFile;
  /** That which deploys. */
  readonly program: PinnedProgram;
  readonly releases: ReleaseBucket;
  /** With what a deploy verifies what is attested of its image. */
  readonly verification?: Verification | undefined;
}

export interface SiteProps {
  readonly service: string;
  readonly cluster: ClusterReference;
  /** Layer that holds kubectl; the builds that deploy and verify take it from there. */
  readonly kubectlZip: string;
  /** Folder of lib/deploy. */
  readonly projectRoot: string;
  readonly key: IKey;
  readonly accessLogs: IBucket;
  readonly verification?: Verification | undefined;
}

export const site = (
  scope: Construct,
  { service, cluster, kubectlZip, projectRoot, verification, ...storage }: SiteProps,
): Site => ({
  clusterName: cluster.name,
  network: new BuildNetwork(scope, 'Network', { service, cluster }),
  kubectl: pinnedFile(scope, 'Kubectl', kubectlZip),
  program: new PinnedProgram(scope, 'Deployer', { name: 'deploy', projectRoot }),
  releases: new ReleaseBucket(scope, 'Releases', { service, ...storage }),
  verification,
});
