import {
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  type SourceRevisionOverride,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { err, ok, type Result } from '../result';
import type { Aws } from './aws';
import { type Execution, isRunning } from './executions';
import { type OpsError, refused, usage } from './ops-error';
import { noSuch } from './text';

/** Gives the id of the new execution. */
export async function startPipeline(
  aws: Aws,
  pipeline: string,
  request: {
    readonly variables?: Readonly<Record<string, string>>;
    readonly revisions?: readonly SourceRevisionOverride[];
  },
): Promise<Result<string, OpsError>> {
  const variables = Object.entries(request.variables ?? {}).map(([name, value]) => ({ name, value }));
  const revisions = request.revisions ?? [];
  const answer = await aws.call('codepipeline:StartPipelineExecution', (options) =>
    aws.codepipeline.send(
      new StartPipelineExecutionCommand({
        name: pipeline,
        ...(variables.length > 0 && { variables }),
        ...(revisions.length > 0 && { sourceRevisions: [...revisions] }),
      }),
      options,
    ),
  );
  return answer.ok ? ok(answer.value.pipelineExecutionId ?? '') : answer;
}

/**
 * What `--revision` says: `Action=commit`, `Action=sha256:…` (an image's digest), or with the type written out,
 * `Action=S3_OBJECT_VERSION_ID:…` (API: SourceRevisionOverride).
 */
export function sourceRevision(text: string): Result<SourceRevisionOverride, OpsError> {
  const [, actionName, value] = /^([A-Za-z0-9.@\-_]{1,100})=(.+)$/.exec(text) ?? [];
  if (actionName === undefined || value === undefined)
    return err(usage(`--revision ${text}: expected ACTION=COMMIT, e.g. Source=fcbd3b51…`));
  const [, type, rest] = /^(COMMIT_ID|IMAGE_DIGEST|S3_OBJECT_VERSION_ID|S3_OBJECT_KEY):(.+)$/.exec(value) ?? [];
  if (type !== undefined && rest !== undefined)
    return ok({ actionName, revisionType: type as SourceRevisionOverride['revisionType'], revisionValue: rest });
  const revisionType = value.startsWith('sha256:') ? 'IMAGE_DIGEST' : 'COMMIT_ID';
  return ok({ actionName, revisionType, revisionValue: value });
}

/** The execution to stop: the one whose id begins so; else the only one under way. */
export function chooseRunning(
  executions: readonly Execution[],
  wanted: string | undefined,
): Result<Execution, OpsError> {
  const running = executions.filter(isRunning);
  if (wanted !== undefined) {
    const fits = executions.filter(({ execution }) => execution.startsWith(wanted));
    const [only] = fits;
    if (!only) return err(usage(`no execution ${wanted}${underWay(running)}`));
    if (fits.length > 1) return err(usage(`several executions begin with ${wanted}: write more of the id`));
    return isRunning(only) ? ok(only) : err(refused(`execution ${only.execution} has ended: ${only.status}`));
  }
  const [only] = running;
  if (!only) return err(refused('no execution is under way'));
  return running.length === 1
    ? ok(only)
    : err(usage(`several executions are under way; name one with --execution${underWay(running)}`));
}

const underWay = (running: readonly Execution[]): string =>
  running.length === 0
    ? '; none is under way'
    : `:\n${running.map(({ execution, status }) => `  --execution ${execution}  ${status}`).join('\n')}`;

export async function stopExecution(
  aws: Aws,
  pipeline: string,
  execution: string,
  { abandon, reason }: { readonly abandon: boolean; readonly reason?: string },
): Promise<Result<void, OpsError>> {
  const answer = await aws.call('codepipeline:StopPipelineExecution', (options) =>
    aws.codepipeline.send(
      new StopPipelineExecutionCommand({
        pipelineName: pipeline,
        pipelineExecutionId: execution,
        abandon,
        ...(reason !== undefined && { reason }),
      }),
      options,
    ),
  );
  return answer.ok ? ok(undefined) : answer;
}

/** What the API takes as the reason of a disabled transition (API: DisabledReason). */
const DISABLED_REASON = /^[a-zA-Z0-9!@ ().*?-]{1,300}$/;

/** Opens or closes the way into a stage. Closing it needs a reason. */
export async function setTransition(
  aws: Aws,
  pipeline: string,
  stage: string,
  change: { readonly enabled: true } | { readonly enabled: false; readonly reason: string },
): Promise<Result<void, OpsError>> {
  const place = { pipelineName: pipeline, stageName: stage, transitionType: 'Inbound' as const };
  if (change.enabled) {
    const answer = await aws.call('codepipeline:EnableStageTransition', (options) =>
      aws.codepipeline.send(new EnableStageTransitionCommand(place), options),
    );
    return answer.ok ? ok(undefined) : answer;
  }
  const { reason } = change;
  if (!DISABLED_REASON.test(reason))
    return err(usage('--reason: 1 to 300 letters, digits, spaces and ! @ ( ) . * ? - are what CodePipeline takes'));
  const answer = await aws.call('codepipeline:DisableStageTransition', (options) =>
    aws.codepipeline.send(new DisableStageTransitionCommand({ ...place, reason }), options),
  );
  return answer.ok ? ok(undefined) : answer;
}

/** A stage of the pipeline by its name. */
export function chooseStage(stages: readonly string[], wanted: string): Result<string, OpsError> {
  if (stages.includes(wanted)) return ok(wanted);
  return err(usage(noSuch('stage', wanted, stages)));
}
