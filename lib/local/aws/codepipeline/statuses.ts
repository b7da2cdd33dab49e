import type {
  ActionExecutionStatus,
  ConditionExecutionStatus,
  RuleExecutionStatus,
  StageExecutionStatus,
} from '@aws-sdk/client-codepipeline';
import type { ActionState, ConditionState, RuleState, StageState } from '../../run-state';

/** An action that was stopped with its runner is, for CodePipeline, one that nobody waits for any more. */
export const actionStatus = (status: ActionState['status']): ActionExecutionStatus | undefined =>
  status === 'Pending' ? undefined : status === 'Stopped' ? 'Abandoned' : status;

export function stageStatus(status: StageState['status'], isStopping: boolean): StageExecutionStatus | undefined {
  if (status === 'Pending') return undefined;
  return status === 'InProgress' && isStopping ? 'Stopping' : status;
}

export const conditionStatus = ({ status }: Pick<ConditionState, 'status'>): ConditionExecutionStatus => status;

export const ruleStatus = ({ status }: Pick<RuleState, 'status'>): RuleExecutionStatus =>
  status === 'Errored' ? 'Failed' : status;

/** `summary` of the API: at most 2,048 characters. */
export const summary = (text: string): string => text.slice(0, 2048);
