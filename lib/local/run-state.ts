import type { Hook, Report, RetryMode, SourceRevision, Trigger } from './event';

export { emptyRun, RunFold, reduce, runState, TAIL_LINES } from './engine/fold';

/** What is known of a run after some of its events. Made by folding; plain data, never changed in place. */
export interface RunState {
  readonly execution: string;
  readonly pipeline: string;
  readonly structure: string;
  readonly type: 'STANDARD' | 'ROLLBACK';
  readonly trigger: string;
  readonly triggerType?: Trigger['type'];
  /** Of the pipeline's structure, as GetPipeline counts it. */
  readonly version?: number;
  readonly executionMode?: 'QUEUED' | 'SUPERSEDED' | 'PARALLEL';
  readonly sourceRevisions?: readonly SourceRevision[];
  /** Grows with each start of an execution of the pipeline. */
  readonly order?: number;
  /** clientRequestToken of the start. */
  readonly token?: string;
  /** Pipeline variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** For type ROLLBACK: the execution that is restored. */
  readonly target?: string;
  /** `InProgress` also for a run that was killed before it could write its end. */
  readonly status:
    | 'NotStarted'
    | 'InProgress'
    | 'Stopping'
    | 'Succeeded'
    | 'Failed'
    | 'Stopped'
    | 'Superseded'
    | 'Cancelled';
  readonly reason?: string;
  /** Present while or after somebody stopped it. */
  readonly stop?: { readonly abandon: boolean; readonly reason?: string };
  /** How often somebody had a stage of it retried, plus one; absent: 1. */
  readonly attempt?: number;
  /** ISO 8601. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly stages: readonly StageState[];
  readonly notices: readonly Notice[];
}

export interface Notice {
  readonly time: string;
  readonly level: 'info' | 'warning';
  readonly message: string;
}

export interface StageState {
  readonly name: string;
  readonly status: 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Stopped' | 'Skipped';
  readonly reason?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** 1 at the first start; 2 once the stage was retried. */
  readonly attempt: number;
  /** Present while the execution waits in front of the stage. */
  readonly waiting?: { readonly order: number; readonly since: string; readonly reason: string };
  /** Present once it was retried. */
  readonly retries?: {
    readonly automatic: number;
    readonly manual: number;
    readonly latest: 'automatic' | 'manual';
    readonly mode: RetryMode;
    readonly time: string;
  };
  /** Grows with each entrance anywhere in the pipeline. */
  readonly order?: number;
  /** Present while somebody's retry, or the override of a condition, has not begun yet. */
  readonly resumed?: RetryMode | 'OVERRIDE';
  /** What is to follow its end and has not begun yet. */
  readonly next?: 'RETRY' | 'ROLLBACK';
  readonly conditions: readonly ConditionState[];
  /** Present once the stage asked for a rollback; without `target` there was nothing to go back to. */
  readonly rollback?: { readonly target?: string; readonly reason: string; readonly execution?: string };
  readonly actions: readonly ActionState[];
}

export interface ConditionState {
  readonly hook: Hook;
  /** Attempt of the stage in which it was judged. */
  readonly attempt?: number;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Overridden';
  /** What engages; present if the condition has come to say so. */
  readonly result?: string;
  readonly reason: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly rules?: readonly RuleState[];
}

export interface RuleState {
  readonly name: string;
  readonly provider: string;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Errored' | 'Abandoned';
  readonly reason?: string;
  readonly startedAt: string;
  readonly endedAt?: string;
}

export interface ActionState {
  /** `<stage>/<action>`. */
  readonly id: string;
  readonly stage: string;
  readonly status: 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Stopped' | 'Abandoned';
  readonly reason?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly attempt: number;
  /** Names of its input artifacts, once it has started. */
  readonly inputs?: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Artifact name -> path of the zip, relative to the run's folder. */
  readonly artifacts: Readonly<Record<string, string>>;
  readonly externalId?: string;
  readonly phases: readonly PhaseState[];
  readonly reports: readonly Report[];
  readonly facts: Readonly<Record<string, string>>;
  /** The last lines of output, at most {@link TAIL_LINES}. */
  readonly tail: readonly OutputLine[];
  /** How many lines there were in all. */
  readonly lines: number;
  /** Present while somebody's answer is awaited. */
  readonly approval?: ApprovalState;
  /** What somebody answered. */
  readonly answer?: {
    readonly status: 'Approved' | 'Rejected';
    readonly summary: string;
    readonly by?: string;
    /** That of the approval that it answered. */
    readonly token?: string;
  };
}

export interface ApprovalState {
  readonly message?: string;
  readonly link?: string;
  readonly expires: string;
  readonly token?: string;
}

export interface PhaseState {
  readonly phase: string;
  readonly status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
  readonly reason?: string;
  readonly startedAt: string;
  readonly endedAt?: string;
}

export interface OutputLine {
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
}

/** Every action of the run, in the plan's order. */
export const actionsOf = (state: RunState): readonly ActionState[] => state.stages.flatMap((stage) => stage.actions);

/** The actions that wait for somebody's answer. */
export const pendingApprovals = (state: RunState): readonly ActionState[] =>
  actionsOf(state).filter((action) => action.approval !== undefined);
