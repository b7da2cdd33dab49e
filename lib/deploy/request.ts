import type { Runner } from '../provenance/builder';
import type { Strategy } from './strategy';

/** What to deploy and where: the command line of the deployer, checked. Times are in seconds. */
export interface DeployRequest {
  /** Unique; holder of the lock. */
  readonly id: string;
  /** ISO 8601, when this deploy was asked for: of two the later one is the newer. */
  readonly requestedAt: string;
  readonly service: string;
  readonly environment: string;
  readonly namespace: string;
  /** Of the release; the service must say so itself when it is asked. */
  readonly version: string;
  readonly image: ImagePin;
  readonly manifests: ManifestSource;
  readonly strategy: Strategy;
  readonly limits: Limits;
  readonly smoke: SmokeTest;
  /** Names of CloudWatch alarms that must not fire when a new release goes in; empty: none is asked. */
  readonly alarms: readonly string[];
  /** How the service's image must have come about; absent: nothing of it is verified, which is said. */
  readonly provenance?: ProvenancePolicy;
  /** Whether a release goes in though one of `alarms` fires. Said as a warning. */
  readonly ignoreAlarms?: boolean;
  /**
   * Whether a verified release is the last known good one at once. False: something else still judges it (end-to-end tests, a
   * bake), and the command `accept` comes when it has.
   */
  readonly accept: boolean;
}

export interface ProvenancePolicy {
  /** URI of the service's image repository. */
  readonly repository: string;
  /** ARNs of the pipelines whose word counts, and whether a laptop stands for them. */
  readonly builders: readonly string[];
  readonly runner: Runner;
  /** The repository that they build, as lib/provenance names it. */
  readonly source: string;
  /** Of the release; absent where it says so itself. */
  readonly commit?: string;
}

/** `name` as the manifests have it -> `repository@digest`. */
export interface ImagePin {
  readonly name: string;
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>`, or any repository. */
  readonly repository: string;
  /** `sha256:…` */
  readonly digest: string;
}

export type ManifestSource =
  | { readonly kind: 'kustomize'; readonly folder: string }
  | { readonly kind: 'helm'; readonly chart: string; readonly values: readonly string[]; readonly release: string }
  /** A file or a folder of YAML files. */
  | { readonly kind: 'plain'; readonly path: string };

export interface Limits {
  /** A rollout that takes longer has failed, whatever progressDeadlineSeconds says. */
  readonly rollout: number;
  /** How long the smoke test may take to see the new version. */
  readonly smoke: number;
  /** How long the pods are watched after they are available: a restart in this time fails the release. */
  readonly settle: number;
  /** How long to wait for the lock. */
  readonly lock: number;
  /** How long the API may be away. */
  readonly unreachable: number;
}

export interface SmokeTest {
  /** Base URL; absent: the address of the Service that is named as the service; `false`: no request is made, and that is said. */
  readonly url?: string | false;
  /** Must answer 200. */
  readonly readyPath: string;
  /** Must answer JSON with `version`; absent: only `readyPath` is asked. */
  readonly versionPath?: string;
}
