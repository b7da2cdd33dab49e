import type {
  Action,
  ApprovalAction,
  BakeAction,
  BuildAction,
  BuildRule,
  Condition,
  Pipeline,
  PipelineVariable,
  SourceAction,
  Stage,
  VariableCheckRule,
} from '../../lib/model/pipeline';
import { pipelineOf } from './input';

export type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
export type Draft = Mutable<Pipeline>;

/** The production pipeline of a service with every default, changed. */
export const mutant = (change: (draft: Draft) => void): Pipeline => {
  const draft = structuredClone(pipelineOf('production')) as Draft;
  change(draft);
  return draft as Pipeline;
};

const there = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Error(`the draft has no ${what}`);
  return value;
};

export const stage = (draft: Draft, name: string): Mutable<Stage> =>
  there(
    draft.stages.find((one) => one.name === name),
    `stage ${name}`,
  );

const action = (draft: Draft, stageName: string, name: string): Mutable<Action> =>
  there(
    stage(draft, stageName).actions.find((one) => one.name === name),
    `action ${stageName}/${name}`,
  );

export const build = (draft: Draft, stageName: string, name: string) =>
  action(draft, stageName, name) as Mutable<BuildAction>;
export const source = (draft: Draft) => action(draft, 'Source', 'Source') as Mutable<SourceAction>;
export const approval = (draft: Draft) => action(draft, 'SignOff', 'ClientSignOff') as Mutable<ApprovalAction>;
export const bake = (draft: Draft) => action(draft, 'Production', 'Bake') as Mutable<BakeAction>;

/** The rule that brings the last good release of production back. */
export const restore = (draft: Draft): Mutable<BuildRule> =>
  there(stage(draft, 'Production').onFailure?.rules[0], 'rule on failure');

/** The condition of stage Test, and its rule. */
export const condition = (draft: Draft): Mutable<Condition> => there(stage(draft, 'Test').beforeEntry, 'condition');
export const rule = (draft: Draft): Mutable<VariableCheckRule> => there(condition(draft).rules[0], 'rule');

export const pipelineVariable = (draft: Draft): Mutable<PipelineVariable> => there(draft.variables[0], 'variable');

/** Takes stage `name` out and puts it back before the stage at `index`. */
export const move = (draft: Draft, name: string, index: number): void => {
  const moved = stage(draft, name);
  draft.stages = draft.stages.filter((one) => one !== moved);
  draft.stages.splice(index, 0, moved);
};

/** Takes an action, or a whole stage, out; gives the actions. */
export const without = (draft: Draft, stageName: string, name?: string): Mutable<Action>[] => {
  const from = stage(draft, stageName);
  if (name === undefined) {
    draft.stages = draft.stages.filter((one) => one !== from);
    return from.actions;
  }
  const taken = from.actions.filter((one) => one.name === name);
  from.actions = from.actions.filter((one) => one.name !== name);
  return taken;
};
