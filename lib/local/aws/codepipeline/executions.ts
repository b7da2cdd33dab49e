import type {
  ActionExecutionFilter,
  GetPipelineExecutionInput,
  GetPipelineExecutionOutput,
  ListPipelineExecutionsInput,
  ListPipelineExecutionsOutput,
  PipelineExecution,
  PipelineExecutionSummary,
  RuleExecutionFilter,
} from '@aws-sdk/client-codepipeline';
import { err, ok, type Result } from '../../../result';
import type { ExecutionView, PipelineHost } from '../../pipelines/host';
import { pageOf } from '../paging';
import { type AwsError, type Operation, takes } from '../service';
import { findPipeline, type PipelineContext } from './context';
import { summary } from './statuses';

const LARGEST_PAGE = 100;

/** Executions as a list and one by one (CodePipeline API reference). */
export const executionOperations = (context: PipelineContext): Readonly<Record<string, Operation>> => ({
  ListPipelineExecutions: takes<ListPipelineExecutionsInput, ListPipelineExecutionsOutput>()(
    ['pipelineName', 'maxResults', 'filter', 'nextToken'],
    ({ pipelineName = '', maxResults = LARGEST_PAGE, filter, nextToken }) => {
      const host = findPipeline(context, pipelineName);
      if (!host.ok) return host;
      const stage = filter?.succeededInStage?.stageName;
      if (stage !== undefined && !host.value.plan.stages.some(({ name }) => name === stage))
        return err({ code: 'ValidationException', message: `Pipeline ${pipelineName} has no stage named ${stage}` });
      const found = host.value.executions().filter((view) => stage === undefined || succeededIn(view, stage));
      const page = pageOf(found, ({ execution }) => execution, maxResults, nextToken);
      if (!page.ok) return invalidToken(page.errors);
      const { items, ...rest } = page.value;
      return ok({ pipelineExecutionSummaries: items.map((view) => summaryOf(host.value, view)), ...rest });
    },
  ),
  GetPipelineExecution: takes<GetPipelineExecutionInput, GetPipelineExecutionOutput>()(
    ['pipelineName', 'pipelineExecutionId'],
    ({ pipelineName = '', pipelineExecutionId = '' }) => {
      const host = findPipeline(context, pipelineName);
      if (!host.ok) return host;
      const view = host.value.execution(pipelineExecutionId);
      if (!view) return noExecution(pipelineName, pipelineExecutionId);
      return ok({ pipelineExecution: describe(host.value, view) });
    },
  ),
});

export const invalidToken = (errors: readonly string[]): Result<never, AwsError> =>
  err({ code: 'InvalidNextTokenException', message: errors.join('; ') });

export const noExecution = (pipeline: string, execution: string): Result<never, AwsError> =>
  err({
    code: 'PipelineExecutionNotFoundException',
    message: `Pipeline ${pipeline} has no execution with id ${execution}`,
  });

/** What the filter of a list of actions or rules asks for: one execution, or without `view` all of them. */
export function findExecutions(
  context: PipelineContext,
  pipeline: string,
  filter: ActionExecutionFilter | RuleExecutionFilter,
): Result<{ readonly host: PipelineHost; readonly view?: ExecutionView }, AwsError> {
  const host = findPipeline(context, pipeline);
  if (!host.ok) return host;
  const id = filter.pipelineExecutionId ?? filter.latestInPipelineExecution?.pipelineExecutionId;
  if (id === undefined) return ok({ host: host.value });
  const view = host.value.execution(id);
  return view ? ok({ host: host.value, view }) : noExecution(pipeline, id);
}

const succeededIn = ({ state }: ExecutionView, stage: string): boolean =>
  state.stages.some(({ name, status }) => name === stage && status === 'Succeeded');

function common({ plan }: PipelineHost, view: ExecutionView) {
  const { execution, status, reason, trigger, type, target } = view;
  return {
    pipelineExecutionId: execution,
    status,
    ...(reason !== undefined && { statusSummary: summary(reason) }),
    trigger: { triggerType: trigger.type, triggerDetail: trigger.detail.slice(0, 1024) },
    executionMode: view.state.executionMode ?? plan.executionMode,
    executionType: type,
    ...(target !== undefined && { rollbackMetadata: { rollbackTargetPipelineExecutionId: target } }),
  };
}

function summaryOf(host: PipelineHost, view: ExecutionView): PipelineExecutionSummary {
  return {
    ...common(host, view),
    startTime: new Date(view.started),
    lastUpdateTime: new Date(view.updated),
    sourceRevisions: view.revisions.map(({ action, id, summary: said }) => ({
      actionName: action,
      revisionId: id,
      ...(said !== undefined && { revisionSummary: summary(said) }),
    })),
    ...(view.stop && { stopTrigger: { reason: view.stop.reason ?? '' } }),
  };
}

function describe(host: PipelineHost, view: ExecutionView): PipelineExecution {
  return {
    ...common(host, view),
    pipelineName: host.plan.pipeline,
    pipelineVersion: view.version,
    artifactRevisions: view.revisions.map(({ artifact, id, summary: said }) => ({
      name: artifact,
      revisionId: id,
      ...(said !== undefined && { revisionSummary: summary(said) }),
    })),
    variables: Object.entries(view.state.variables).map(([name, resolvedValue]) => ({ name, resolvedValue })),
  };
}
