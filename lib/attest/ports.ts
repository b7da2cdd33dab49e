import type { Result } from '../result';

/** An execution of a pipeline, as CodePipeline's GetPipelineExecution tells it. */
export interface Execution {
  readonly status: string;
  /** Artifact of a source action -> its revision. */
  readonly revisions: Readonly<Record<string, string>>;
  /** Variables of the pipeline, as whoever started the execution has set them. */
  readonly variables: Readonly<Record<string, string>>;
}

/** One start of an action, as CodePipeline's ListActionExecutions tells it. */
export interface ActionRun {
  readonly stage: string;
  readonly action: string;
  readonly category: string;
  readonly provider: string;
  readonly status: string;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly configuration: Readonly<Record<string, string>>;
  readonly outputs: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Of a CodeBuild action: the id of its build. */
  readonly externalId?: string;
}

/** A build, as CodeBuild's BatchGetBuilds tells it. */
export interface Build {
  readonly arn: string;
  readonly project: string;
  readonly status: string;
  readonly initiator: string;
  /** Commit of the source that CodePipeline handed over. */
  readonly sourceVersion: string;
  /** What it ran in. */
  readonly image: string;
  readonly exported: Readonly<Record<string, string>>;
}

/** Everything that is asked of AWS. What AWS refuses is an error that names the call. */
export interface Ports {
  readonly execution: (pipeline: string, id: string) => Promise<Result<Execution, string>>;
  /** Every start of every action of one execution. */
  readonly actionRuns: (pipeline: string, execution: string) => Promise<Result<readonly ActionRun[], string>>;
  /** Undefined: there is no such build. */
  readonly build: (id: string) => Promise<Result<Build | undefined, string>>;
  /** Manifest of an image, byte for byte; undefined: there is no such image. */
  readonly manifest: (repository: string, digest: string) => Promise<Result<Uint8Array | undefined, string>>;
  /** DER-encoded ECDSA signature of a message by SHA-256. */
  readonly sign: (keyArn: string, message: Uint8Array) => Promise<Result<Uint8Array, string>>;
  readonly put: (bucket: string, key: string, bytes: Uint8Array) => Promise<Result<void, string>>;
}
