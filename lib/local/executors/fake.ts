import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionContext, ActionReport, Executor, Executors, Outcome } from '../executor';
import type { PlannedAction } from '../plan';

/** What a fake action does. Everything is optional: an action without a step succeeds at once. */
export interface FakeStep {
  readonly outcome?: 'Succeeded' | 'Failed' | 'Stopped';
  /** Reason of a failure. */
  readonly reason?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Artifact names to write; default all that the action declares. */
  readonly artifacts?: readonly string[];
  readonly externalId?: string;
  /** Lines of output. */
  readonly output?: readonly string[];
  /** Any other reports to emit. */
  readonly reports?: readonly ActionReport[];
  /** Wait until the test releases it, or the signal aborts. */
  readonly hold?: boolean;
  /** Throw this message: the runner breaks. */
  readonly throws?: string;
}

export interface FakeCall {
  /** With every reference resolved. */
  readonly action: PlannedAction;
  readonly context: ActionContext;
  readonly signal: AbortSignal;
}

export interface Fake {
  readonly executors: Executors;
  /** Every call, in the order in which they came. */
  readonly calls: readonly FakeCall[];
  /** Ids of the actions that run at this moment. */
  running(): readonly string[];
  /** Ends when the action with this id is running; of that execution, if it is given. */
  started(id: string, execution?: string): Promise<void>;
  /** Lets a held action end, as its step says or as `step` says; of several executions the first one's, or of that which is given. */
  release(id: string, step?: FakeStep, execution?: string): void;
}

/** Variable of a CodeBuild action's or project's environment that holds a FakeStep as JSON, for plans that come from a template. */
export const FAKE_VARIABLE = 'SLIPWAY_FAKE';

/** An empty zip: the end-of-central-directory record alone. */
export const EMPTY_ZIP = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);

/**
 * Executors of every kind that do what they are told: by `steps`, by action id (an array: one step an attempt, the last one
 * repeats), else by the action's environment.
 */
export function fakeExecutors(steps: Readonly<Record<string, FakeStep | readonly FakeStep[]>> = {}): Fake {
  const calls: FakeCall[] = [];
  const running = new Set<{ readonly id: string; readonly execution: string; release(step?: FakeStep): void }>();
  const find = (id: string, execution?: string) =>
    [...running].find((each) => each.id === id && (execution ?? each.execution) === each.execution);
  const waiters: { id: string; execution?: string; resolve(): void }[] = [];

  const execute: Executor['execute'] = async (action, context, emit, signal) => {
    calls.push({ action, context, signal });
    let step = stepOf(action, steps, calls.filter((call) => call.action.id === action.id).length);
    let release: (step?: FakeStep) => void = () => {};
    const released = new Promise<FakeStep | undefined>((resolve) => {
      release = resolve;
    });
    const run = { id: action.id, execution: context.execution, release };
    running.add(run);
    for (const waiter of waiters) if (find(waiter.id, waiter.execution)) waiter.resolve();
    try {
      for (const line of step.output ?? []) emit({ kind: 'output', stream: 'stdout', text: line });
      for (const report of step.reports ?? []) emit(report);
      if (step.hold) {
        const answer = await Promise.race([released, aborted(signal)]);
        if (answer === 'aborted') return { status: 'Stopped', reason: 'stopped' };
        step = { ...step, ...answer };
      }
      return await outcomeOf(step, action, context);
    } finally {
      running.delete(run);
    }
  };

  const executor = { execute };
  return {
    executors: {
      codecommit: executor,
      connection: executor,
      codebuild: executor,
      approval: executor,
      lambda: executor,
      commands: executor,
      's3-deploy': executor,
      'ecr-build': executor,
      eks: executor,
      'pipeline-invoke': executor,
      cloudformation: executor,
    },
    calls,
    running: () => [...running].map(({ id }) => id),
    started: (id, execution) =>
      find(id, execution)
        ? Promise.resolve()
        : new Promise((resolve) =>
            waiters.push({ id, ...(execution !== undefined && { execution }), resolve: () => resolve() }),
          ),
    release(id, step, execution) {
      const run = find(id, execution);
      if (run === undefined)
        throw new Error(`${id} is not running (running: ${[...running].map((each) => each.id).join(', ')})`);
      run.release(step);
    },
  };
}

function stepOf(
  action: PlannedAction,
  steps: Readonly<Record<string, FakeStep | readonly FakeStep[]>>,
  attempt: number,
): FakeStep {
  const given = steps[action.id];
  if (given !== undefined)
    return Array.isArray(given) ? given[Math.min(attempt, given.length) - 1] : (given as FakeStep);
  if (action.kind !== 'codebuild') return {};
  const variable = [...action.project.environment, ...action.environment].findLast(
    ({ name }) => name === FAKE_VARIABLE,
  );
  return variable === undefined ? {} : (JSON.parse(variable.value) as FakeStep);
}

async function outcomeOf(step: FakeStep, action: PlannedAction, context: ActionContext): Promise<Outcome> {
  if (step.throws !== undefined) throw new Error(step.throws);
  const externalId = step.externalId !== undefined && { externalId: step.externalId };
  if (step.outcome === 'Failed') return { status: 'Failed', reason: step.reason ?? 'told to fail', ...externalId };
  if (step.outcome === 'Stopped') return { status: 'Stopped', reason: step.reason ?? 'told to stop' };
  const artifacts: Record<string, string> = {};
  for (const name of step.artifacts ?? action.outputs) {
    const path = join(context.workspace, `${name}.zip`);
    await writeFile(path, EMPTY_ZIP);
    artifacts[name] = path;
  }
  return { status: 'Succeeded', variables: step.variables ?? {}, artifacts, ...externalId };
}

const aborted = (signal: AbortSignal): Promise<'aborted'> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    else signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
