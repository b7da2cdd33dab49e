import type { Runner } from '../provenance/builder';

/** What the action was handed. None of it is believed before AWS has said the same. */
export interface AttestRequest {
  readonly service: string;
  readonly pipeline: string;
  readonly execution: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly version: string;
  /** ECR repository, and its URI. */
  readonly repository: string;
  readonly repositoryUri: string;
  /** `Stage/Action` that made the image, and that made the version. */
  readonly imageAction: string;
  readonly versionAction: string;
  /** `Stage/Action` of every check that must have passed. */
  readonly checks: readonly string[];
  /** Folder with the bills of materials. */
  readonly bills: string;
  /** Bucket of the attestations. */
  readonly bucket: string;
  readonly keyArn: string;
  readonly runner: Runner;
}
