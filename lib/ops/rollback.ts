import { RollbackStageCommand } from '@aws-sdk/client-codepipeline';
import { err, ok, type Result } from '../result';
import type { Aws } from './aws';
import { type Execution, getExecution, listExecutions } from './executions';
import { type OpsError, refused, usage } from './ops-error';
import type { PipelineStatus } from './status-view';

/** An execution that a stage can go back to. */
export interface Candidate extends Execution {
  readonly version?: number;
}

/** How many of the newest good executions are looked at. */
const MOST = 20;

/**
 * What the stage can go back to, newest first: executions that succeeded in it, are no rollbacks, and ran in the pipeline's present
 * version (CodePipeline, stage-rollback).
 */
export async function rollbackCandidates(
  aws: Aws,
  { pipeline, version }: PipelineStatus,
  stage: string,
): Promise<Result<readonly Candidate[], OpsError>> {
  const good = await listExecutions(aws, pipeline, { most: MOST, succeededIn: stage });
  if (!good.ok) return good;
  const found: Candidate[] = [];
  for (const execution of good.value.filter(({ type }) => type === 'STANDARD')) {
    const one = await getExecution(aws, pipeline, execution.execution);
    if (!one.ok) return one;
    // Versions only grow, and the list goes back in time.
    if (one.value.version !== undefined && one.value.version !== version) break;
    found.push({ ...execution, ...(one.value.version !== undefined && { version: one.value.version }) });
  }
  return ok(found);
}

/**
 * The one to go back to: the execution named by the beginning of its id, else the last good one before the present. What is
 * present is the stage's latest execution; where that is a rollback that succeeded, its target. After a failure the last good one is
 * the newest of all that came before.
 */
export function chooseTarget(
  candidates: readonly Candidate[],
  present: Execution | undefined,
  presentStatus: string,
  wanted: string | undefined,
): Result<Candidate, OpsError> {
  if (wanted !== undefined) {
    const fits = candidates.filter(({ execution }) => execution.startsWith(wanted));
    const [only] = fits;
    if (!only)
      return err(
        usage(
          `${wanted} is nothing to go back to: it must have succeeded in this stage, in the pipeline's present version, and be no rollback; --list shows what there is`,
        ),
      );
    return fits.length === 1 ? ok(only) : err(usage(`several executions begin with ${wanted}: write more of the id`));
  }
  const target = before(candidates, present, presentStatus);
  return target
    ? ok(target)
    : err(
        refused(
          'there is nothing to go back to: no earlier execution has succeeded in this stage since the pipeline was last changed; --list shows what there is',
        ),
      );
}

function before(
  candidates: readonly Candidate[],
  present: Execution | undefined,
  presentStatus: string,
): Candidate | undefined {
  if (!present) return undefined;
  if (present.type === 'ROLLBACK' && present.target !== undefined) {
    const at = candidates.findIndex(({ execution }) => execution === present.target);
    if (at >= 0) return candidates[presentStatus === 'Succeeded' ? at + 1 : at];
  }
  return candidates.find(
    ({ execution, started }) =>
      execution !== present.execution &&
      (started === undefined || present.started === undefined || started < present.started),
  );
}

/** Gives the id of the new execution. */
export async function rollbackStage(
  aws: Aws,
  pipeline: string,
  stage: string,
  target: string,
): Promise<Result<string, OpsError>> {
  const answer = await aws.call('codepipeline:RollbackStage', (options) =>
    aws.codepipeline.send(
      new RollbackStageCommand({ pipelineName: pipeline, stageName: stage, targetPipelineExecutionId: target }),
      options,
    ),
  );
  return answer.ok ? ok(answer.value.pipelineExecutionId ?? '') : answer;
}
