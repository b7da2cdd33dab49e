import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../lib/local/clock';
import { type PipelineOutcome, RunnerBroke } from '../../../lib/local/engine';
import type { RulePorts } from '../../../lib/local/engine/rules/rule';
import type { Event } from '../../../lib/local/event';
import { type Fake, type FakeStep, fakeExecutors } from '../../../lib/local/executors/fake';
import { createPipelineHost } from '../../../lib/local/pipelines/create';
import type { PipelineHost, StartRequest } from '../../../lib/local/pipelines/host';
import type { CodeBuildAction, Plan, PlannedAction, PlannedStage } from '../../../lib/local/plan';
import { type RunState, runState } from '../../../lib/local/run-state';

/** An action's name, what differs from a plain CodeBuild action, and its environment. */
export interface Draft {
  readonly name: string;
  readonly runOrder?: number;
  readonly namespace?: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export type StageDraft = Partial<Omit<PlannedStage, 'name' | 'actions'>> & {
  readonly actions: readonly (Draft | string)[];
};

export function buildAction(stage: string, draft: Draft): CodeBuildAction {
  const { name, runOrder = 1, namespace, inputs = [], outputs = [], environment = {} } = draft;
  return {
    kind: 'codebuild',
    id: `${stage}/${name}`,
    stage,
    name,
    runOrder,
    ...(namespace !== undefined && { namespace }),
    inputs,
    outputs,
    environment: Object.entries(environment).map(([key, value]) => ({ name: key, value, type: 'PLAINTEXT' as const })),
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

/** A plan whose first stage `Source` has one CodeCommit action: namespace `Source`, output `Source`. */
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
    pipeline: 'visits-development',
    logicalId: 'Pipeline',
    stack: 'Delivery',
    structure: 'one',
    executionMode: 'QUEUED',
    variables: [],
    stages: [
      { name: 'Source', actions: [source] },
      ...Object.entries(stages).map(([name, { actions, ...stage }]) => ({
        name,
        ...stage,
        actions: actions.map((draft) => buildAction(name, typeof draft === 'string' ? { name: draft } : draft)),
      })),
    ],
    ...more,
  };
}

const COMMIT = '4f2c1d0a9b8e7f6d5c4b3a29180716f5e4d3c2b1';

/** One machine: a state folder, a clock that ticks a millisecond an event. */
export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), 'slipway-engine-'));
  readonly runs = join(this.folder, 'runs');
  private time = Date.UTC(2026, 0, 1);

  readonly now = (): Date => new Date(this.time++);

  host(plan: Plan, fake: Fake, rules: Partial<RulePorts> = {}): Promise<PipelineHost> {
    return createPipelineHost({
      plan,
      executors: fake.executors,
      stateFolder: this.folder,
      rules: { alarmState: () => undefined, clock: { now: this.now, sleep: systemClock.sleep }, ...rules },
    });
  }

  /** Starts a run; its events, of a rollback too, are in `events` as they come. */
  async start(
    plan: Plan,
    fake: Fake,
    more: Partial<StartRequest> & { readonly rules?: Partial<RulePorts> } = {},
    signal = new AbortController().signal,
    onEvent: (count: number, event: Event) => void = () => {},
  ) {
    const { rules, ...request } = more;
    const host = await this.host(plan, fake, rules);
    const events: Event[] = [];
    host.subscribe((event) => onEvent(events.push(event), event));
    const stop = () => void host.close('stopped');
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const started = await host.start({ trigger: { type: 'StartPipelineExecution', detail: 'test' }, ...request });
    if (!started.ok) throw new Error(started.errors.map(({ message }) => message).join('; '));
    const { execution } = started.value;
    const outcome = host.ended(execution);
    outcome.catch(() => {});
    return { host, run: { execution, folder: join(this.runs, execution) }, events, outcome };
  }

  async run(
    plan: Plan,
    steps: Parameters<typeof fakeExecutors>[0] = {},
    more: Parameters<Machine['start']>[2] = {},
  ): Promise<Finished> {
    const fake = fakeExecutors({ 'Source/Source': SOURCE, ...steps });
    const { run, events, outcome } = await this.start(plan, fake, more);
    let broke: RunnerBroke | undefined;
    const result = await outcome.catch((cause) => {
      if (!(cause instanceof RunnerBroke)) throw cause;
      broke = cause;
      return cause.outcome;
    });
    const own = events.filter((event) => event.execution === run.execution);
    return { outcome: result, broke, events, fake, state: runState(own), folder: run.folder };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const SOURCE: FakeStep = { variables: { CommitId: COMMIT, BranchName: 'develop' }, externalId: COMMIT };

export interface Finished {
  readonly outcome: PipelineOutcome;
  readonly broke: RunnerBroke | undefined;
  readonly events: readonly Event[];
  readonly fake: Fake;
  readonly state: RunState;
  readonly folder: string;
}

/** `Build Succeeded`, `Test Skipped` … */
export const stageStatuses = (state: RunState): string[] => state.stages.map(({ name, status }) => `${name} ${status}`);

export const actionStatuses = (state: RunState): Record<string, string> =>
  Object.fromEntries(state.stages.flatMap(({ actions }) => actions.map(({ id, status }) => [id, status])));

/** Every started thing has exactly one end for each of its starts, ends come after starts, and the pipeline's is the last. */
export function unended(events: readonly Event[]): string[] {
  const open: string[] = [];
  for (const event of events) {
    const id = 'action' in event ? event.action : 'stage' in event ? event.stage : event.execution;
    const goesOn = event.kind === 'pipeline-resumed' || event.kind === 'condition-overridden';
    if (goesOn && !open.includes(event.execution)) open.push(event.execution);
    else if (goesOn) continue;
    else if (event.kind === 'pipeline-started' || event.kind === 'stage-started' || event.kind === 'action-started')
      open.push(id);
    if (event.kind === 'pipeline-ended' || event.kind === 'stage-ended' || event.kind === 'action-ended') {
      const at = open.lastIndexOf(id);
      if (at < 0) open.push(`${id} ended without a start`);
      else open.splice(at, 1);
    }
  }
  if (events.at(-1)?.kind !== 'pipeline-ended') open.push('the last event is not the end of the pipeline');
  return open;
}
