/**
 * What happens in a run, in the order in which it happened. Events are the only truth: terminal, JSON lines, plain lines,
 * resume and the console are folds over them and read nothing else. An event is one line of the run's journal.
 */
export type Event = EventBase & EventBody;

export interface EventBase {
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  /** Pipeline execution id (a UUID, as CodePipeline's). */
  readonly execution: string;
}

/**
 * Where in the plan an event belongs: `stage` is a stage's name, `action` an action's id (`Stage/Action`). A field that journals of
 * earlier versions lack is optional.
 */
export type EventBody = PipelineEvent | StageEvent | ActionEvent;

export type PipelineEvent =
  | {
      readonly kind: 'pipeline-started';
      readonly pipeline: string;
      /** Hash of the pipeline's structure; a rollback target must have the same one. */
      readonly structure: string;
      readonly type: 'STANDARD' | 'ROLLBACK';
      /** ARN of what started it, or words for people. */
      readonly trigger: string;
      readonly triggerType?: Trigger['type'];
      /** Of the pipeline's structure, as GetPipeline counts it. */
      readonly version?: number;
      readonly executionMode?: 'QUEUED' | 'SUPERSEDED' | 'PARALLEL';
      /** What its source actions are to take in place of the newest. */
      readonly sourceRevisions?: readonly SourceRevision[];
      /** As that of stage-waiting: of two executions the one with the higher number was started later. */
      readonly order?: number;
      /** clientRequestToken of the start. */
      readonly token?: string;
      readonly variables: Readonly<Record<string, string>>;
      /** Every stage that this execution will enter, with the ids of its actions, so that a reader knows what is to come. */
      readonly stages: readonly { readonly name: string; readonly actions: readonly string[] }[];
      /** For type ROLLBACK: the execution whose artifacts and variables are used. */
      readonly target?: string;
    }
  | {
      readonly kind: 'pipeline-ended';
      readonly status: 'Succeeded' | 'Failed' | 'Stopped' | 'Superseded' | 'Cancelled';
      readonly reason?: string;
    }
  /** Somebody stops it. Comes a second time when who wanted to wait now abandons. */
  | { readonly kind: 'pipeline-stopping'; readonly abandon: boolean; readonly reason?: string }
  /** An ended execution goes on: this stage of it is retried (RetryStageExecution). */
  | {
      readonly kind: 'pipeline-resumed';
      readonly stage: string;
      readonly mode: RetryMode;
      /** Ids of actions that run again though they may have succeeded: those from a certain one on. */
      readonly again?: readonly string[];
    }
  /** Something a user should know that belongs to no action (what runs, what is not supported here). */
  | { readonly kind: 'notice'; readonly level: 'info' | 'warning'; readonly message: string };

export type StageEvent = {
  readonly stage: string;
} /** The execution waits in front of the stage. `order` grows with each arrival anywhere in the pipeline: the lowest is the next. */ & (
  | { readonly kind: 'stage-waiting'; readonly order: number; readonly reason: string }
  /** `retry`: once more, and by whom. Without one the stage begins from the beginning. */
  | {
      readonly kind: 'stage-started';
      readonly retry?: { readonly mode: RetryMode; readonly by: 'manual' | 'automatic' };
      /** As that of stage-waiting: of two executions the one with the higher number entered later. */
      readonly order?: number;
    }
  | {
      readonly kind: 'stage-ended';
      readonly status: 'Succeeded' | 'Failed' | 'Stopped' | 'Skipped';
      readonly reason?: string;
      /** What the template says is to follow now; absent: nothing. */
      readonly next?: 'RETRY' | 'ROLLBACK';
    }
  | { readonly kind: 'condition-started'; readonly hook: Hook }
  | { readonly kind: 'rule-started'; readonly hook: Hook; readonly rule: string; readonly provider: string }
  | {
      readonly kind: 'rule-ended';
      readonly hook: Hook;
      readonly rule: string;
      readonly provider: string;
      /** `Errored`: it could not be judged. `Abandoned`: the execution was stopped meanwhile. */
      readonly status: 'Succeeded' | 'Failed' | 'Errored' | 'Abandoned';
      readonly reason: string;
    }
  /** Somebody overrides a condition that failed: the stage goes on as if it had succeeded (OverrideStageCondition). */
  | { readonly kind: 'condition-overridden'; readonly hook: Hook }
  | {
      readonly kind: 'condition-ended';
      readonly hook: Hook;
      readonly status: 'Succeeded' | 'Failed';
      readonly result?: string;
      readonly reason: string;
    }
  /** The stage failed and asks for a rollback: `target` is the execution that will be restored, absent if there is none. */
  | {
      readonly kind: 'rollback-requested';
      readonly target?: string;
      readonly reason: string;
      /** Id of the execution that will do it. */
      readonly rollback?: string;
    }
);

