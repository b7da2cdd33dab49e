import type { Execution } from '../engine/execution';
import type { PlannedStage } from '../plan';
import type { RunFold } from '../run-state';
import { limiter } from './limiter';
import type { RunnerOptions } from './runner';
import type { Live } from './tracked';

/** CodePipeline, limits: concurrent actions of one execution in mode PARALLEL. */
const PARALLEL_ACTIONS = 5;

/** Opens the journal of an execution to go on with it; what is written is folded first of all. Throws if it can't be written. */
export function openLive(options: RunnerOptions, id: string, fold: RunFold, stages?: readonly PlannedStage[]): Live {
  const { plan, executors, rules, newId } = options;
  const { folder, journal } = options.openRun(options.runs, id);
  journal.subscribe((event) => fold.add(event));
  const controller = new AbortController();
  const announced = new Set(fold.state.stages.map(({ name }) => name));
  const execution: Execution = {
    plan,
    stages: stages ?? plan.stages.filter(({ name }) => announced.has(name)),
    executors,
    rules,
    id,
    folder,
    journal,
    emit: (body) => {
      const time = rules.clock.now().toISOString();
      if (!live.frozen) journal.append({ time, execution: id, ...body });
      return time;
    },
    state: () => fold.state,
    scope: new Map([['codepipeline', { PipelineExecutionId: id }]]),
    artifacts: new Map(),
    revisions: new Map(),
    broken: [],
    signal: controller.signal,
    approvals: new Map(),
    newToken: newId,
    limit: plan.executionMode === 'PARALLEL' ? limiter(PARALLEL_ACTIONS) : (work) => work(),
  };
  const live: Live = { execution, fold, journal, controller, frozen: false };
  return live;
}
