import { revisionOf } from '../engine/action-run';
import type { Plan } from '../plan';
import type { RunState } from '../run-state';
import type { ExecutionView } from './host';

/** What is kept in memory of an execution that has ended: little, since there are many. The rest is in its journal. */
export interface Brief extends Omit<ExecutionView, 'execution' | 'state' | 'folder' | 'updated'> {
  readonly structure: string;
  /** Of its start; 0 in journals of earlier versions. */
  readonly order: number;
  readonly token?: string;
  readonly stages: ReadonlyMap<string, { readonly status: string; readonly order: number; readonly waiting?: number }>;
  /** Rollbacks that it asked for: target and the execution that does it. */
  readonly rollbacks: readonly { readonly stage: string; readonly target: string; readonly execution: string }[];
}

export function briefOf(state: RunState, plan: Plan): Brief {
  const { status } = state;
  return {
    type: state.type,
    status: status === 'NotStarted' ? 'InProgress' : status,
    ...(state.reason !== undefined && { reason: state.reason }),
    version: state.version ?? 1,
    structure: state.structure,
    order: state.order ?? 0,
    trigger: { type: state.triggerType ?? 'StartPipelineExecution', detail: state.trigger },
    started: state.startedAt ?? '',
    attempt: state.attempt ?? 1,
    revisions: revisionsOf(state, plan),
    ...(state.target !== undefined && { target: state.target }),
    ...(state.stop !== undefined && { stop: state.stop }),
    ...(state.token !== undefined && { token: state.token }),
    stages: new Map(
      state.stages.map(({ name, status: at, order = 0, waiting }) => [
        name,
        { status: at, order, ...(waiting && { waiting: waiting.order }) },
      ]),
    ),
    rollbacks: state.stages.flatMap(({ name, rollback }) =>
      rollback?.target !== undefined && rollback.execution !== undefined
        ? [{ stage: name, target: rollback.target, execution: rollback.execution }]
        : [],
    ),
  };
}

function revisionsOf(state: RunState, plan: Plan): ExecutionView['revisions'] {
  const states = new Map(state.stages.flatMap(({ actions }) => actions.map((action) => [action.id, action])));
  return plan.stages.flatMap(({ actions }) =>
    actions.flatMap((action) => {
      const ran = states.get(action.id);
      const id = ran?.status === 'Succeeded' ? revisionOf(action, ran) : undefined;
      const [artifact] = action.outputs;
      if (id === undefined || artifact === undefined) return [];
      const summary = ran?.variables['CommitMessage'];
      return [{ action: action.name, artifact, id, ...(summary !== undefined && { summary }) }];
    }),
  );
}
