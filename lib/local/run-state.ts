import type { Event, Report } from './event';

/** What is known of a run after some of its events. Made by folding; plain data, never changed in place. */
export interface RunState {
  readonly execution: string;
  readonly pipeline: string;
  readonly structure: string;
  readonly type: 'STANDARD' | 'ROLLBACK';
  readonly trigger: string;
  /** Pipeline variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** For type ROLLBACK: the execution that is restored. */
  readonly target?: string;
  /** `InProgress` also for a run that was killed before it could write its end. */
  readonly status: 'NotStarted' | 'InProgress' | 'Succeeded' | 'Failed' | 'Stopped';
  readonly reason?: string;
  /** ISO 8601. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly stages: readonly StageState[];
  readonly notices: readonly Notice[];
}

export interface Notice {
  readonly time: string;
  readonly level: 'info' | 'warning';
  readonly message: string;
}

export interface StageState {
  readonly name: string;
  readonly status: 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Stopped' | 'Skipped';
  readonly reason?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** 1 at the first start; 2 once the stage was retried. */
  readonly attempt: number;
  readonly conditions: readonly ConditionState[];
  /** Present once the stage asked for a rollback; without `target` there was nothing to go back to. */
  readonly rollback?: { readonly target?: string; readonly reason: string };
  readonly actions: readonly ActionState[];
}

export interface ConditionState {
  readonly hook: 'beforeEntry' | 'onSuccess' | 'onFailure';
  readonly status: 'Succeeded' | 'Failed';
  readonly result?: string;
  readonly reason: string;
}

export interface ActionState {
  /** `<stage>/<action>`. */
  readonly id: string;
  readonly stage: string;
  readonly status: 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Stopped';
  readonly reason?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly attempt: number;
  readonly variables: Readonly<Record<string, string>>;
  /** Artifact name -> path of the zip, relative to the run's folder. */
  readonly artifacts: Readonly<Record<string, string>>;
  readonly externalId?: string;
  readonly phases: readonly PhaseState[];
  readonly reports: readonly Report[];
  readonly facts: Readonly<Record<string, string>>;
  /** The last lines of output, at most {@link TAIL_LINES}. */
  readonly tail: readonly OutputLine[];
  /** How many lines there were in all. */
  readonly lines: number;
  /** Present while somebody's answer is awaited. */
  readonly approval?: { readonly message?: string; readonly link?: string; readonly expires: string };
}

export interface PhaseState {
  readonly phase: string;
  readonly status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
  readonly reason?: string;
  readonly startedAt: string;
  readonly endedAt?: string;
}

export interface OutputLine {
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
}

export const TAIL_LINES = 40;

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
export const runState = (events: Iterable<Event>): RunState => {
  let state = emptyRun;
  for (const event of events) state = reduce(state, event);
  return state;
};

/** The state after one more event. Pure and total: an event about a stage or action not announced before adds it. */
export function reduce(state: RunState, event: Event): RunState {
  switch (event.kind) {
    case 'pipeline-started':
      return {
        ...emptyRun,
        execution: event.execution,
        pipeline: event.pipeline,
        structure: event.structure,
        type: event.type,
        trigger: event.trigger,
        variables: event.variables,
        ...(event.target !== undefined && { target: event.target }),
        status: 'InProgress',
        startedAt: event.time,
        notices: state.notices,
        stages: event.stages.map(({ name, actions }) => ({
          ...newStage(name),
          actions: actions.map((id) => newAction(name, id)),
        })),
      };
    case 'pipeline-ended':
      return { ...state, status: event.status, endedAt: event.time, ...reasonOf(event) };
    case 'notice': {
      const { time, level, message } = event;
      return { ...state, execution: event.execution, notices: [...state.notices, { time, level, message }] };
    }
    case 'stage-started':
      return inStage(state, event.stage, (stage) => ({
        ...newStage(stage.name),
        status: 'InProgress',
        startedAt: event.time,
        attempt: stage.attempt + 1,
        conditions: stage.conditions,
        actions: stage.actions.map((action) =>
          action.status === 'Succeeded' ? action : { ...newAction(action.stage, action.id), attempt: action.attempt },
        ),
      }));
    case 'stage-ended':
      return inStage(state, event.stage, (stage) => ({
        ...stage,
        status: event.status,
        endedAt: event.time,
        ...reasonOf(event),
      }));
    case 'condition-ended': {
      const { hook, status, reason } = event;
      const condition = { hook, status, ...(event.result !== undefined && { result: event.result }), reason };
      return inStage(state, event.stage, (stage) => ({ ...stage, conditions: [...stage.conditions, condition] }));
    }
    case 'rollback-requested':
      return inStage(state, event.stage, (stage) => ({
        ...stage,
        rollback: { ...(event.target !== undefined && { target: event.target }), reason: event.reason },
      }));
    case 'action-started':
    case 'action-ended':
    case 'output':
    case 'phase-started':
    case 'phase-ended':
    case 'report':
    case 'approval-requested':
    case 'fact':
      return inStage(state, event.stage, (stage) => ({
        ...stage,
        actions: replaced(
          stage.actions,
          (action) => action.id === event.action,
          () => newAction(event.stage, event.action),
          (action) => reduceAction(action, event),
        ),
      }));
    default:
      return unknownEvent(event);
  }
}

