import type { ActionRule, PlannedAction, PlannedStage } from '../plan';
import type { Node } from './node';

/** A stage while its pipeline is read: the plan's part, and where in the template it stands. */
export interface DraftStage {
  readonly node: Node;
  readonly stage: Omit<PlannedStage, 'actions'>;
  /** In the order of the template. */
  readonly actions: readonly DraftAction[];
  /** Actions whose type does not run here, which has been reported: nothing that depends on them is reported again. */
  readonly refused: readonly RefusedAction[];
  /** Texts of the hooks' rules that may hold variables. */
  readonly beforeEntry: readonly Reference[];
  readonly onSuccess: readonly Reference[];
  readonly onFailure: readonly Reference[];
  /** Rules that run as actions do, whichever hook they are of. */
  readonly rules: readonly DraftRule[];
}

/** What others may name of an action that cannot be read. */
export interface RefusedAction {
  readonly name: string;
  readonly outputs: readonly string[];
  readonly namespace?: string;
}

export interface DraftRule {
  readonly node: Node;
  readonly rule: ActionRule;
}

export interface DraftAction {
  readonly node: Node;
  readonly action: PlannedAction;
  /** Texts of its configuration, which may hold variables. */
  readonly texts: readonly Reference[];
  /** Names of its output variables; undefined: known only when it has run. */
  readonly produces: readonly string[] | undefined;
}

/** A text that may hold `#{namespace.name}`, and where it stands. */
export interface Reference {
  readonly node: Node;
  readonly text: string;
}
