import { type GetPipelineStateOutput, PutApprovalResultCommand } from '@aws-sdk/client-codepipeline';
import { err, ok, type Result } from '../result';
import { type ActionExecution, listActions } from './actions';
import type { Aws } from './aws';
import { type Execution, isRunning, listExecutions } from './executions';
import { type OpsError, refused, usage } from './ops-error';
import { completed, getMode, getState } from './status';
import { executionsIn } from './status-view';

/** A manual approval that waits for an answer. */
export interface WaitingApproval {
  readonly pipeline: string;
  readonly stage: string;
  readonly action: string;
  /** Names this very request: an answer with it never reaches a later execution (API: ApprovalResult). */
  readonly token: string;
  readonly execution: Execution;
  /** ISO 8601. */
  readonly since?: string;
  readonly message?: string;
  readonly link?: string;
}

export async function waitingApprovals(aws: Aws, pipeline: string): Promise<Result<WaitingApproval[], OpsError>> {
  const [mode, newest] = await Promise.all([getMode(aws, pipeline), listExecutions(aws, pipeline)]);
  if (!mode.ok) return mode;
  if (!newest.ok) return newest;
  if (mode.value === 'PARALLEL') return parallelApprovals(aws, pipeline, newest.value.filter(isRunning));

  const state = await getState(aws, pipeline);
  if (!state.ok) return state;
  const tokens = approvalTokens(state.value);
  if (tokens.length === 0) return ok([]);
  const executions = await completed(aws, pipeline, newest.value, executionsIn(state.value));
  if (!executions.ok) return executions;
  const found: WaitingApproval[] = [];
  for (const { execution: id, ...approval } of tokens) {
    const execution = executions.value.find((each) => each.execution === id) ?? {
      execution: id,
      status: 'InProgress',
      type: 'STANDARD' as const,
      revisions: [],
    };
    const actions = await listActions(aws, pipeline, id);
    if (!actions.ok) return actions;
    const run = actions.value.find(
      (each) => each.stage === approval.stage && each.action === approval.action && each.status === 'InProgress',
    );
    found.push({ pipeline, ...approval, execution, ...textsOf(run) });
  }
  return ok(found);
}

interface Token extends Pick<WaitingApproval, 'stage' | 'action' | 'token' | 'since'> {
  readonly execution: string;
}

/** The requests in GetPipelineState's answer: one state tells both the token and the execution that the stage holds. */
export const approvalTokens = ({ stageStates = [] }: GetPipelineStateOutput): Token[] =>
  stageStates.flatMap(({ stageName = '', latestExecution, actionStates = [] }) =>
    actionStates.flatMap(({ actionName = '', latestExecution: run }) =>
      run?.token !== undefined && run.status === 'InProgress' && latestExecution?.pipelineExecutionId !== undefined
        ? [
            {
              stage: stageName,
              action: actionName,
              token: run.token,
              execution: latestExecution.pipelineExecutionId,
              ...(run.lastStatusChange && { since: run.lastStatusChange.toISOString() }),
            },
          ]
        : [],
    ),
  );

/** In mode PARALLEL the state tells no token: it is the action's external execution id (API: PutApprovalResultInput). */
async function parallelApprovals(
  aws: Aws,
  pipeline: string,
  running: readonly Execution[],
): Promise<Result<WaitingApproval[], OpsError>> {
  const found: WaitingApproval[] = [];
  for (const execution of running) {
    const actions = await listActions(aws, pipeline, execution.execution);
    if (!actions.ok) return actions;
    for (const run of actions.value)
      if (run.category === 'Approval' && run.status === 'InProgress' && run.externalId !== undefined) {
        const { stage, action, externalId: token, started: since } = run;
        found.push({ pipeline, stage, action, token, execution, ...(since && { since }), ...textsOf(run) });
      }
  }
  return ok(found);
}

const textsOf = (run: ActionExecution | undefined) => ({
  ...(run?.configuration['CustomData'] && { message: run.configuration['CustomData'] }),
  ...(run?.configuration['ExternalEntityLink'] && { link: run.configuration['ExternalEntityLink'] }),
});

/** `Stage/Action`, or an action's name alone; neither: any. An execution is given by the beginning of its id. */
export function chooseApproval(
  waiting: readonly WaitingApproval[],
  { action, execution }: { readonly action?: string; readonly execution?: string },
): Result<WaitingApproval, OpsError> {
  if (waiting.length === 0) return err(refused('nothing waits for approval; `slipway status` shows what goes on'));
  const fits = waiting.filter(
    (each) =>
      (action === undefined || action === nameOf(each) || action === each.action) &&
      (execution === undefined || each.execution.execution.startsWith(execution)),
  );
  const [only] = fits;
  if (only && fits.length === 1) return ok(only);
  const list = (fits.length > 0 ? fits : waiting)
    .map((each) => `  ${each.pipeline} ${nameOf(each)} --execution ${each.execution.execution}`)
    .join('\n');
  return err(
    usage(
      fits.length > 0
        ? `several approvals wait; name one:\n${list}`
        : `${action ?? `execution ${execution}`} waits for no approval; these do:\n${list}`,
    ),
  );
}

export const nameOf = ({ stage, action }: Pick<WaitingApproval, 'stage' | 'action'>): string => `${stage}/${action}`;

/** PutApprovalResult, with the token of the request that was shown. Gives the time of the answer, ISO 8601. */
export async function answerApproval(
  aws: Aws,
  { pipeline, stage, action, token }: WaitingApproval,
  status: 'Approved' | 'Rejected',
  comment: string,
): Promise<Result<string | undefined, OpsError>> {
  const answer = await aws.call('codepipeline:PutApprovalResult', (options) =>
    aws.codepipeline.send(
      new PutApprovalResultCommand({
        pipelineName: pipeline,
        stageName: stage,
        actionName: action,
        token,
        result: { status, summary: comment },
      }),
      options,
    ),
  );
  if (answer.ok) return ok(answer.value.approvedAt?.toISOString());
  const [error] = answer.errors;
  if (error?.code === 'InvalidApprovalTokenException')
    return err(
      refused(`${stage}/${action} waits no longer for the answer to what was shown: look again (\`slipway status\`)`),
    );
  if (error?.code === 'ApprovalAlreadyCompletedException')
    return err(refused(`${stage}/${action} has been answered already, by somebody else`));
  return answer;
}
