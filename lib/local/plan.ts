import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import type {
  CloudFormationAction,
  CommandsAction,
  EcrBuildAction,
  EksAction,
  PipelineInvokeAction,
  S3DeployAction,
} from './planned-actions';

export type * from './planned-actions';

/**
 * What a pipeline of a synthesized template will do on this machine: plain data, complete, every intrinsic evaluated. Made by
 * readPlan, run by runPlan, printed by `slipway plan`.
 */
export interface Plan {
  readonly pipeline: string;
  /** Logical id in its template. */
  readonly logicalId: string;
  /** Stack that holds it. */
  readonly stack: string;
  /** SHA-256 of the evaluated structure, in hex: two plans with the same one are the same pipeline version. */
  readonly structure: string;
  readonly executionMode: 'QUEUED' | 'SUPERSEDED' | 'PARALLEL';
  readonly variables: readonly { readonly name: string; readonly default?: string }[];
  readonly stages: readonly PlannedStage[];
  /** By which commits and pull requests of a connection the pipeline starts; none: by every push to the source action's branch. */
  readonly triggers?: readonly PlannedTrigger[];
  /** As GetPipeline tells it; readPlan always gives it. No part of `structure`. */
  readonly declaration?: Omit<PipelineDeclaration, 'name'>;
  /** Transitions into stages that are disabled from the start of this version of the pipeline on, until somebody enables them. */
  readonly disabledTransitions?: readonly DisabledTransition[];
  /** What the template says and a run on this machine deliberately does without, for `slipway plan`. */
  readonly ignored?: readonly IgnoredProperty[];
}

export interface DisabledTransition {
  readonly stage: string;
  readonly reason: string;
}

/** Filters of one source action: one that matches starts the pipeline (CodePipeline, pipelines-filter). */
export interface PlannedTrigger {
  /** Name of the source action, a connection's. */
  readonly sourceAction: string;
  readonly push: readonly PushFilter[];
  readonly pullRequest: readonly PullRequestFilter[];
}

/** All that is given must match; `tags` goes alone. */
export interface PushFilter {
  readonly tags?: GlobList;
  readonly branches?: GlobList;
  readonly filePaths?: GlobList;
}

export interface PullRequestFilter {
  /** Empty: every one. */
  readonly events: readonly ('OPEN' | 'UPDATED' | 'CLOSED')[];
  /** Of the destination. */
  readonly branches?: GlobList;
  readonly filePaths?: GlobList;
}

/** One of `includes` (none given: anything) and none of `excludes`. */
export interface GlobList {
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}

/** A property of the template that has no effect on this machine. */
export interface IgnoredProperty {
  /** Path in the template. */
  readonly path: string;
  /** `AWS::CodeBuild::Project.VpcConfig`. */
  readonly property: string;
  readonly reason: string;
}

export interface PlannedStage {
  readonly name: string;
  /** By runOrder, then as written. */
  readonly actions: readonly PlannedAction[];
  readonly beforeEntry?: PlannedCondition;
  readonly onSuccess?: PlannedCondition;
  readonly onFailure?: PlannedFailure;
}

/** What follows when a stage has failed: `result` at once, or that of `condition` when all of its rules have succeeded. */
export interface PlannedFailure {
  readonly result?: 'ROLLBACK' | 'RETRY';
  readonly retryMode?: 'FAILED_ACTIONS' | 'ALL_ACTIONS';
  readonly condition?: PlannedCondition;
}

export interface PlannedCondition {
  readonly result?: 'FAIL' | 'SKIP' | 'ROLLBACK';
  readonly rules: readonly PlannedRule[];
}

export type PlannedRule = VariableCheckRule | CloudWatchAlarmRule | DeploymentWindowRule | ActionRule;

/** A rule that runs as an action of its stage does, with the id `<stage>/<rule>`, and succeeds when that does. */
export type ActionRule = CodeBuildRule | LambdaInvokeRule | CommandsRule;

export interface VariableCheckRule {
  readonly name: string;
  readonly provider: 'VariableCheck';
  readonly variable: string;
  readonly operator: 'EQ' | 'NE' | 'CONTAINS' | 'MATCHES';
  readonly value: string;
}

export interface CloudWatchAlarmRule {
  readonly name: string;
  readonly provider: 'CloudWatchAlarm';
  readonly alarm: string;
  /** States in which the rule succeeds; absent: by the hook (see engine/rules/alarm.ts). */
  readonly states?: readonly ('OK' | 'ALARM' | 'INSUFFICIENT_DATA')[];
  /** How long such a state is waited for. */
  readonly waitMinutes: number;
}

export interface DeploymentWindowRule {
  readonly name: string;
  readonly provider: 'DeploymentWindow';
  /** In Quartz syntax, 6 or 7 fields. */
  readonly cron: string;
  /** `Europe/Berlin`, `UTC+02:00` … */
  readonly timeZone: string;
}

