import type { EventBody } from '../event';
import type { Executors } from '../executor';
import type { Plan } from '../plan';
import type { Run } from '../run-folder';
import type { Scope } from '../variables';
import type { RulePorts } from './rules/rule';

/** One execution while it runs: what its stages and actions share. */
export interface Execution {
  readonly plan: Plan;
  readonly executors: Executors;
  readonly run: Run;
  readonly rulePorts: RulePorts;
  /** Writes an event with the time and the execution's id. */
  emit(body: EventBody): void;
  /** Variables of the actions that have succeeded; grows. */
  readonly scope: Map<string, Readonly<Record<string, string>>> & Scope;
  /** Artifact name -> absolute path of its zip; grows. */
  readonly artifacts: Map<string, string>;
  /** Artifact of a source action -> commit id; grows. */
  readonly revisions: Map<string, string>;
  /** Why the runner itself is broken; nothing new starts once there is one. */
  readonly broken: Error[];
}

/** Whether the runner broke: an executor threw, or the journal cannot be written. */
export function isBroken({ broken, run }: Execution): boolean {
  if (run.journal.error !== undefined && !broken.includes(run.journal.error)) broken.push(run.journal.error);
  return broken.length > 0;
}

export const toError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)));
