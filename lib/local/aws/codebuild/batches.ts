import type {
  BatchGetBuildBatchesInput,
  BatchGetBuildBatchesOutput,
  BuildBatch,
  BuildBatchPhase,
  BuildBatchPhaseType,
} from '@aws-sdk/client-codebuild';
import { ok } from '../../../result';
import { type Attempt, externalIdOf, isBatch } from '../attempts/attempts';
import { partsOf } from '../attempts/parts';
import { type Operation, takes } from '../service';
import { statusOf } from './builds';
import { type BuildContext, codeBuildArn } from './context';

/** Batches of builds (CodeBuild API reference, BuildBatch). */
export const batchOperations = (context: BuildContext): Readonly<Record<string, Operation>> => ({
  BatchGetBuildBatches: takes<BatchGetBuildBatchesInput, BatchGetBuildBatchesOutput>()(['ids'], ({ ids = [] }) => {
    const all = [...context.pipelines().values()].flatMap((host) => context.attempts.all(host)).filter(isBatch);
    const found = ids.map((asked) => {
      const id = asked.replace(/^arn:.*:build-batch\//, '');
      return all.find((attempt) => [externalIdOf(attempt), attempt.state.externalId].includes(id));
    });
    return ok({
      buildBatches: found.flatMap((attempt) => (attempt ? [describe(context, attempt)] : [])),
      buildBatchesNotFound: ids.filter((_, index) => !found[index]),
    });
  }),
});

function describe(context: BuildContext, attempt: Attempt): BuildBatch {
  const { state, planned, view } = attempt;
  const id = externalIdOf(attempt) as string;
  const status = statusOf(state);
  const isOver = status !== 'IN_PROGRESS';
  const projectName = id.slice(0, id.indexOf(':'));
  const parts = partsOf(attempt);
  const own = state.phases.filter(({ phase }) => !phase.includes(' '));
  const phases = own.map(({ phase, status: phaseStatus, startedAt, endedAt, reason }): BuildBatchPhase => {
    const seconds = endedAt === undefined ? undefined : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
    return {
      phaseType: phase as BuildBatchPhaseType,
      phaseStatus,
      startTime: new Date(startedAt),
      ...(endedAt !== undefined && { endTime: new Date(endedAt), durationInSeconds: Math.round(seconds ?? 0) }),
      ...(reason !== undefined && { contexts: [{ statusCode: '', message: reason }] }),
    };
  });
  const last = own.at(-1)?.phase ?? 'SUBMITTED';
  return {
    id,
    arn: codeBuildArn(context, `build-batch/${id}`),
    startTime: new Date(state.startedAt ?? view.started),
    ...(isOver && state.endedAt !== undefined && { endTime: new Date(state.endedAt) }),
    currentPhase: isOver ? status : last,
    buildBatchStatus: status,
    projectName,
    phases,
    complete: isOver,
    initiator: `codepipeline/${attempt.pipeline}`,
    ...(planned?.kind === 'codebuild' && { serviceRole: planned.project.roleArn }),
    buildGroups: parts.map((part) => ({
      identifier: part.part,
      currentBuildSummary: {
        arn: codeBuildArn(context, `build/${externalIdOf(part)}`),
        buildStatus: statusOf(part.state),
      },
    })),
  };
}
