import { type ActionExecutionDetail, ListActionExecutionsCommand } from '@aws-sdk/client-codepipeline';
import { ok, type Result } from '../result';
import type { Aws } from './aws';
import type { OpsError } from './ops-error';
import { oneLine } from './text';

/** One run of an action (API: ActionExecutionDetail). Times are ISO 8601. */
export interface ActionExecution {
  readonly id: string;
  readonly stage: string;
  readonly action: string;
  readonly status: string;
  readonly started?: string;
  readonly ended?: string;
  /** `Source`, `Build`, `Approval` … and `CodeBuild`, `Manual` … */
  readonly category: string;
  readonly provider: string;
  /** With every `#{…}` resolved. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly externalId?: string;
  readonly link?: string;
  readonly summary?: string;
  readonly error?: string;
  /** `<bucket>/<key>` of its first input artifact. */
  readonly input?: string;
  /** Where an action that CodePipeline runs by itself (Commands, EKS …) writes its log. */
  readonly logStream?: string;
}

/** The runs of an execution's actions, in the order in which they started; an action that was retried has several. */
export async function listActions(
  aws: Aws,
  pipeline: string,
  execution: string,
): Promise<Result<readonly ActionExecution[], OpsError>> {
  const found: ActionExecution[] = [];
  let nextToken: string | undefined;
  do {
    const page = await aws.call('codepipeline:ListActionExecutions', (options) =>
      aws.codepipeline.send(
        new ListActionExecutionsCommand({
          pipelineName: pipeline,
          filter: { pipelineExecutionId: execution },
          maxResults: 100,
          ...(nextToken !== undefined && { nextToken }),
        }),
        options,
      ),
    );
    if (!page.ok) return page;
    found.push(...(page.value.actionExecutionDetails ?? []).map(actionExecution));
    nextToken = page.value.nextToken;
  } while (nextToken);
  // Newest first, says the API; sorting keeps the order of equal times.
  return ok(found.reverse().sort((a, b) => order(a.started ?? '', b.started ?? '')));
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function actionExecution(detail: ActionExecutionDetail): ActionExecution {
  const { input, output, startTime, lastUpdateTime, status = 'InProgress' } = detail;
  const result = output?.executionResult;
  const at = input?.inputArtifacts?.[0]?.s3location;
  const error =
    result?.errorDetails && [result.errorDetails.code, result.errorDetails.message].filter(Boolean).join(': ');
  return {
    id: detail.actionExecutionId ?? '',
    stage: detail.stageName ?? '',
    action: detail.actionName ?? '',
    status,
    ...(startTime && { started: startTime.toISOString() }),
    ...(lastUpdateTime && status !== 'InProgress' && { ended: lastUpdateTime.toISOString() }),
    category: input?.actionTypeId?.category ?? '',
    provider: input?.actionTypeId?.provider ?? '',
    configuration: { ...input?.configuration, ...input?.resolvedConfiguration },
    ...(result?.externalExecutionId && { externalId: result.externalExecutionId }),
    ...(result?.externalExecutionUrl && { link: result.externalExecutionUrl }),
    ...(result?.externalExecutionSummary && { summary: oneLine(result.externalExecutionSummary) }),
    ...(error && { error: oneLine(error) }),
    ...(at?.bucket && at.key && { input: `${at.bucket}/${at.key}` }),
    ...(result?.logStreamARN && { logStream: result.logStreamARN }),
  };
}
