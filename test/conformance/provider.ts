import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionContext, Executor, Executors, Outcome } from '../../lib/local/executor';
import type { PlannedAction } from '../../lib/local/plan';

/** How one run of an action ends. Nothing said: it succeeds at once. */
export interface Step {
  readonly fails?: string;
  /** What the provider calls it: the id of a build. */
  readonly externalId?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Goes on until the test ends it, or the signal aborts. */
  readonly held?: boolean;
}

interface Call {
  readonly execution: string;
  /** `<stage>/<action>`. */
  readonly id: string;
  readonly action: PlannedAction;
  readonly context: ActionContext;
}

const EMPTY_ZIP = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);

/** Stands for every provider of actions: does what it is told for an action, one step an attempt over all executions. */
export class Provider {
  readonly calls: Call[] = [];
  readonly #running = new Map<string, (step: Step) => void>();
  readonly #steps: Readonly<Record<string, readonly Step[]>>;

  constructor(steps: Readonly<Record<string, Step | readonly Step[]>> = {}) {
    this.#steps = Object.fromEntries(
      Object.entries(steps).map(([id, step]) => [id, Array.isArray(step) ? step : [step]]),
    );
  }

  /** Ids of the actions that were run, in this order; of one execution, if given. */
  ran(execution?: string): string[] {
    return this.calls.filter((call) => execution === undefined || call.execution === execution).map(({ id }) => id);
  }

  /** Ids of an execution's actions that run now. */
  running(execution: string): string[] {
    return [...this.#running.keys()].flatMap((key) =>
      key.startsWith(`${execution} `) ? [key.split(' ')[1] ?? ''] : [],
    );
  }

  /** Ends a held action. */
  end(execution: string, id: string, step: Step = {}): void {
    const end = this.#running.get(`${execution} ${id}`);
    if (end === undefined) throw new Error(`${id} does not run in ${execution}; these do: ${this.running(execution)}`);
    end(step);
  }

  executors(more: Partial<Executors> = {}): Executors {
    const executor: Executor = {
      execute: (action, context, _emit, signal) => this.#execute(action, context, signal),
    };
    const all = new Proxy({} as Record<string, Executor>, { get: (_, kind) => more[kind as 'codebuild'] ?? executor });
    return all as unknown as Executors;
  }

  async #execute(action: PlannedAction, context: ActionContext, signal: AbortSignal): Promise<Outcome> {
    const { execution } = context;
    const { id } = action;
    this.calls.push({ execution, id, action, context });
    const steps = this.#steps[id] ?? [{}];
    let step = steps[Math.min(this.ran().filter((other) => other === id).length, steps.length) - 1] ?? {};
    if (step.held) {
      const ended = new Promise<Step>((resolve) => this.#running.set(`${execution} ${id}`, resolve));
      const stopped = new Promise<undefined>((resolve) => {
        if (signal.aborted) resolve(undefined);
        signal.addEventListener('abort', () => resolve(undefined), { once: true });
      });
      const end = await Promise.race([ended, stopped]);
      this.#running.delete(`${execution} ${id}`);
      if (end === undefined) return { status: 'Stopped', reason: 'stopped' };
      step = { ...step, ...end };
    }
    if (step.fails !== undefined) return { status: 'Failed', reason: step.fails };
    const artifacts: Record<string, string> = {};
    for (const name of action.outputs) {
      artifacts[name] = join(context.workspace, `${name}.zip`);
      await writeFile(artifacts[name], EMPTY_ZIP);
    }
    const named = step.externalId !== undefined && { externalId: step.externalId };
    return { status: 'Succeeded', variables: step.variables ?? {}, artifacts, ...named };
  }
}
