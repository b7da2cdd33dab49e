import type { ActionEvent } from './event';
import type { PlannedAction } from './plan';

/** How an action ended. A failed action is a value; throwing means that the runner itself broke. */
export type Outcome =
  | {
      readonly status: 'Succeeded';
      /** Output variables, for `#{namespace.name}`. */
      readonly variables: Readonly<Record<string, string>>;
      /** Artifact name -> absolute path of its zip. */
      readonly artifacts: Readonly<Record<string, string>>;
      readonly externalId?: string;
    }
  | { readonly status: 'Failed'; readonly reason: string; readonly externalId?: string }
  | { readonly status: 'Stopped'; readonly reason: string };

/** What an executor may emit while an action runs: an event's body less stage and action, which the engine adds. */
export type ActionReport = ActionEvent extends infer E
  ? E extends { kind: 'action-started' | 'action-ended' }
    ? never
    : E extends ActionEvent
      ? Omit<E, 'stage' | 'action'>
      : never
  : never;

export type Emit = (report: ActionReport) => void;

export interface ActionContext {
  readonly pipeline: string;
  readonly execution: string;
  /** A folder for this attempt of this action alone; it exists, is empty, and is kept after the run. */
  readonly workspace: string;
  /** Input artifact name -> absolute path of its zip, in the action's order. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Source revision of an artifact, as far as known: artifact name -> commit id. CodeBuild shows it as CODEBUILD_RESOLVED_SOURCE_VERSION. */
  readonly revisions: Readonly<Record<string, string>>;
  /** For a source action: the commit to take in place of its branch's newest (StartPipelineExecution, sourceRevisions). */
  readonly sourceRevision?: string;
  /** The attempt before was interrupted (its process was killed) and this one takes its place: the facts that it had told. */
  readonly interrupted?: { readonly facts: Readonly<Record<string, string>> };
  /** For a manual approval: how its answer comes. */
  readonly approval?: ApprovalSlot;
}

export interface ApprovalSlot {
  /** A UUID; whoever answers gives it back. */
  readonly token: string;
  /** ISO 8601; where the question was asked before and the process was killed: its time goes on. */
  readonly expires?: string;
  /** Never rejects; may stay without an end. */
  readonly answer: Promise<ApprovalAnswer>;
  /** The answer is there already: there is nobody to ask. */
  readonly answered?: true;
}

/** API ApprovalResult; the summary has at most 512 characters. */
export interface ApprovalAnswer {
  readonly status: 'Approved' | 'Rejected';
  readonly summary: string;
}

/** Runs one kind of action. `action` comes with every `#{…}` resolved. Takes its time from the machine; ends soon after `signal` aborts. */
export interface Executor<A extends PlannedAction = PlannedAction> {
  execute(action: A, context: ActionContext, emit: Emit, signal: AbortSignal): Promise<Outcome>;
}

/** One executor a kind; the compiler lists what is missing when a kind is added. */
export type Executors = { readonly [K in PlannedAction['kind']]: Executor<Extract<PlannedAction, { kind: K }>> };
