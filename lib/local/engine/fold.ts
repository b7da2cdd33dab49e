import type { Event } from '../event';
import { countLines, lastLines } from '../output-text';
import type { ActionState, OutputLine, RunState, StageState } from '../run-state';
import { finder } from './finder';
import { newAction, reduceAction, TAIL_LINES as TAIL } from './fold-action';
import { judged } from './fold-condition';

export { TAIL_LINES } from './fold-action';

export const emptyRun: RunState = {
  execution: '',
  pipeline: '',
  structure: '',
  type: 'STANDARD',
  trigger: '',
  variables: {},
  status: 'NotStarted',
  stages: [],
  notices: [],
};

/** The state after all these events. */
export function runState(events: Iterable<Event>): RunState {
  const fold = new RunFold();
  for (const event of events) fold.add(event);
  return fold.state;
}

/** The state after the events that came so far. Lines of output cost next to nothing: they are put in when somebody looks. */
export class RunFold {
  #state: RunState;
  readonly #output = new Map<string, { stage: string; lines: number; tail: OutputLine[] }>();

  constructor(state: RunState = emptyRun) {
    this.#state = state;
  }

  add(event: Event): void {
    if (event.kind === 'output') {
      const { stream, text } = event;
      let output = this.#output.get(event.action);
      if (output === undefined) {
        output = { stage: event.stage, lines: 0, tail: [] };
        this.#output.set(event.action, output);
      }
      output.lines += countLines(text);
      for (const line of lastLines(text, TAIL)) output.tail.push({ stream, line });
      if (output.tail.length >= 4 * TAIL) output.tail = output.tail.slice(-TAIL);
      return;
    }
    if (event.kind === 'action-started' || event.kind === 'stage-started') this.#settle();
    this.#state = reduce(this.#state, event);
  }

  get state(): RunState {
    this.#settle();
    return this.#state;
  }

  #settle(): void {
    for (const [id, { stage, lines, tail }] of this.#output) {
      this.#state = inAction(this.#state, stage, id, (action) => ({
        ...action,
        tail: [...action.tail, ...tail].slice(-TAIL),
        lines: action.lines + lines,
      }));
    }
    this.#output.clear();
  }
}

/** The state after one more event. Pure and total: an event about a stage or action not announced before adds it. */
export function reduce(state: RunState, event: Event): RunState {
  switch (event.kind) {
    case 'pipeline-started':
      return begin(state, event);
    case 'pipeline-ended':
      return {
        ...state,
        status: event.status,
        endedAt: event.time,
        ...reasonOf(event),
        // Nothing waits any more in an execution that has ended.
        stages: state.stages.some(({ waiting }) => waiting) ? state.stages.map(without('waiting')) : state.stages,
      };
    case 'pipeline-stopping': {
      const { abandon } = event;
      return { ...state, status: 'Stopping', stop: { abandon, ...reasonOf(event) } };
    }
    case 'pipeline-resumed': {
      const resumed: RunState = { ...goingOn(state), attempt: (state.attempt ?? 1) + 1 };
      if (state.endedAt === undefined) return inStage(resumed, event.stage, retryInside);
      return inStage(resumed, event.stage, (stage) => ({
        ...without('next')(stage),
        resumed: event.mode,
        actions: stage.actions.map((action) =>
          event.again?.includes(action.id)
            ? { ...newAction(action.stage, action.id), attempt: action.attempt }
            : action,
        ),
      }));
    }
    case 'notice': {
      const { time, level, message } = event;
      return { ...state, execution: event.execution, notices: [...state.notices, { time, level, message }] };
    }
    case 'stage-waiting':
      return inStage(state, event.stage, (stage) => ({
        ...stage,
        waiting: { order: event.order, since: event.time, reason: event.reason },
      }));
    case 'stage-started':
      return inStage(state, event.stage, (stage) => startStage(stage, event));
    case 'stage-ended':
      return inStage(state, event.stage, (stage) => ({
        ...without('next')(stage),
        status: event.status,
        endedAt: event.time,
        ...reasonOf(event),
        ...(event.next !== undefined && { next: event.next }),
      }));
    case 'condition-started':
      return inStage(state, event.stage, (stage) => {
        const { hook, time } = event;
        const begun = { hook, attempt: stage.attempt, status: 'InProgress', reason: '', startedAt: time } as const;
        return { ...stage, conditions: [...stage.conditions.filter(({ status }) => status !== 'InProgress'), begun] };
      });
    case 'condition-overridden': {
      const overridden = inStage(goingOn(state), event.stage, (stage) => ({
        ...without('next')(stage),
        resumed: 'OVERRIDE',
      }));
      return inStage(overridden, event.stage, (stage) => ({ ...stage, conditions: judged(stage, event) }));
    }
    case 'rule-started':
    case 'rule-ended':
    case 'condition-ended':
      return inStage(state, event.stage, (stage) => ({ ...stage, conditions: judged(stage, event) }));
    case 'rollback-requested':
      return inStage(state, event.stage, (stage) => ({
        ...without('next')(stage),
        rollback: {
          ...(event.target !== undefined && { target: event.target }),
          reason: event.reason,
          ...(event.rollback !== undefined && { execution: event.rollback }),
        },
      }));
    case 'action-started':
    case 'action-ended':
    case 'output':
    case 'phase-started':
    case 'phase-ended':
    case 'report':
    case 'approval-requested':
    case 'approval-answered':
    case 'fact':
      return inAction(state, event.stage, event.action, (action) => reduceAction(action, event));
    default:
      return unknownEvent(event);
  }
}

