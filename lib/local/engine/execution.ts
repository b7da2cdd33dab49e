import type { EventBody } from '../event';
import type { ApprovalAnswer, Executors } from '../executor';
import type { Journal } from '../journal';
import type { Plan, PlannedStage } from '../plan';
import type { RunState, StageState } from '../run-state';
import type { Scope } from '../variables';
import { finder } from './finder';
import type { RulePorts } from './rules/rule';

/** One execution while it runs: what its stages and actions share. */
export interface Execution {
  readonly plan: Plan;
  /** Those that it enters, in the pipeline's order. */
  readonly stages: readonly PlannedStage[];
  readonly executors: Executors;
  readonly rules: RulePorts;
  readonly id: string;
  /** Absolute path of its folder (see Run). */
  readonly folder: string;
  readonly journal: Journal;
  /** Writes an event with the time, which it gives back, and the execution's id. */
  emit(body: EventBody): string;
  /** What has been written so far, folded. */
  state(): RunState;
  /** Variables of the actions that have succeeded; grows. */
  readonly scope: Map<string, Readonly<Record<string, string>>> & Scope;
  /** Artifact name -> absolute path of its zip; grows. */
  readonly artifacts: Map<string, string>;
  /** Artifact of a source action -> commit id; grows. */
  readonly revisions: Map<string, string>;
  /** Why the runner itself is broken; nothing new starts once there is one. */
  readonly broken: Error[];
  /** Aborts when running actions are to end: abandoned, or this process ends. */
  readonly signal: AbortSignal;
  /** Approvals that wait for their answer, by the action's id. */
  readonly approvals: Map<string, { readonly token: string; readonly answer: (answer: ApprovalAnswer) => void }>;
  /** Makes the token of an approval: a UUID. */
  newToken(): string;
  /** Runs an action once there is room for it. */
  limit<T>(work: () => Promise<T>): Promise<T>;
}

/** Whether the runner broke: an executor threw, or the journal cannot be written. */
export function isBroken({ broken, journal }: Execution): boolean {
  if (journal.error !== undefined && !broken.includes(journal.error)) broken.push(journal.error);
  return broken.length > 0;
}

/** Whether nothing new is to start: somebody stops the execution, or this process ends. */
export const isStopping = (execution: Execution): boolean =>
  execution.signal.aborted || execution.state().stop !== undefined;

export const stageState = (execution: Execution, name: string): StageState => {
  const { stages } = execution.state();
  const found = stages[indexOf(stages, name)];
  if (found === undefined) throw new Error(`execution ${execution.id} was not announced to enter stage ${name}`);
  return found;
};

const indexOf = finder((stage: StageState) => stage.name);

export const toError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)));
