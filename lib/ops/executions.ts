import {
  GetPipelineExecutionCommand,
  ListPipelineExecutionsCommand,
  type PipelineExecution,
  type PipelineExecutionSummary,
} from '@aws-sdk/client-codepipeline';
import { ok, type Result } from '../result';
import type { Aws } from './aws';
import type { OpsError } from './ops-error';
import { oneLine } from './text';

/** A pipeline execution as people want it. Times are ISO 8601. */
export interface Execution {
  readonly execution: string;
  readonly status: string;
  readonly reason?: string;
  readonly type: 'STANDARD' | 'ROLLBACK';
  /** The execution that a rollback brings back. */
  readonly target?: string;
  readonly started?: string;
  readonly updated?: string;
  readonly trigger?: { readonly type: string; readonly detail: string };
  readonly stopReason?: string;
  readonly revisions: readonly Revision[];
}

export interface Revision {
  /** Name of the source action; of the artifact, where the API tells only that. */
  readonly source: string;
  readonly id: string;
  /** First line of the commit's message. */
  readonly message?: string;
  readonly link?: string;
}

/** The newest executions, newest first. */
export async function listExecutions(
  aws: Aws,
  pipeline: string,
  { most = 100, succeededIn }: { readonly most?: number; readonly succeededIn?: string } = {},
): Promise<Result<readonly Execution[], OpsError>> {
  const found: Execution[] = [];
  let nextToken: string | undefined;
  do {
    const page = await aws.call('codepipeline:ListPipelineExecutions', (options) =>
      aws.codepipeline.send(
        new ListPipelineExecutionsCommand({
          pipelineName: pipeline,
          maxResults: Math.min(100, most),
          ...(succeededIn !== undefined && { filter: { succeededInStage: { stageName: succeededIn } } }),
          ...(nextToken !== undefined && { nextToken }),
        }),
        options,
      ),
    );
    if (!page.ok) return page;
    found.push(...(page.value.pipelineExecutionSummaries ?? []).map(fromSummary));
    nextToken = page.value.nextToken;
  } while (nextToken && found.length < most);
  return ok(found.slice(0, most));
}

/** One execution, and the version of the pipeline that it ran in. */
export async function getExecution(
  aws: Aws,
  pipeline: string,
  execution: string,
): Promise<Result<Execution & { readonly version?: number }, OpsError>> {
  const answer = await aws.call('codepipeline:GetPipelineExecution', (options) =>
    aws.codepipeline.send(
      new GetPipelineExecutionCommand({ pipelineName: pipeline, pipelineExecutionId: execution }),
      options,
    ),
  );
  return answer.ok ? ok(fromExecution(answer.value.pipelineExecution ?? {}, execution)) : answer;
}

export const isRunning = ({ status }: Pick<Execution, 'status'>): boolean =>
  status === 'InProgress' || status === 'Stopping';

/** ListPipelineExecutions' shape (API: PipelineExecutionSummary). */
export function fromSummary(summary: PipelineExecutionSummary): Execution {
  return {
    ...common(summary),
    execution: summary.pipelineExecutionId ?? '',
    ...(summary.startTime && { started: summary.startTime.toISOString() }),
    ...(summary.lastUpdateTime && { updated: summary.lastUpdateTime.toISOString() }),
    ...(summary.stopTrigger?.reason && { stopReason: oneLine(summary.stopTrigger.reason) }),
    revisions: (summary.sourceRevisions ?? []).map(({ actionName, revisionId, revisionSummary, revisionUrl }) =>
      revision(actionName, revisionId, revisionSummary, revisionUrl),
    ),
  };
}

/** GetPipelineExecution's shape (API: PipelineExecution); it tells no times. */
export function fromExecution(execution: PipelineExecution, id: string): Execution & { readonly version?: number } {
  return {
    ...common(execution),
    execution: execution.pipelineExecutionId ?? id,
    ...(execution.pipelineVersion !== undefined && { version: execution.pipelineVersion }),
    revisions: (execution.artifactRevisions ?? []).map(({ name, revisionId, revisionSummary, revisionUrl }) =>
      revision(name, revisionId, revisionSummary, revisionUrl),
    ),
  };
}

function common(of: PipelineExecutionSummary | PipelineExecution) {
  const target = of.rollbackMetadata?.rollbackTargetPipelineExecutionId;
  return {
    status: of.status ?? 'InProgress',
    ...(of.statusSummary && { reason: oneLine(of.statusSummary) }),
    type: of.executionType ?? ('STANDARD' as const),
    ...(target !== undefined && { target }),
    ...(of.trigger?.triggerType && {
      trigger: { type: of.trigger.triggerType, detail: of.trigger.triggerDetail ?? '' },
    }),
  };
}

function revision(source = '', id = '', summary?: string, link?: string): Revision {
  const message = summary === undefined ? '' : commitMessage(summary);
  return { source, id, ...(message && { message }), ...(link && { link }) };
}

/** Sources behind a connection put JSON into the summary: `{"ProviderType":"GitHub","CommitMessage":"…"}`. */
function commitMessage(summary: string): string {
  if (summary.startsWith('{')) {
    try {
      const { CommitMessage: message } = JSON.parse(summary) as { CommitMessage?: unknown };
      if (typeof message === 'string') return firstLine(message);
    } catch {
      // A commit's message may begin with a brace.
    }
  }
  return firstLine(summary);
}

const firstLine = (text: string): string => oneLine(text.trim().split(/\r?\n/)[0] ?? '');
