import type {
  ActionExecutionDetail,
  ArtifactDetail,
  ListActionExecutionsInput,
  ListActionExecutionsOutput,
} from '@aws-sdk/client-codepipeline';
import { ok } from '../../../result';
import type { PipelineHost } from '../../pipelines/host';
import { resolveText } from '../../variables';
import { type Attempt, externalIdOf } from '../attempts/attempts';
import { pageOf } from '../paging';
import { type Operation, takes } from '../service';
import { artifactDetail } from './artifact-objects';
import type { PipelineContext } from './context';
import { declaredAction } from './declaration';
import { findExecutions, invalidToken } from './executions';
import { errorDetails, logStream } from './pipeline-state';
import { actionStatus, summary } from './statuses';

const LARGEST_PAGE = 100;

/** Every start of every action, the newest first (CodePipeline API reference, ListActionExecutions). */
export const actionExecutionOperations = (context: PipelineContext): Readonly<Record<string, Operation>> => ({
  ListActionExecutions: takes<ListActionExecutionsInput, ListActionExecutionsOutput>()(
    ['pipelineName', 'filter', 'maxResults', 'nextToken'],
    ({ pipelineName = '', filter = {}, maxResults = LARGEST_PAGE, nextToken }) => {
      const found = findExecutions(context, pipelineName, filter);
      if (!found.ok) return found;
      const { host, view } = found.value;
      const rules = ruleIds(host);
      const starts = (view ? context.attempts.of(host, view) : context.attempts.all(host)).filter(
        ({ state }) => !rules.has(state.id),
      );
      const latest = filter.latestInPipelineExecution?.startTimeRange === 'Latest' ? lastOnes(starts) : starts;
      const page = pageOf(latest, ({ id }) => id, maxResults, nextToken);
      if (!page.ok) return invalidToken(page.errors);
      const { items, ...rest } = page.value;
      return ok({ actionExecutionDetails: items.map((attempt) => describe(context, host, attempt)), ...rest });
    },
  ),
});

/** Ids of what runs as an action but is a rule of a condition. */
const ruleIds = ({ plan }: PipelineHost): ReadonlySet<string> =>
  new Set(
    plan.stages.flatMap(({ name, beforeEntry, onSuccess, onFailure }) =>
      [beforeEntry, onSuccess, onFailure?.condition].flatMap((condition) =>
        (condition?.rules ?? []).map((rule) => `${name}/${rule.name}`),
      ),
    ),
  );

/** Of each action its newest start alone. */
const lastOnes = (attempts: readonly Attempt[]): readonly Attempt[] =>
  attempts.filter(({ state }, index) => attempts.findIndex((other) => other.state.id === state.id) === index);

function describe(context: PipelineContext, host: PipelineHost, attempt: Attempt): ActionExecutionDetail {
  const { view, state, stage, name } = attempt;
  const declared = declaredAction(host.plan, stage, name);
  const external = externalIdOf(attempt) ?? state.approval?.token;
  const revision = view.revisions.find(({ action }) => action === name);
  const said = state.answer?.summary || revision?.summary || (state.status === 'Failed' ? undefined : state.reason);
  const configuration = declared?.configuration;
  const artifacts = (names: readonly string[]): ArtifactDetail[] =>
    names.map((artifact) => artifactDetail(host, view.execution, artifact));
  const updated = state.endedAt ?? state.phases.at(-1)?.startedAt ?? state.startedAt;
  return {
    pipelineExecutionId: view.execution,
    actionExecutionId: attempt.id,
    pipelineVersion: view.version,
    stageName: stage,
    actionName: name,
    ...(state.startedAt !== undefined && { startTime: new Date(state.startedAt) }),
    ...(updated !== undefined && { lastUpdateTime: new Date(updated) }),
    ...(state.answer?.by !== undefined && { updatedBy: state.answer.by }),
    status: actionStatus(state.status),
    input: {
      ...(declared && { actionTypeId: declared.actionTypeId }),
      ...(configuration && {
        configuration,
        resolvedConfiguration: resolved(host, attempt, configuration),
      }),
      ...(declared?.roleArn !== undefined && { roleArn: declared.roleArn }),
      region: declared?.region ?? context.region,
      inputArtifacts: artifacts(state.inputs ?? attempt.planned?.inputs ?? []),
      ...(declared?.namespace !== undefined && { namespace: declared.namespace }),
    },
    output: {
      outputArtifacts: artifacts(Object.keys(state.artifacts)),
      executionResult: {
        ...(external !== undefined && { externalExecutionId: external }),
        ...(said !== undefined && said !== '' && { externalExecutionSummary: summary(said) }),
        ...errorDetails(attempt),
        ...logStream(context, attempt),
      },
      outputVariables: { ...state.variables },
    },
  };
}

/** The configuration with every `#{…}` that is known by now in its place; a value with one that is not is left out. */
function resolved(
  { plan }: PipelineHost,
  { view }: Attempt,
  configuration: Readonly<Record<string, string>>,
): Record<string, string> {
  const { state } = view;
  const scope = new Map<string, Readonly<Record<string, string>>>([
    ['codepipeline', { PipelineExecutionId: view.execution }],
    ['variables', state.variables],
  ]);
  for (const stage of plan.stages)
    for (const { id, namespace } of stage.actions) {
      const ended = state.stages.flatMap(({ actions }) => actions).find((action) => action.id === id);
      if (namespace !== undefined && ended?.status === 'Succeeded') scope.set(namespace, ended.variables);
    }
  return Object.fromEntries(
    Object.entries(configuration).flatMap(([key, value]) => {
      const text = resolveText(value, scope);
      return text.ok ? [[key, text.value]] : [];
    }),
  );
}
