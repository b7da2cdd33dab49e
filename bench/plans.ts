import type { CodeBuildAction, LambdaAction, Plan, PlannedAction } from '../lib/local/plan';

/** How the actions of a pipeline stand to each other. In a chain each one takes the artifact that the one before made. */
export type Shape = 'parallel' | 'sequential' | 'chain';

const base = { inputs: [] as readonly string[], outputs: [] as readonly string[] };

/** Names of an action's artifacts in a shape. */
function artifacts(shape: Shape, index: number): { inputs: readonly string[]; outputs: readonly string[] } {
  if (shape !== 'chain') return base;
  return { inputs: index === 0 ? [] : [`Made${index - 1}`], outputs: [`Made${index}`] };
}

/** A pipeline of `count` actions, each one whatever the executor for Lambda makes of it. */
export function plainPlan(shape: Shape, count: number): Plan {
  const action = (index: number): LambdaAction => ({
    kind: 'lambda',
    id: `Stage/Action${index}`,
    stage: 'Stage',
    name: `Action${index}`,
    runOrder: shape === 'parallel' ? 1 : index + 1,
    ...artifacts(shape, index),
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
  return planOf(`${shape}-${count}`, { Stage: Array.from({ length: count }, (_, index) => action(index)) });
}

/** A pipeline of a source and `count` builds of one command. Of a chain each one waits for the one before. */
export function buildPlan(shape: Shape, count: number, command = 'true'): Plan {
  const build = (index: number): CodeBuildAction => ({
    kind: 'codebuild',
    id: `Jobs/Job${index}`,
    stage: 'Jobs',
    name: `Job${index}`,
    runOrder: shape === 'parallel' ? 1 : index + 1,
    inputs: ['Source'],
    outputs: [],
    environment: [],
    project: {
      name: 'bench',
      logicalId: 'Bench',
      arn: 'arn:aws:codebuild:eu-west-1:111122223333:project/bench',
      roleArn: 'arn:aws:iam::111122223333:role/bench',
      image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
      computeType: 'BUILD_GENERAL1_SMALL',
      privileged: false,
      buildspec: JSON.stringify({ version: 0.2, phases: { build: { commands: [command] } } }),
      environment: [],
      timeoutMinutes: 60,
    },
  });
  const source: PlannedAction = {
    ...base,
    kind: 'codecommit',
    id: 'Source/Source',
    stage: 'Source',
    name: 'Source',
    runOrder: 1,
    outputs: ['Source'],
    repository: 'bench',
    branch: 'main',
  };
  return planOf(`builds-${shape}-${count}`, {
    Source: [source],
    Jobs: Array.from({ length: count }, (_, index) => build(index)),
  });
}

const planOf = (pipeline: string, stages: Readonly<Record<string, readonly PlannedAction[]>>): Plan => ({
  pipeline,
  logicalId: 'Bench',
  stack: 'Bench',
  structure: pipeline,
  executionMode: 'QUEUED',
  variables: [],
  stages: Object.entries(stages).map(([name, actions]) => ({ name, actions })),
});
