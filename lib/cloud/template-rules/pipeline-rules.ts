import { type Json, list, type TemplateRule } from './template';

/** Longest value of an action's configuration (API ActionConfigurationValue). */
const MAX_CONFIGURATION_VALUE = 1000;

/** Action providers that a pipeline of ours may use. */
const PROVIDERS = new Set([
  'Source/AWS/CodeCommit',
  'Source/AWS/CodeStarSourceConnection',
  'Build/AWS/CodeBuild',
  'Test/AWS/CodeBuild',
  'Approval/AWS/Manual',
  'Invoke/AWS/Lambda',
]);

/** Rules that may skip a stage (CodePipeline user guide, stage-conditions). */
const SKIPPING_RULES = new Set(['LambdaInvoke', 'VariableCheck']);

const HOOKS = ['BeforeEntry', 'OnSuccess', 'OnFailure'];

const rule = (id: string, description: string, check: (pipeline: Json) => string | undefined): TemplateRule => ({
  id,
  description,
  types: ['AWS::CodePipeline::Pipeline'],
  check,
});

/** What neither CDK nor CloudFormation's linters check, and what would fail or misbehave only on AWS. */
export const PIPELINE_RULES: readonly TemplateRule[] = [
  rule('pipeline-providers', 'Every action has a provider that is known.', (pipeline) => {
    const unknown = actions(pipeline).filter((action) => !PROVIDERS.has(provider(action)));
    return unknown.length === 0 ? undefined : `unknown provider ${unknown.map(provider).join(', ')}`;
  }),
  rule('pipeline-type', 'Conditions, triggers and execution modes need a V2 pipeline.', (pipeline) =>
    pipeline.PipelineType === 'V2' ? undefined : 'PipelineType must be V2',
  ),
  rule('queued', 'Executions queue: each push is delivered, in order.', (pipeline) =>
    pipeline.ExecutionMode === 'QUEUED'
      ? undefined
      : 'ExecutionMode must be QUEUED: PARALLEL builds the head of a CodeCommit branch and knows no rollback',
  ),
  rule('no-polling', 'A CodeCommit source does not poll.', (pipeline) =>
    actions(pipeline).some(
      (action) =>
        action.ActionTypeId?.Provider === 'CodeCommit' &&
        String(action.Configuration?.PollForSourceChanges) !== 'false',
    )
      ? 'PollForSourceChanges must be false: each push would start the pipeline twice'
      : undefined,
  ),
  rule('skip-conditions', 'A stage is skipped only by a rule that can skip.', (pipeline) => {
    const wrong = conditions(pipeline)
      .filter((condition) => condition.Result === 'SKIP')
      .flatMap((condition) => list(condition.Rules))
      .filter((entry) => !SKIPPING_RULES.has(entry.RuleTypeId?.Provider));
    return wrong.length === 0 ? undefined : `SKIP works with ${[...SKIPPING_RULES].join(' and ')} only`;
  }),
  rule('retry-or-conditions', 'Automatic retry and conditions on failure exclude each other.', (pipeline) =>
    list(pipeline.Stages).some(
      ({ OnFailure: failure }) => failure?.Result === 'RETRY' && list(failure.Conditions).length > 0,
    )
      ? 'OnFailure has both RETRY and Conditions'
      : undefined,
  ),
  rule('source-stays', 'The source stage is never rolled back.', (pipeline) =>
    [list(pipeline.Stages)[0]?.OnFailure, ...list(list(pipeline.Stages)[0]?.OnFailure?.Conditions)].some(
      (hook) => hook?.Result === 'ROLLBACK',
    )
      ? 'the source stage has ROLLBACK'
      : undefined,
  ),
  rule('restore-on-failure', 'A condition on failure brings something back itself, by a build.', (pipeline) => {
    const idle = list(pipeline.Stages)
      .flatMap(({ OnFailure: failure }) => list(failure?.Conditions))
      .flatMap((condition) => list(condition.Rules))
      .filter((entry) => entry.RuleTypeId?.Provider !== 'CodeBuild');
    return idle.length === 0
      ? undefined
      : `${idle.map(({ Name: name }) => name).join(', ')}: AWS documents two opposite meanings of its result, so a rule that only looks may end either way; use CodeBuild`;
  }),
  rule(
    'configuration-length',
    `A configuration value has at most ${MAX_CONFIGURATION_VALUE} characters.`,
    (pipeline) => {
      const long = actions(pipeline).flatMap((action) =>
        Object.entries(action.Configuration ?? {})
          .filter(([, value]) => typeof value === 'string' && value.length > MAX_CONFIGURATION_VALUE)
          .map(([key]) => `${action.Name}.${key}`),
      );
      return long.length === 0 ? undefined : `too long: ${long.join(', ')}`;
    },
  ),
];

const actions = (pipeline: Json): Json[] => list(pipeline.Stages).flatMap((stage) => list(stage.Actions));

const provider = ({ ActionTypeId: type }: Json): string => `${type?.Category}/${type?.Owner}/${type?.Provider}`;

const conditions = (pipeline: Json): Json[] =>
  list(pipeline.Stages).flatMap((stage) => HOOKS.flatMap((hook) => list(stage[hook]?.Conditions)));
