import { batchProblem } from '../codebuild/batch-rules';
import { DEFAULT_BUILDSPEC } from '../codebuild/buildspec-source';
import { checkSecretReference } from '../codebuild/secret-reference';
import type { CodeBuildAction, EnvironmentVariable, PlannedBatch } from '../plan';
import { readBuildspec, readBuildspecText } from './buildspec';
import { KEYS } from './keys';
import type { Node } from './node';
import type { ReadProject } from './project';

/** Default and range of a batch's timeout, in minutes. Source: CodeBuild API, ProjectBuildBatchConfig. */
const BATCH_MINUTES = { fallback: 480, least: 5, most: 2160 };

/**
 * What an action says about its build beyond the project: which buildspec, one build or a batch (CodePipeline user guide,
 * action-reference-CodeBuild). `produces`: the variables that its buildspec exports; undefined: known only when it runs.
 */
export function readBuildChoices(
  configuration: Node,
  { read, environment, outputs }: ActionParts,
): {
  choices: Pick<CodeBuildAction, 'buildspecOverride' | 'batch'>;
  produces: readonly string[] | undefined;
} {
  const override = configuration.member('BuildspecOverride');
  const buildspecOverride = readBuildspecText(override);
  const holdsVariables = buildspecOverride?.includes('#{') ?? false;
  const buildspec =
    buildspecOverride !== undefined
      ? holdsVariables
        ? undefined
        : readBuildspec(override)
      : read.buildspec && readBuildspec(read.buildspec, DEFAULT_BUILDSPEC);
  checkSecrets(configuration.member('EnvironmentVariables'), environment);
  const enabled = configuration.member('BatchEnabled');
  const isBatch = enabled.flag() ?? false;
  const combine = configuration.member('CombineArtifacts');
  const combines = combine.flag();
  if (combines && !isBatch) combine.fail('Only the artifacts of a batch can be combined; set BatchEnabled to true.');
  const batch = isBatch ? readBatch(enabled, read, combines) : undefined;
  if (batch && buildspec) {
    const problem = buildspec.batch
      ? batchProblem({ outputs, project: read.project }, batch, buildspec.batch.tasks)
      : 'the buildspec has no batch section; add one, or remove BatchEnabled';
    if (problem !== undefined) enabled.fail(`The batch cannot run: ${problem}.`);
  }
  const secret = read.project.environment.filter(({ type }) => type !== 'PLAINTEXT').map(({ name }) => name);
  const exported = buildspec?.exportedVariables.filter((name) => !secret.includes(name));
  return {
    choices: { ...(buildspecOverride !== undefined && { buildspecOverride }), ...(batch && { batch }) },
    // API BuildBatch has no exported variables.
    produces: isBatch ? [] : exported,
  };
}

interface ActionParts {
  readonly read: ReadProject;
  readonly environment: readonly EnvironmentVariable[];
  readonly outputs: readonly string[];
}

function readBatch(enabled: Node, read: ReadProject, combines: boolean | undefined): PlannedBatch {
  const { fallback, least, most } = BATCH_MINUTES;
  const config = read.batch;
  if (config === undefined || config.absent) {
    if (config !== undefined)
      enabled.fail(
        'The project has no BuildBatchConfig, so CodeBuild refuses a batch; give it one with a ServiceRole.',
      );
    return { combineArtifacts: combines ?? false, timeoutMinutes: fallback };
  }
  config.object(KEYS.batchConfig);
  config.member('ServiceRole').requiredText();
  const restrictions = config.member('Restrictions').object(KEYS.batchRestrictions);
  const mostBuilds = restrictions.member('MaximumBuildsAllowed').integer(1, 100);
  const types = restrictions.member('ComputeTypesAllowed');
  const computeTypes = types.absent ? undefined : types.items().map((item) => item.requiredText());
  return {
    combineArtifacts: combines ?? config.member('CombineArtifacts').flag() ?? false,
    timeoutMinutes: config.member('TimeoutInMins').integer(least, most) ?? fallback,
    ...(mostBuilds !== undefined && { mostBuilds }),
    ...(computeTypes !== undefined && { computeTypes }),
  };
}

function checkSecrets(node: Node, environment: readonly EnvironmentVariable[]): void {
  for (const { name, value, type } of environment) {
    const problem = type !== 'SECRETS_MANAGER' || value.includes('#{') ? undefined : checkSecretReference(value);
    if (problem !== undefined) node.fail(`Variable ${name}: ${problem}.`);
  }
}