type EventOf<K extends Event['kind']> = Extract<Event, { kind: K }>;

function begin(state: RunState, event: EventOf<'pipeline-started'>): RunState {
  const { time, kind: _, stages, ...facts } = event;
  return {
    ...emptyRun,
    ...facts,
    status: 'InProgress',
    startedAt: time,
    notices: state.notices,
    stages: stages.map(({ name, actions }) => ({
      ...newStage(name),
      actions: actions.map((id) => newAction(name, id)),
    })),
  };
}

/** Of an execution that had ended. */
function goingOn({ endedAt: _, reason: __, stop: ___, ...rest }: RunState): RunState {
  return { ...rest, status: 'InProgress' };
}

/** While other actions of the stage still run: those that failed are to run again. */
const retryInside = (stage: StageState): StageState => ({
  ...stage,
  actions: stage.actions.map((action) =>
    action.status === 'Failed' ? { ...newAction(action.stage, action.id), attempt: action.attempt } : action,
  ),
});

function startStage(stage: StageState, { time, retry, order = stage.order }: EventOf<'stage-started'>): StageState {
  const { automatic = 0, manual = 0 } = stage.retries ?? {};
  const before = retry === undefined ? stage.retries : undefined;
  return {
    ...newStage(stage.name),
    status: 'InProgress',
    startedAt: time,
    attempt: stage.attempt + 1,
    conditions: stage.conditions,
    ...(order !== undefined && { order }),
    ...(before && { retries: before }),
    ...(retry && {
      retries: {
        automatic: automatic + (retry.by === 'automatic' ? 1 : 0),
        manual: manual + (retry.by === 'manual' ? 1 : 0),
        latest: retry.by,
        mode: retry.mode,
        time,
      },
    }),
    actions: stage.actions.map((action) =>
      action.status === 'Succeeded' && retry?.mode !== 'ALL_ACTIONS'
        ? action
        : { ...newAction(action.stage, action.id), attempt: action.attempt },
    ),
  };
}

const newStage = (name: string): StageState => ({ name, status: 'Pending', attempt: 0, conditions: [], actions: [] });

const reasonOf = (event: { readonly reason?: string }) => (event.reason === undefined ? {} : { reason: event.reason });

const without =
  (key: 'waiting' | 'next') =>
  (stage: StageState): StageState => {
    const { [key]: _, ...rest } = stage;
    return rest;
  };

const inStage = (state: RunState, name: string, change: (stage: StageState) => StageState): RunState => {
  const at = stageIndex(state.stages, name);
  const stages =
    at < 0 ? [...state.stages, change(newStage(name))] : state.stages.with(at, change(state.stages[at] as StageState));
  return { ...state, stages };
};

const inAction = (state: RunState, stage: string, id: string, change: (action: ActionState) => ActionState): RunState =>
  inStage(state, stage, (of) => {
    const at = actionIndex(of.actions, id);
    const actions =
      at < 0
        ? [...of.actions, change(newAction(stage, id))]
        : of.actions.with(at, change(of.actions[at] as ActionState));
    return { ...of, actions };
  });

const stageIndex = finder((stage: StageState) => stage.name);

const actionIndex = finder((action: ActionState) => action.id);

function unknownEvent(event: never): never {
  throw new Error(`unknown kind of event: ${JSON.stringify(event)}`);
}
