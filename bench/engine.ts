import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noAlarms } from '../lib/local/engine/rules/rule';
import type { Executor, Executors } from '../lib/local/executor';
import { createPipelineHost } from '../lib/local/pipelines/create';
import type { LambdaAction, Plan, PlannedAction } from '../lib/local/plan';
import { type Figure, sideBySide } from './measure';

const actions = 100;

const spawnTrue = () =>
  new Promise<void>((resolve, reject) => {
    const child = spawn('/bin/true', { stdio: 'ignore' });
    child.on('error', reject);
    child.on('close', () => resolve());
  });

/** An action of the engine that does what the yardstick does: one process. */
const spawning: Executor<PlannedAction> = {
  execute: async () => {
    await spawnTrue();
    return { status: 'Succeeded', variables: {}, artifacts: {} };
  },
};

const executors: Executors = {
  codecommit: spawning,
  connection: spawning,
  codebuild: spawning,
  approval: spawning,
  lambda: spawning,
  commands: spawning,
  's3-deploy': spawning,
  'ecr-build': spawning,
  eks: spawning,
  'pipeline-invoke': spawning,
  cloudformation: spawning,
};

/** The engine with its journal on disk, against bare spawns of the same processes from Node. */
export async function engineFigures(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  try {
    const engine = async (plan: Plan) => {
      const host = await createPipelineHost({ plan, executors, rules: noAlarms, stateFolder: folder });
      return async () => {
        const started = await host.start({ trigger: { type: 'StartPipelineExecution', detail: 'bench' } });
        if (!started.ok) throw new Error(started.errors.map(({ message }) => message).join('; '));
        const outcome = await host.ended(started.value.execution);
        if (outcome.status !== 'Succeeded') throw new Error(`the run ${outcome.status}: ${outcome.reason}`);
      };
    };
    const parallel = await sideBySide(7, await engine(planOf('parallel', () => 1)), async () => {
      await Promise.all(Array.from({ length: actions }, spawnTrue));
    });
    const sequential = await sideBySide(7, await engine(planOf('sequential', (index) => index + 1)), async () => {
      for (let index = 0; index < actions; index++) await spawnTrue();
    });
    return [
      { name: `engine, ${actions} parallel actions`, ...parallel, against: 'spawns from Node, at once', aim: 2 },
      { name: `engine, ${actions} sequential actions`, ...sequential, against: 'spawns from Node, in a row', aim: 2 },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function planOf(pipeline: string, runOrder: (index: number) => number): Plan {
  const action = (index: number): LambdaAction => ({
    kind: 'lambda',
    id: `Stage/Action${index}`,
    stage: 'Stage',
    name: `Action${index}`,
    runOrder: runOrder(index),
    inputs: [],
    outputs: [],
    function: {
      name: 'true',
      logicalId: 'True',
      arn: 'arn:aws:lambda:eu-west-1:111122223333:function:true',
      handler: 'index.handler',
      runtime: 'nodejs22.x',
      code: '/',
      environment: {},
      timeoutSeconds: 60,
      roleArn: 'arn:aws:iam::111122223333:role/true',
    },
  });
  return {
    pipeline,
    logicalId: 'Bench',
    stack: 'Bench',
    structure: 'bench',
    executionMode: 'QUEUED',
    variables: [],
    stages: [{ name: 'Stage', actions: Array.from({ length: actions }, (_, index) => action(index)) }],
  };
}