type ActionEventOf = Extract<Event, { action: string }>;

function reduceAction(action: ActionState, event: ActionEventOf): ActionState {
  switch (event.kind) {
    case 'action-started':
      return {
        ...newAction(action.stage, action.id),
        status: 'InProgress',
        startedAt: event.time,
        attempt: action.attempt + 1,
      };
    case 'action-ended': {
      const { approval: _, ...rest } = action;
      return {
        ...rest,
        status: event.status,
        endedAt: event.time,
        ...reasonOf(event),
        variables: event.variables,
        artifacts: event.artifacts,
        ...(event.externalId !== undefined && { externalId: event.externalId }),
      };
    }
    case 'output': {
      const kept = action.tail.length < TAIL_LINES ? action.tail : action.tail.slice(1);
      return { ...action, tail: [...kept, { stream: event.stream, line: event.line }], lines: action.lines + 1 };
    }
    case 'phase-started':
      return {
        ...action,
        phases: [...action.phases, { phase: event.phase, status: 'IN_PROGRESS', startedAt: event.time }],
      };
    case 'phase-ended':
      return {
        ...action,
        phases: replaced(
          action.phases,
          (phase) => phase.phase === event.phase && phase.status === 'IN_PROGRESS',
          () => ({ phase: event.phase, status: 'IN_PROGRESS', startedAt: event.time }),
          (phase) => ({ ...phase, status: event.status, endedAt: event.time, ...reasonOf(event) }),
        ),
      };
    case 'report':
      return { ...action, reports: [...action.reports, event.report] };
    case 'approval-requested': {
      const { message, link, expires } = event;
      const approval = { ...(message !== undefined && { message }), ...(link !== undefined && { link }), expires };
      return { ...action, approval };
    }
    case 'fact':
      return { ...action, facts: { ...action.facts, [event.name]: event.value } };
    default:
      return unknownEvent(event);
  }
}

/** Every action of the run, in the plan's order. */
export const actionsOf = (state: RunState): readonly ActionState[] => state.stages.flatMap((stage) => stage.actions);

/** The actions that wait for somebody's answer. */
export const pendingApprovals = (state: RunState): readonly ActionState[] =>
  actionsOf(state).filter((action) => action.approval !== undefined);

const newStage = (name: string): StageState => ({ name, status: 'Pending', attempt: 0, conditions: [], actions: [] });

const newAction = (stage: string, id: string): ActionState => ({
  id,
  stage,
  status: 'Pending',
  attempt: 0,
  variables: {},
  artifacts: {},
  phases: [],
  reports: [],
  facts: {},
  tail: [],
  lines: 0,
});

const reasonOf = (event: { readonly reason?: string }) => (event.reason === undefined ? {} : { reason: event.reason });

const inStage = (state: RunState, name: string, change: (stage: StageState) => StageState): RunState => ({
  ...state,
  stages: replaced(
    state.stages,
    (stage) => stage.name === name,
    () => newStage(name),
    change,
  ),
});

/** The list with the last matching item changed; a new item, changed, at its end if none matches. */
function replaced<T>(items: readonly T[], matches: (item: T) => boolean, make: () => T, change: (item: T) => T): T[] {
  const at = items.findLastIndex(matches);
  return at < 0 ? [...items, change(make())] : items.with(at, change(items[at] as T));
}

function unknownEvent(event: never): never {
  throw new Error(`unknown kind of event: ${JSON.stringify(event)}`);
}
