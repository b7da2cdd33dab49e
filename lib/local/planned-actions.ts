import type { SourceRevision } from './pipelines/host';
import type { EnvironmentVariable, PlannedActionBase } from './plan';

/** Compute/AWS/Commands: shell commands on compute that CodePipeline manages. */
export interface CommandsAction extends PlannedActionBase {
  readonly kind: 'commands';
  /** One line each; may hold `#{namespace.variable}`. */
  readonly commands: readonly string[];
  /** Names of what the commands leave in their environment. */
  readonly outputVariables: readonly string[];
  /** Values may hold `#{namespace.variable}`. */
  readonly environment: readonly EnvironmentVariable[];
  /** Patterns of the output artifact's files; empty where there is none. */
  readonly files: readonly string[];
  readonly computeType: string;
}

/** Deploy/AWS/S3: an artifact, or its files, into a bucket. */
export interface S3DeployAction extends PlannedActionBase {
  readonly kind: 's3-deploy';
  readonly bucket: string;
  /** Each file is an object; otherwise the artifact's zip is one. */
  readonly extract: boolean;
  /** Key of the object; with `extract`, the folder. May hold variables, `{datetime}` and `{uuid}`. */
  readonly objectKey?: string;
}

/** Build/AWS/ECRBuildAndPublish: an image from a Dockerfile of the input, pushed to ECR. */
export interface EcrBuildAction extends PlannedActionBase {
  readonly kind: 'ecr-build';
  readonly repository: string;
  /** The Dockerfile or its folder, relative to the input. */
  readonly dockerfile: string;
  /** Separated by commas; may hold variables. */
  readonly tags: string;
}

/** Deploy/AWS/EKS: manifests or a chart of the input, applied with the action's role. */
export interface EksAction extends PlannedActionBase {
  readonly kind: 'eks';
  readonly cluster: string;
  readonly deployment:
    | {
        readonly tool: 'kubectl';
        /** Separated by commas. */
        readonly manifests: string;
      }
    | {
        readonly tool: 'helm';
        readonly release: string;
        readonly chart: string;
        /** Separated by commas. */
        readonly values?: string;
      };
  readonly namespaceName?: string;
  /** Replaces `$NAME` in manifests and values; values may hold `#{namespace.variable}`. */
  readonly environment: readonly EnvironmentVariable[];
}

/** Invoke/AWS/CodePipeline: starts another pipeline. */
export interface PipelineInvokeAction extends PlannedActionBase {
  readonly kind: 'pipeline-invoke';
  readonly pipeline: string;
  /** Values may hold `#{namespace.variable}`. */
  readonly variables: readonly { readonly name: string; readonly value: string }[];
  readonly sourceRevisions: readonly SourceRevision[];
}

/** Deploy/AWS/CloudFormation: recorded, since there is no CloudFormation on this machine. */
export interface CloudFormationAction extends PlannedActionBase {
  readonly kind: 'cloudformation';
  readonly mode: 'CREATE_UPDATE' | 'DELETE_ONLY' | 'REPLACE_ON_FAILURE' | 'CHANGE_SET_REPLACE' | 'CHANGE_SET_EXECUTE';
  readonly stackName: string;
  readonly changeSetName?: string;
  readonly templatePath?: ArtifactFile;
  readonly templateConfiguration?: ArtifactFile;
  /** JSON object; may hold `#{namespace.variable}`. */
  readonly parameterOverrides?: string;
  readonly capabilities: readonly string[];
  /** Name of the file with the outputs in the output artifact. */
  readonly outputFileName?: string;
}

/** A file of an input artifact. */
export interface ArtifactFile {
  readonly artifact: string;
  readonly file: string;
}
