import type { Action, Pipeline, Stage } from './pipeline';

/** An action and where it stands. */
export interface Placed<A extends Action = Action> {
  readonly action: A;
  readonly stage: Stage;
  /** Index of the stage. */
  readonly index: number;
  /** `Stage/Action`, for messages. */
  readonly id: string;
}

/** Every action in the order of the pipeline. */
export const placedActions = (pipeline: Pipeline): Placed[] =>
  pipeline.stages.flatMap((stage, index) =>
    stage.actions.map((action) => ({ action, stage, index, id: `${stage.name}/${action.name}` })),
  );

/** Whether `one` has ended whenever `other` starts. */
export const isBefore = (one: Placed, other: Placed): boolean =>
  one.index < other.index || (one.index === other.index && one.action.runOrder < other.action.runOrder);

/** Whether an execution may pass by the stage without running it. */
export const maySkip = (stage: Stage): boolean => stage.beforeEntry?.result === 'SKIP';

/** Whether what `producer` made is there whenever `consumer` starts. */
export const provides = (producer: Placed, consumer: Placed): boolean =>
  isBefore(producer, consumer) && (producer.index === consumer.index || !maySkip(producer.stage));

export const duplicates = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];
