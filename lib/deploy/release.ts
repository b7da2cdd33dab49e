import type { Result } from '../result';
import type { KubeObject, ObjectReference } from './objects';

/**
 * A release as it is applied: every object complete, images by digest. Kept outside the cluster, so that it can be restored
 * whatever the cluster or the repository have become.
 */
export interface Release {
  /** Unique, sortable by time: `<UTC time to the millisecond>-<version>`. */
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  readonly namespace: string;
  readonly version: string;
  /** Digest of the service's image. */
  readonly digest: string;
  /** ISO 8601, when its deploy was asked for: of two deploys the later one is the newer. */
  readonly requestedAt: string;
  /** What was verified of the image before it was released; absent: nothing was. */
  readonly provenance?: ReleaseProvenance;
  /** In the order in which they are applied. */
  readonly objects: readonly KubeObject[];
}

/** How the image of a release came about, by signed statements. */
export interface ReleaseProvenance {
  /** Key that signed them. */
  readonly key: string;
  readonly builder: string;
  readonly source: string;
  readonly commit: string;
}

/** What the store knows of an environment. */
export interface EnvironmentRecord {
  /** The release whose objects were applied last, whatever became of it; written before anything is applied. */
  readonly attempted?: {
    readonly release: string;
    readonly requestedAt: string;
    readonly inventory: readonly ObjectReference[];
  };
  /** Verified by the deployer, and not yet accepted by what judges after it. */
  readonly verified?: string;
  /** Last known good. */
  readonly good?: string;
  /** The one before: its ConfigMaps and Secrets are kept, so that `kubectl rollout undo` by hand still works. */
  readonly previous?: string;
}

/**
 * Where releases are kept: a versioned bucket, or a folder on a laptop. Both hold
 * `<service>/<environment>/releases/<id>.json` and `<service>/<environment>/record.json`.
 */
export interface ReleaseStore {
  /** Where it is, for people: `s3://bucket/prefix` or a path. */
  readonly location: string;
  record(service: string, environment: string): Promise<Result<EnvironmentRecord, string>>;
  writeRecord(service: string, environment: string, record: EnvironmentRecord): Promise<Result<void, string>>;
  /** Undefined: there is no such release. */
  read(service: string, environment: string, id: string): Promise<Result<Release | undefined, string>>;
  write(release: Release): Promise<Result<void, string>>;
  /**
   * Keeps what a deploy left (result, difference, evidence) as `<service>/<environment>/reports/<id>/<name>`; a name may have
   * folders. What is there already stays as it is.
   */
  keepReport(
    service: string,
    environment: string,
    id: string,
    files: ReadonlyMap<string, Buffer>,
  ): Promise<Result<void, string>>;
}
