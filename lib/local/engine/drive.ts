import type { PlannedStage } from '../plan';
import type { StageState } from '../run-state';
import { type Execution, isBroken, isStopping, stageState } from './execution';
import { runStage } from './stage-run';

/** Lets executions into stages, by the rules of the pipeline's execution mode. */
export interface Gate {
  /** Calls `go` when the execution may enter: at once, or when its turn has come. Ends with what came of it. */
  enter(execution: Execution, stage: string, go: (order: number) => void): Promise<Entrance>;
  leave(execution: Execution, stage: string): void;
}

export type Entrance =
  | { readonly status: 'Entered' }
  | { readonly status: 'Superseded' | 'Stopped'; readonly reason: string };

/** How far an execution came. */
export interface Driven {
  readonly status: 'Succeeded' | 'Failed' | 'Stopped' | 'Superseded';
  readonly reason?: string;
  /** The stage that it ended in or in front of. */
  readonly stage?: string;
  /** It is inside of that stage still: the caller has it leave, once what follows is done. */
  readonly inside?: true;
  readonly next?: 'ROLLBACK';
}

/**
 * Takes an execution through its stages, from where its state says it is, until one fails, it is stopped, or it is through. Leaves
 * each stage and comes to the next in one step, so that nobody gets in between.
 */
export async function drive(execution: Execution, gate: Gate): Promise<Driven> {
  for (const stage of execution.stages) {
    const at = stageState(execution, stage.name);
    if (isBroken(execution)) break;
    if (isPassed(at)) continue;
    if (isOver(at)) return ended(stage, at);
    const { name } = stage;
    if (isStopping(execution)) {
      // One that an earlier process has begun is only brought to its end.
      if (at.status === 'InProgress') return ended(stage, await runStage(execution, stage));
      return { status: 'Stopped', reason: execution.state().stop?.reason ?? 'stopped', stage: name };
    }
    const entrance = await gate.enter(execution, name, (order) => begin(execution, name, order));
    if (entrance.status !== 'Entered') return { ...entrance, stage: name };
    const result = await runStage(execution, stage);
    if (result.status !== 'Succeeded' && result.status !== 'Skipped') return ended(stage, result);
    gate.leave(execution, name);
  }
  return { status: 'Succeeded' };
}

const isPassed = ({ status, resumed }: StageState): boolean =>
  !resumed && (status === 'Succeeded' || status === 'Skipped');

const isOver = ({ status, resumed, next }: StageState): boolean =>
  !resumed && (status === 'Stopped' || (status === 'Failed' && next !== 'RETRY'));

/** A stage that an earlier process has begun goes on as it is. */
function begin(execution: Execution, stage: string, order: number): void {
  const { status, resumed, next } = stageState(execution, stage);
  if (resumed === undefined && (status === 'InProgress' || next === 'RETRY')) return;
  const retry = resumed && resumed !== 'OVERRIDE' && ({ mode: resumed, by: 'manual' } as const);
  execution.emit({ kind: 'stage-started', stage, order, ...(retry && { retry }) });
}

function ended(stage: PlannedStage, { status, reason, next }: Pick<StageState, 'status' | 'reason' | 'next'>): Driven {
  const failed = status === 'Failed';
  return {
    status: failed ? 'Failed' : 'Stopped',
    stage: stage.name,
    reason: `stage ${stage.name}: ${reason ?? status}`,
    inside: true,
    ...(next === 'ROLLBACK' && { next }),
  };
}
