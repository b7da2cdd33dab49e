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

/** Where in the plan an event belongs: `stage` is a stage's name, `action` an action's id (`Stage/Action`). */
export type EventBody = PipelineEvent | StageEvent | ActionEvent;

export type PipelineEvent =
  | {
      readonly kind: 'pipeline-started';
      readonly pipeline: string;
      /** Hash of the pipeline's structure; a rollback target must have the same one. */
      readonly structure: string;
      readonly type: 'STANDARD' | 'ROLLBACK';
      readonly trigger: string;
      readonly variables: Readonly<Record<string, string>>;
      /** Every stage that this execution will enter, with the ids of its actions, so that a reader knows what is to come. */
      readonly stages: readonly { readonly name: string; readonly actions: readonly string[] }[];
      /** For type ROLLBACK: the execution whose artifacts and variables are used. */
      readonly target?: string;
    }
  | { readonly kind: 'pipeline-ended'; readonly status: 'Succeeded' | 'Failed' | 'Stopped'; readonly reason?: string }
  /** Something a user should know that belongs to no action (what runs, what is not supported here). */
  | { readonly kind: 'notice'; readonly level: 'info' | 'warning'; readonly message: string };

export type StageEvent = { readonly stage: string } & (
  | { readonly kind: 'stage-started' }
  | {
      readonly kind: 'stage-ended';
      readonly status: 'Succeeded' | 'Failed' | 'Stopped' | 'Skipped';
      readonly reason?: string;
    }
  | {
      readonly kind: 'condition-ended';
      readonly hook: 'beforeEntry' | 'onSuccess' | 'onFailure';
      readonly status: 'Succeeded' | 'Failed';
      readonly result?: string;
      readonly reason: string;
    }
  /** The stage failed and asks for a rollback: `target` is the execution that will be restored, absent if there is none. */
  | { readonly kind: 'rollback-requested'; readonly target?: string; readonly reason: string }
);

export type ActionEvent = { readonly stage: string; readonly action: string } & (
  | { readonly kind: 'action-started' }
  | {
      readonly kind: 'action-ended';
      readonly status: 'Succeeded' | 'Failed' | 'Stopped';
      readonly reason?: string;
      /** Output variables of the action. */
      readonly variables: Readonly<Record<string, string>>;
      /** Artifact name -> path of the zip, relative to the run's folder. */
      readonly artifacts: Readonly<Record<string, string>>;
      /** What the provider calls this run: build id, commit id, job id … */
      readonly externalId?: string;
    }
  /** One line of output, without its newline. Secrets are already masked. */
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly line: string }
  /** A CodeBuild phase, in its own words (INSTALL, PRE_BUILD, BUILD …). */
  | { readonly kind: 'phase-started'; readonly phase: string }
  | {
      readonly kind: 'phase-ended';
      readonly phase: string;
      readonly status: 'SUCCEEDED' | 'FAILED';
      readonly reason?: string;
    }
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'approval-requested'; readonly message?: string; readonly link?: string; readonly expires: string }
  /** A fact for the summary, e.g. name `url`, value `http://127.0.0.1:31234`. */
  | { readonly kind: 'fact'; readonly name: string; readonly value: string }
);

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
