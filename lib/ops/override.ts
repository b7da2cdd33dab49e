import { OverrideStageConditionCommand } from '@aws-sdk/client-codepipeline';
import { err, ok, type Result } from '../result';
import type { Aws } from './aws';
import type { Execution } from './executions';
import { type OpsError, refused } from './ops-error';
import type { ConditionStatus, StageStatus } from './status-view';

/** A condition that has failed its stage and that somebody may override. */
interface Overridable {
  readonly execution: Execution;
  readonly condition: ConditionStatus;
}

/** API: ConditionType. Conditions that run on failure have none. */
const TYPES = { beforeEntry: 'BEFORE_ENTRY', onSuccess: 'ON_SUCCESS' } as const;

/** The condition of a stage that has failed its present execution. */
export function chooseOverridable({ name, status, execution, conditions }: StageStatus): Result<Overridable, OpsError> {
  const failed = conditions.findLast((each) => each.hook in TYPES && each.status === 'Failed');
  if (execution !== undefined && failed !== undefined && status === 'Failed')
    return ok({ execution, condition: failed });
  return err(refused(`no condition of stage ${name} has failed it: there is nothing to override`));
}

/** The stage goes on as if the condition had held. */
export async function overrideCondition(
  aws: Aws,
  pipeline: string,
  stage: string,
  { execution, condition: { hook } }: Overridable,
): Promise<Result<void, OpsError>> {
  const answer = await aws.call('codepipeline:OverrideStageCondition', (options) =>
    aws.codepipeline.send(
      new OverrideStageConditionCommand({
        pipelineName: pipeline,
        stageName: stage,
        pipelineExecutionId: execution.execution,
        conditionType: TYPES[hook as keyof typeof TYPES],
      }),
      options,
    ),
  );
  return answer.ok ? ok(undefined) : answer;
}
