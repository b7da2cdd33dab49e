import type { Executor, Executors } from '../lib/local/executor';
import type { PlannedAction } from '../lib/local/plan';

const refuse: Executor<PlannedAction> = {
  execute: (action) => Promise.reject(new Error(`${action.id}: the bench has no action of the kind ${action.kind}`)),
};

/** Executors of the kinds that a figure has no action of. */
export const unused: Executors = {
  approval: refuse,
  cloudformation: refuse,
  codebuild: refuse,
  codecommit: refuse,
  commands: refuse,
  connection: refuse,
  'ecr-build': refuse,
  eks: refuse,
  lambda: refuse,
  'pipeline-invoke': refuse,
  's3-deploy': refuse,
};
