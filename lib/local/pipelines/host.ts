import type { Result } from '../../result';
import type { PipelineOutcome } from '../engine';
import type { Event, SourceRevision, Trigger } from '../event';
import type { Plan } from '../plan';
import type { RunState } from '../run-state';

export type { SourceRevision, Trigger };

/**
 * A pipeline as a service on this machine: what CodePipeline is to its callers. It takes executions in, lets them through the
 * stages by the rules of the pipeline's execution mode, and keeps everything in journals, so that the next process goes on
 * where this one ended. Operations answer with CodePipeline's own error codes (CodePipeline API reference).
 */
export interface PipelineHost {
  readonly plan: Plan;
  /** StartPipelineExecution. The same `token` again gives the same execution. */
  start(request: StartRequest): Promise<Result<{ readonly execution: string }, HostError>>;
  /** StopPipelineExecution: running actions finish (or, abandoned, are ended), nothing new starts. */
  stop(request: {
    readonly execution: string;
    readonly abandon: boolean;
    readonly reason?: string;
  }): Result<void, HostError>;
  /** RetryStageExecution: the same execution goes on in that stage. */
  retryStage(request: RetryRequest): Promise<Result<{ readonly execution: string }, HostError>>;
  /** RollbackStage: a new execution of type ROLLBACK. */
  rollbackStage(request: {
    readonly stage: string;
    readonly target: string;
  }): Promise<Result<{ readonly execution: string }, HostError>>;
  /** EnableStageTransition, DisableStageTransition (inbound). */
  setTransition(request: {
    readonly stage: string;
    readonly enabled: boolean;
    readonly reason?: string;
    readonly by?: string;
  }): Result<void, HostError>;
  /** PutApprovalResult. */
  answerApproval(request: ApprovalResult): Result<{ readonly approvedAt: string }, HostError>;
  /** OverrideStageCondition. */
  overrideCondition(request: {
    readonly stage: string;
    readonly execution: string;
    readonly type: 'BEFORE_ENTRY' | 'ON_SUCCESS';
  }): Result<void, HostError>;
  view(): PipelineView;
  /** Newest first. */
  executions(): readonly ExecutionView[];
  execution(id: string): ExecutionView | undefined;
  /** Every event of every execution from now on; gives the function that ends the subscription. */
  subscribe(listener: (event: Event) => void): () => void;
  /** How an execution ended (the rollback that it asked for included); a later retry makes a new promise. */
  ended(execution: string): Promise<PipelineOutcome>;
  /** When no execution runs or waits. */
  idle(): Promise<void>;
  /** Lets the executions go on that an earlier process left unfinished; gives their ids. */
  resume(): Promise<readonly string[]>;
  /** Ends what runs, as unfinished (`resume` takes it up) or as stopped, and closes the journals. */
  close(how: 'unfinished' | 'stopped'): Promise<void>;
}

export interface StartRequest {
  readonly variables?: Readonly<Record<string, string>>;
  readonly sourceRevisions?: readonly SourceRevision[];
  readonly trigger: Trigger;
  /** clientRequestToken. */
  readonly token?: string;
  /** Only these stages (this machine's own; CodePipeline has no such thing). */
  readonly stages?: readonly string[];
}

export interface RetryRequest {
  readonly stage: string;
  readonly execution: string;
  readonly mode: 'FAILED_ACTIONS' | 'ALL_ACTIONS';
  /** Name of an action: it and what comes after it run again, though they succeeded (this machine's own; CodePipeline has no such thing). */
  readonly from?: string;
}

export interface ApprovalResult {
  readonly stage: string;
  readonly action: string;
  readonly token: string;
  readonly status: 'Approved' | 'Rejected';
  readonly summary: string;
  /** Who answered: an ARN, or a name. */
  readonly by?: string;
}

/** `code` is the name of an exception of the CodePipeline API. */
export interface HostError {
  readonly code: string;
  readonly message: string;
}

/** GetPipelineState as plain data. Times are ISO 8601. */
export interface PipelineView {
  readonly pipeline: string;
  /** Grows by one with each change of the structure. */
  readonly version: number;
  readonly created: string;
  readonly updated: string;
  readonly stages: readonly StageView[];
}

export interface StageView {
  readonly name: string;
  readonly transition: {
    readonly enabled: boolean;
    readonly reason?: string;
    readonly by?: string;
    readonly changed?: string;
  };
  /** Executions that wait in front of the stage, the next one first. */
  readonly inbound: readonly { readonly execution: string; readonly status: 'InProgress' | 'Stopped' }[];
  /** The execution that entered it last; absent: none has. Its actions, conditions and approvals stand in that execution's state. */
  readonly latest?: { readonly execution: string; readonly type: 'STANDARD' | 'ROLLBACK' };
}

export interface ExecutionView {
  readonly execution: string;
  readonly type: 'STANDARD' | 'ROLLBACK';
  readonly status: 'InProgress' | 'Stopping' | 'Stopped' | 'Succeeded' | 'Failed' | 'Superseded' | 'Cancelled';
  readonly reason?: string;
  readonly version: number;
  readonly trigger: Trigger;
  readonly started: string;
  readonly updated: string;
  /** How often a stage of it was retried, plus one. */
  readonly attempt: number;
  /** What its source actions took: action name -> revision. */
  readonly revisions: readonly {
    readonly action: string;
    readonly artifact: string;
    readonly id: string;
    readonly summary?: string;
  }[];
  readonly target?: string;
  /** Present while or after somebody stopped it. */
  readonly stop?: { readonly abandon: boolean; readonly reason?: string };
  readonly state: RunState;
  /** Absolute path of its folder (see Run). */
  readonly folder: string;
}