export type ActionEvent = { readonly stage: string; readonly action: string } & (
  | {
      readonly kind: 'action-started';
      /** 1 at the first start, one more with each that follows. */
      readonly attempt?: number;
      /** Names of its input artifacts. */
      readonly inputs?: readonly string[];
    }
  | {
      readonly kind: 'action-ended';
      /** `Abandoned`: nobody waits for it any more (stop and abandon). */
      readonly status: 'Succeeded' | 'Failed' | 'Stopped' | 'Abandoned';
      readonly reason?: string;
      /** Output variables of the action. */
      readonly variables: Readonly<Record<string, string>>;
      /** Artifact name -> path of the zip, relative to the run's folder. */
      readonly artifacts: Readonly<Record<string, string>>;
      /** What the provider calls this run: build id, commit id, job id … */
      readonly externalId?: string;
    }
  /** What came of output at once: whole lines with newlines between them, none at the end. Secrets are already masked. */
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  /** A CodeBuild phase, in its own words (INSTALL, PRE_BUILD, BUILD …). */
  | { readonly kind: 'phase-started'; readonly phase: string }
  | {
      readonly kind: 'phase-ended';
      readonly phase: string;
      readonly status: 'SUCCEEDED' | 'FAILED';
      readonly reason?: string;
    }
  | { readonly kind: 'report'; readonly report: Report }
  | {
      readonly kind: 'approval-requested';
      readonly message?: string;
      readonly link?: string;
      readonly expires: string;
      /** A UUID; whoever answers gives it back (PutApprovalResult). */
      readonly token?: string;
    }
  /** Somebody answered. The action's end follows. */
  | {
      readonly kind: 'approval-answered';
      readonly status: 'Approved' | 'Rejected';
      readonly summary: string;
      /** An ARN, or a name. */
      readonly by?: string;
    }
  /** A fact for the summary, e.g. name `url`, value `http://127.0.0.1:31234`. */
  | { readonly kind: 'fact'; readonly name: string; readonly value: string }
);

export type Hook = 'beforeEntry' | 'onSuccess' | 'onFailure';

export type RetryMode = 'FAILED_ACTIONS' | 'ALL_ACTIONS';

/** CodePipeline API, ExecutionTrigger. */
export interface Trigger {
  readonly type:
    | 'CreatePipeline'
    | 'StartPipelineExecution'
    | 'PollForSourceChanges'
    | 'Webhook'
    | 'CloudWatchEvent'
    | 'PutActionRevision'
    | 'WebhookV2'
    | 'ManualRollback'
    | 'AutomatedRollback';
  /** ARN of the rule, of the caller, or words for people. */
  readonly detail: string;
}

/** CodePipeline API, SourceRevisionOverride. */
export interface SourceRevision {
  /** Name of the source action. */
  readonly action: string;
  readonly type: 'COMMIT_ID' | 'IMAGE_DIGEST' | 'S3_OBJECT_VERSION_ID' | 'S3_OBJECT_KEY';
  readonly value: string;
}

/** A report as CodeBuild's report groups keep it. */
export type Report =
  | {
      readonly type: 'TEST';
      /** Report group. */
      readonly name: string;
      readonly total: number;
      readonly passed: number;
      readonly failed: number;
      readonly skipped: number;
      /** Seconds. */
      readonly duration: number;
      /** The first failures, for the summary. */
      readonly failures: readonly TestNote[];
      /** The first that did not run, with what was said about it. */
      readonly notRun: readonly TestNote[];
      /** How it all ended, in one line, where the report says so: the property `outcome` of a JUnit suite. */
      readonly outcome?: string;
    }
  | {
      readonly type: 'CODE_COVERAGE';
      readonly name: string;
      /** Percent, 0–100. */
      readonly lineCoverage: number;
      readonly branchCoverage?: number;
    };

export interface TestNote {
  readonly test: string;
  readonly message: string;
}
