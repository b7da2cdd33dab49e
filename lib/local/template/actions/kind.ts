import type { PlannedAction } from '../../plan';
import type { Reference } from '../draft';
import type { Keys } from '../keys';
import type { Node } from '../node';

/** One type of action, `category/owner/provider`, that runs here. */
export interface ActionKind {
  readonly read: (base: ActionBase, configuration: Node, action: Node) => ReadAction;
  /** Least and most artifacts. Source: CodePipeline user guide, reference-action-artifacts and the action's own page. */
  readonly inputs: readonly [number, number];
  readonly outputs: readonly [number, number];
  /** Members of the action beside those that every one has. */
  readonly keys?: Keys;
  /** Members of its output artifacts, where they have more than a name. */
  readonly outputKeys?: Keys;
}

export type ActionBase = Pick<
  PlannedAction,
  'id' | 'stage' | 'name' | 'runOrder' | 'namespace' | 'inputs' | 'outputs' | 'roleArn'
>;

export interface ReadAction {
  readonly action: PlannedAction;
  /** Names of its output variables; undefined: known only when it has run. */
  readonly produces: readonly string[] | undefined;
  /** Texts outside of its configuration that may hold variables. */
  readonly texts?: readonly Reference[];
}
