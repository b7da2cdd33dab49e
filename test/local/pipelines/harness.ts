import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../lib/local/clock';
import type { Event } from '../../../lib/local/event';
import { approvalExecutor } from '../../../lib/local/executors/approval';
import { type Fake, type FakeStep, fakeExecutors } from '../../../lib/local/executors/fake';
import { readJournal } from '../../../lib/local/journal';
import { createPipelineHost } from '../../../lib/local/pipelines/create';
import type { HostError, PipelineHost, StartRequest } from '../../../lib/local/pipelines/host';
import type { ApprovalAction, Plan } from '../../../lib/local/plan';
import { runState } from '../../../lib/local/run-state';
import type { Result } from '../../../lib/result';
import { SOURCE } from '../engine/harness';

type Steps = Readonly<Record<string, FakeStep | readonly FakeStep[]>>;

/** A host in a folder of its own, a clock that ticks a millisecond a look, executions named e1, e2 … in the order of their start. */
export class Bed {
  readonly folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'slipway-pipelines-'));
  host!: PipelineHost;
  fake!: Fake;
  /** Of the host that is open now. */
  events: Event[] = [];
  private time = Date.UTC(2026, 0, 1);
  private ids = 0;
  readonly clock: Clock = {
    now: () => new Date(this.time++),
    sleep: (_, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) resolve('aborted');
        signal.addEventListener('abort', () => resolve('aborted'), { once: true });
      }),
  };

  static async open(plan: Plan, steps: Steps = {}): Promise<Bed> {
    const bed = new Bed();
    await bed.reopen(plan, steps);
    return bed;
  }

  /** As the next process would. */
  async reopen(plan: Plan, steps: Steps = {}): Promise<void> {
    this.fake = fakeExecutors({ 'Source/Source': SOURCE, ...steps });
    this.events = [];
    this.host = await createPipelineHost({
      plan,
      executors: { ...this.fake.executors, approval: approvalExecutor({ clock: this.clock }) },
      rules: { alarmState: () => undefined, clock: this.clock },
      stateFolder: this.folder,
      newId: () => `e${++this.ids}`,
    });
    this.host.subscribe((event) => this.events.push(event));
  }

  async start(more: Partial<StartRequest> = {}): Promise<string> {
    return done(await this.host.start({ trigger: { type: 'StartPipelineExecution', detail: 'test' }, ...more }))
      .execution;
  }

  status = (execution: string): string | undefined => this.host.execution(execution)?.status;

  /** `inside` and `waiting` of a stage: what there is in front of it. */
  waiting = (stage: string): string[] =>
    this.host
      .view()
      .stages.find(({ name }) => name === stage)
      ?.inbound.map(({ execution }) => execution) ?? [];

  /** `Build e1`, in the order of entering. */
  entered = (): string[] =>
    this.events.flatMap((event) => (event.kind === 'stage-started' ? [`${event.stage} ${event.execution}`] : []));

  ran = (): string[] => this.fake.calls.map(({ action, context }) => `${action.id} ${context.execution}`);

  /** What the journal says, folded: it must be what the host shows. */
  journal(execution: string) {
    const events = readJournal(join(this.folder, 'runs', execution, 'journal.jsonl'));
    if (!events.ok) throw new Error(events.errors.join('; '));
    return { events: events.value, state: runState(events.value) };
  }

  async close(): Promise<void> {
    await this.host.close('stopped');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function done<T>(result: Result<T, HostError>): T {
  if (!result.ok) throw new Error(result.errors.map(({ code, message }) => `${code}: ${message}`).join('; '));
  return result.value;
}

export const codeOf = (result: Result<unknown, HostError>): string | undefined =>
  result.ok ? undefined : result.errors[0]?.code;

/** mulberry32: the same numbers in [0, 1) for the same seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Ends when it is so; the test's own time limit is the bound. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

export const approval = (stage: string, name: string, timeoutMinutes = 60): ApprovalAction => ({
  kind: 'approval',
  id: `${stage}/${name}`,
  stage,
  name,
  runOrder: 1,
  inputs: [],
  outputs: [],
  timeoutMinutes,
});
