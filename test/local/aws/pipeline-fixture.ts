import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../lib/local/clock';
import { approvalExecutor } from '../../../lib/local/executors/approval';
import { type Fake, type FakeStep, fakeExecutors } from '../../../lib/local/executors/fake';
import { createPipelineHost } from '../../../lib/local/pipelines/create';
import type { PipelineHost } from '../../../lib/local/pipelines/host';
import type { Plan } from '../../../lib/local/plan';
import { planOf } from '../plan/delivery-assembly';

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
/** Of the first attempt of each action. */
export const BUILD_ID = 'visits-build:11111111-2222-4333-8444-555555555555';

/** What the actions of the delivery assembly do, if a test says nothing else. */
const STEPS: Readonly<Record<string, FakeStep>> = {
  'Source/Source': {
    variables: { CommitId: COMMIT, CommitMessage: 'A change', BranchName: 'develop', RepositoryName: 'visits' },
    externalId: COMMIT,
  },
  'Build/Build': {
    variables: { TESTED: 'no', VERSION: '1.2.3-abc' },
    externalId: BUILD_ID,
    output: ['one', 'two ERROR', 'three'],
    reports: [
      { kind: 'fact', name: 'buildId', value: BUILD_ID },
      { kind: 'phase-started', phase: 'BUILD' },
      { kind: 'phase-ended', phase: 'BUILD', status: 'SUCCEEDED' },
      {
        kind: 'report',
        report: {
          type: 'TEST',
          name: 'unit',
          total: 3,
          passed: 3,
          failed: 0,
          skipped: 0,
          duration: 1.5,
          failures: [],
          notRun: [],
        },
      },
    ],
  },
  'Test/Image': { variables: { IMAGE_DIGEST: 'sha256:aa' } },
};

export interface HostedPipeline {
  readonly host: PipelineHost;
  readonly fake: Fake;
  /** For EndpointOptions. */
  readonly pipelines: () => ReadonlyMap<string, PipelineHost>;
  /** Starts an execution; gives its id. */
  start(): Promise<string>;
  /** Ends when somebody is asked for approval in the execution. */
  asked(execution: string): Promise<void>;
  close(): Promise<void>;
}

/** The pipeline of the delivery assembly on a real host, with actions that do what they are told. */
export async function hostedPipeline(
  steps: Readonly<Record<string, FakeStep | readonly FakeStep[]>> = {},
  plan: Plan = planOf(),
): Promise<HostedPipeline> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'slipway-hosted-'));
  const fake = fakeExecutors({ ...STEPS, ...steps });
  const host = await createPipelineHost({
    plan,
    executors: { ...fake.executors, approval: approvalExecutor({ clock: systemClock }) },
    rules: { alarmState: () => 'OK', clock: systemClock },
    stateFolder,
  });
  return {
    host,
    fake,
    pipelines: () => new Map([[plan.pipeline, host]]),
    async start() {
      const started = await host.start({ trigger: { type: 'StartPipelineExecution', detail: 'test' } });
      if (!started.ok) throw new Error(JSON.stringify(started.errors));
      return started.value.execution;
    },
    asked: (execution) =>
      new Promise((resolve) => {
        const isAsked = (): boolean =>
          host.execution(execution)?.state.stages.some(({ actions }) => actions.some(({ approval }) => approval)) ??
          false;
        if (isAsked()) return resolve();
        const leave = host.subscribe(() =>
          setImmediate(() => {
            if (!isAsked()) return;
            leave();
            resolve();
          }),
        );
      }),
    async close() {
      await host.close('stopped');
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
