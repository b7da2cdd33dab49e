/**
 * What a delivery pipeline is: plain data, in the field's own words. Every decision about order, gates and promotion is
 * taken when these values are made (see delivery-pipelines.ts); whoever reads them only renders or compares them.
 */

/** One CodePipeline V2 pipeline. */
export interface Pipeline {
  /** Physical name, `<service>-<kind>`. */
  readonly name: string;
  readonly service: string;
  readonly kind: PipelineKind;
  readonly executionMode: 'QUEUED';
  /** The push that starts an execution. */
  readonly trigger: BranchTrigger;
  /** Whoever starts an execution may give them other values; `#{variables.<name>}`. */
  readonly variables: readonly PipelineVariable[];
  readonly stages: readonly Stage[];
}

export interface PipelineVariable {
  readonly name: string;
  readonly default: string;
  /** At most 200 characters. */
  readonly description: string;
  /** What it may be; CodePipeline itself takes anything, so whoever reads it refuses the rest. */
  readonly values: readonly string[];
}

export type PipelineKind = 'development' | 'production';

/** An update of this branch (never of a tag with its name) starts the pipeline with that commit. */
export interface BranchTrigger {
  readonly branch: string;
}

export interface Stage {
  readonly name: string;
  readonly actions: readonly Action[];
  readonly beforeEntry?: Condition;
  /** What happens when the stage fails; absent: it just stays failed. */
  readonly onFailure?: FailureCondition;
}

/**
 * A condition on failure: its rules run when the stage has failed, then `result` engages.
 *
 * AWS's pages disagree on whether it engages when the rules have succeeded (concepts-how-it-works, API Condition) or when one has
 * failed (stage-conditions). The rules here bring the last good release back themselves, so both end well: a rollback of the stage
 * afterwards deploys what serves already; none at all leaves it serving; and one after a failed rule is a second try.
 */
export interface FailureCondition {
  readonly result: 'ROLLBACK';
  readonly rules: readonly BuildRule[];
}

/** CodePipeline's rule CodeBuild; succeeds when the build does. */
export interface BuildRule {
  /** No action of the stage has it. */
  readonly name: string;
  readonly provider: 'CodeBuild';
  /** Name of the action of the same stage whose project runs. */
  readonly project: string;
  readonly input: string;
  /** As a build action's. */
  readonly variables: Readonly<Record<string, string>>;
  /** That of the action whose project runs. */
  readonly target?: Target;
}

/** A stage condition: when one of its rules fails, `result` engages. */
export interface Condition {
  readonly result: 'FAIL' | 'SKIP';
  readonly rules: readonly VariableCheckRule[];
}

/** CodePipeline's rule VariableCheck; succeeds when `variable operator value` holds. */
export interface VariableCheckRule {
  readonly name: string;
  readonly provider: 'VariableCheck';
  /** A reference such as `#{Build.TESTED}`. */
  readonly variable: string;
  readonly operator: 'EQ' | 'NE' | 'CONTAINS' | 'MATCHES';
  readonly value: string;
}

export type Action = SourceAction | BuildAction | ApprovalAction | BakeAction;

interface ActionBase {
  /** Unique in its stage. */
  readonly name: string;
  /** Actions of one stage with equal numbers run in parallel; 1–999. */
  readonly runOrder: number;
}

export interface SourceAction extends ActionBase {
  readonly kind: 'source';
  readonly source: Source;
  readonly branch: string;
  readonly output: string;
  /** Its variables, e.g. `#{Source.CommitId}`. */
  readonly namespace: string;
}

export type Source =
  | { readonly provider: 'codecommit'; readonly repository: string }
  | {
      readonly provider: 'connection';
      readonly connectionArn: string;
      /** `owner/name`, case-sensitive. */
      readonly repository: string;
    };

/** A CodeBuild project and its run. `job` names the buildspec `buildspecs/<job>.yml`. */
export interface BuildAction extends ActionBase {
  readonly kind: 'build';
  readonly job: Job;
  readonly category: 'Build' | 'Test';
  readonly input: string;
  readonly outputs: readonly string[];
  readonly namespace?: string;
  /** Variables that the job exports into `namespace`. */
  readonly exports: readonly string[];
  /** Set at each run by the pipeline; values may hold `#{namespace.variable}`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Fixed in the project. Values are plain configuration, never secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** The environment that this action deploys to or verifies; its roles and network follow from it. */
  readonly target?: Target;
  /** Name of the action of the same stage whose project it runs, with the same job and environment; absent: one of its own. */
  readonly project?: string;
  readonly timeoutMinutes: number;
}

export type Job =
  | 'build'
  | 'image'
  | 'unit'
  | 'integration'
  | 'quality'
  | 'security'
  | 'attest'
  | 'release'
  | 'deploy'
  | 'verify'
  /** Outside of the pipelines; see preview.ts. */
  | 'preview';

/** Where a release runs. */
export interface Target {
  /** Key of the environment in slipway.yaml: dev, staging, production … */
  readonly environment: string;
  readonly namespace: string;
  /** Absent: in the account of the pipeline, which then works there with its own role. */
  readonly elsewhere?: {
    readonly account: string;
    /** Name of the role of that account with which the pipeline runs its actions there. */
    readonly role: string;
  };
}

export interface ApprovalAction extends ActionBase {
  readonly kind: 'approval';
  /** Shown to the approver (CustomData). */
  readonly message: string;
  readonly link?: string;
  /** 5–86,400. */
  readonly timeoutMinutes: number;
}

/** Watches a service for a while after a deploy, by its alarm and by requests of its own. Runs `lambda/bake`. */
export interface BakeAction extends ActionBase {
  readonly kind: 'bake';
  /** Physical name of the service's composite alarm: it fails the bake as soon as it fires. */
  readonly alarm: string;
  /** Physical name of the cluster's composite alarm: while it fires, nothing is judged. */
  readonly platformAlarm: string;
  readonly minutes: number;
  /** Base URL of the service; may hold `#{namespace.variable}`, as `version` may. */
  readonly url: string;
  readonly version: string;
  /** What becomes of a bake that could not judge. */
  readonly inconclusive: 'fail' | 'pass';
  /** `yes` or `no`; may hold `#{variables.<name>}`. */
  readonly ignoreAlarms: string;
  readonly target: Target;
}
