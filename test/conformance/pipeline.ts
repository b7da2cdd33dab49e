import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../lib/local/clock';
import type { AlarmStateValue } from '../../lib/local/engine/rules/rule';
import type { Event } from '../../lib/local/event';
import type { Executors } from '../../lib/local/executor';
import { approvalExecutor } from '../../lib/local/executors/approval';
import { createPipelineHost } from '../../lib/local/pipelines/create';
import type { PipelineHost, StartRequest } from '../../lib/local/pipelines/host';
import type { CodeBuildAction, Plan, PlannedAction, PlannedStage } from '../../lib/local/plan';
import { Provider, type Step } from './provider';

type ActionDraft =
  | string
  | (Partial<Omit<CodeBuildAction, 'kind'>> & { readonly name: string; readonly kind?: 'approval' });
export type StageDraft = Partial<Omit<PlannedStage, 'name' | 'actions'>> & {
  readonly actions?: readonly ActionDraft[];
};

function actionOf(stage: string, draft: ActionDraft): PlannedAction {
  const { kind, ...more } = typeof draft === 'string' ? { name: draft, kind: undefined } : draft;
  const base = { id: `${stage}/${more.name}`, stage, runOrder: 1, inputs: [], outputs: [], ...more };
  if (kind === 'approval') return { ...base, kind, timeoutMinutes: 10_080 };
  return {
    environment: [],
    ...base,
    kind: 'codebuild',
    project: {
      name: 'project',
      logicalId: 'Project',
      arn: 'arn:aws:codebuild:eu-west-1:111122223333:project/project',
      roleArn: 'arn:aws:iam::111122223333:role/project',
      image: 'image',
      computeType: 'BUILD_GENERAL1_SMALL',
      privileged: false,
      buildspec: '',
      environment: [],
      timeoutMinutes: 5,
    },
  };
}

/** A plan whose first stage `Source` has one CodeCommit action with the namespace `Source`; a stage without actions has `Run`. */
export function planOf(stages: Readonly<Record<string, StageDraft>>, more: Partial<Plan> = {}): Plan {
  const source: PlannedAction = {
    kind: 'codecommit',
    id: 'Source/Source',
    stage: 'Source',
    name: 'Source',
    runOrder: 1,
    namespace: 'Source',
    inputs: [],
    outputs: ['Source'],
    repository: 'visits',
    branch: 'develop',
  };
  return {
    pipeline: 'visits',
    logicalId: 'Pipeline',
    stack: 'Delivery',
    structure: 'one',
    executionMode: 'SUPERSEDED',
    variables: [],
    stages: [
      { name: 'Source', actions: [source] },
      ...Object.entries(stages).map(([name, { actions = ['Run'], ...stage }]) => ({
        name,
        ...stage,
        actions: actions.map((draft) => actionOf(name, draft)),
      })),
    ],
    ...more,
  };
}

/** The rule of a stage's own that runs the build `<stage>/<name>`. */
export const buildRule = (stage: string, name: string) => {
  const action = actionOf(stage, name);
  if (action.kind !== 'codebuild') throw new Error('expected a build');
  return { name, provider: 'CodeBuild', action } as const;
};

/** Time that stands still until a test moves it. */
class StillClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly #sleepers = new Set<{ readonly until: number; wake(): void }>();

  now = (): Date => new Date(this.#now);

  sleep(milliseconds: number, signal: AbortSignal): Promise<'elapsed' | 'aborted'> {
    if (signal.aborted) return Promise.resolve('aborted');
    return new Promise((resolve) => {
      const sleeper = { until: this.#now + milliseconds, wake: () => resolve('elapsed') };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        resolve('aborted');
      });
    });
  }

  move(milliseconds: number): void {
    this.#now += milliseconds;
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

const opened: (() => Promise<void>)[] = [];

/** Closes every pipeline that was opened; for afterEach. */
export async function closePipelines(): Promise<void> {
  for (const close of opened.splice(0)) await close();
}

/** A pipeline over a provider that does what `steps` say, with approvals as they are. */
export async function openPipeline(
  plan: Plan,
  steps: Readonly<Record<string, Step | readonly Step[]>> = {},
  alarms: Readonly<Record<string, AlarmStateValue>> = {},
  executors: Partial<Executors> = {},
) {
  const stateFolder = mkdtempSync(join(tmpdir(), 'slipway-conformance-'));
  const provider = new Provider(steps);
  const clock = new StillClock();
  const events: Event[] = [];
  const open = async (of: Plan): Promise<PipelineHost> => {
    const host = await createPipelineHost({
      plan: of,
      executors: provider.executors({ approval: approvalExecutor({ clock }), ...executors }),
      rules: { alarmState: (name) => alarms[name], clock },
      stateFolder,
    });
    host.subscribe((event) => events.push(event));
    return host;
  };
  const host = await open(plan);
  opened.push(async () => {
    await host.close('stopped');
    rmSync(stateFolder, { recursive: true, force: true });
  });
  const start = async (more: Partial<StartRequest> = {}): Promise<string> => {
    const started = await host.start({ trigger: { type: 'StartPipelineExecution', detail: 'test' }, ...more });
    if (!started.ok) throw new Error(JSON.stringify(started.errors));
    return started.value.execution;
  };
  return {
    host,
    provider,
    clock,
    events,
    start,
    /** The same folder with another plan: the pipeline was changed. The first host must be idle. */
    reopen: open,
    /** Starts an execution and waits for its end. */
    run: async (more: Partial<StartRequest> = {}) => {
      const execution = await start(more);
      return host.ended(execution);
    },
    status: (execution: string) => host.execution(execution)?.status,
    /** `Build Succeeded` … of an execution. */
    stages: (execution: string) =>
      host.execution(execution)?.state.stages.map(({ name, status }) => `${name} ${status}`) ?? [],
    /** Ends when the condition holds, which is looked at after each event. */
    until: (holds: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        if (holds()) return resolve();
        const leave = host.subscribe(() => {
          // What an event brings about comes after it.
          setImmediate(() => {
            if (!holds()) return;
            leave();
            resolve();
          });
        });
      }),
  };
}

/** The code of what an operation refused. */
export const codeOf = (result: { readonly ok: boolean; readonly errors?: readonly { readonly code: string }[] }) =>
  result.ok ? undefined : result.errors?.map(({ code }) => code).join();