export interface CodeBuildRule {
  readonly name: string;
  readonly provider: 'CodeBuild';
  readonly action: CodeBuildAction;
}

export interface LambdaInvokeRule {
  readonly name: string;
  readonly provider: 'LambdaInvoke';
  readonly action: LambdaAction;
}

export interface CommandsRule {
  readonly name: string;
  readonly provider: 'Commands';
  readonly action: CommandsAction;
}

export type PlannedAction =
  | CodeCommitAction
  | ConnectionAction
  | CodeBuildAction
  | ApprovalAction
  | LambdaAction
  | CommandsAction
  | S3DeployAction
  | EcrBuildAction
  | EksAction
  | PipelineInvokeAction
  | CloudFormationAction;

export interface PlannedActionBase {
  /** `<stage>/<action>`: unique in the pipeline. */
  readonly id: string;
  readonly stage: string;
  readonly name: string;
  readonly runOrder: number;
  readonly namespace?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The role that the action runs with on AWS. */
  readonly roleArn?: string;
}

export interface CodeCommitAction extends PlannedActionBase {
  readonly kind: 'codecommit';
  readonly repository: string;
  readonly branch: string;
  /** PollForSourceChanges: every push to the branch starts the pipeline, without a rule. */
  readonly polls?: boolean;
}

export interface ConnectionAction extends PlannedActionBase {
  readonly kind: 'connection';
  readonly connectionArn: string;
  readonly repository: string;
  readonly branch: string;
  /** DetectChanges; false: without a trigger no push starts the pipeline. */
  readonly detectsChanges?: boolean;
}

export interface CodeBuildAction extends PlannedActionBase {
  readonly kind: 'codebuild';
  readonly project: BuildProject;
  readonly primarySource?: string;
  /** From the action's configuration; values may hold `#{namespace.variable}`. */
  readonly environment: readonly EnvironmentVariable[];
  /** BuildspecOverride: YAML text, or the name of a file in the primary source; may hold `#{namespace.variable}`. */
  readonly buildspecOverride?: string;
  /** BatchEnabled: the buildspec's `batch` section says which builds there are. */
  readonly batch?: PlannedBatch;
  /** Of one build of a batch: its identifier. No plan holds it; the batch's runner sets it. */
  readonly batchIdentifier?: string;
}

/** How the builds of one action are run (AWS::CodeBuild::Project, BuildBatchConfig, and the action's CombineArtifacts). */
export interface PlannedBatch {
  /** Whether the builds' primary artifacts become the action's one output. */
  readonly combineArtifacts: boolean;
  readonly timeoutMinutes: number;
  /** Restrictions; absent: any. */
  readonly mostBuilds?: number;
  readonly computeTypes?: readonly string[];
}

export interface ApprovalAction extends PlannedActionBase {
  readonly kind: 'approval';
  readonly message?: string;
  readonly link?: string;
  readonly timeoutMinutes: number;
}

export interface LambdaAction extends PlannedActionBase {
  readonly kind: 'lambda';
  readonly function: LambdaFunction;
  /** May hold `#{namespace.variable}`. */
  readonly userParameters?: string;
}

/** An AWS::CodeBuild::Project, evaluated. */
export interface BuildProject {
  readonly name: string;
  readonly logicalId: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly image: string;
  readonly computeType: string;
  readonly privileged: boolean;
  /** YAML text of the inlined buildspec, or the name of a file in the primary source (`buildspec.yml` where the template has none). */
  readonly buildspec: string;
  readonly environment: readonly EnvironmentVariable[];
  readonly timeoutMinutes: number;
  /** S3 cache: the namespace shared between projects (the project's own name if it has none); absent: no cache. */
  readonly cacheNamespace?: string;
  /** Modes of a local cache, such as LOCAL_CUSTOM_CACHE. */
  readonly cacheModes?: readonly string[];
  /** EncryptionKey: a key's ARN or alias; absent: Amazon S3's own. */
  readonly encryptionKey?: string;
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
  readonly type: 'PLAINTEXT' | 'PARAMETER_STORE' | 'SECRETS_MANAGER';
}

/** An AWS::Lambda::Function whose code is an asset of the assembly. */
export interface LambdaFunction {
  readonly name: string;
  readonly logicalId: string;
  readonly arn: string;
  /** `index.handler`. */
  readonly handler: string;
  readonly runtime: string;
  /** Absolute path of the asset folder. */
  readonly code: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly roleArn: string;
}

/** What a template needs and this runner does not have, or an error that AWS would tell only later. */
export interface Diagnostic {
  /** Template file, relative to the assembly. */
  readonly file: string;
  /** Path in it: `Resources.Pipeline.Properties.Stages[2].Actions[0]`. */
  readonly path: string;
  /** What is wrong, what was expected, what to do. */
  readonly message: string;
}

/** What the machine puts in the place of AWS resources. */
export interface Bindings {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}
