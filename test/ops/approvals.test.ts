import type { GetPipelineStateOutput } from '@aws-sdk/client-codepipeline';
import {
  answerApproval,
  approvalTokens,
  chooseApproval,
  type WaitingApproval,
  waitingApprovals,
} from '../../lib/ops/approvals';
import { actions, GOOD, NEXT, NOW, OLD, state, summaries, TOKEN } from './answers';
import { fakeAws, serviceError } from './fake-aws';

const mode = (executionMode: string) => ({ 'codepipeline:GetPipeline': () => ({ pipeline: { executionMode } }) });
const answers = {
  ...mode('QUEUED'),
  'codepipeline:GetPipelineState': () => state,
  'codepipeline:ListPipelineExecutions': () => ({ pipelineExecutionSummaries: summaries }),
  'codepipeline:ListActionExecutions': () => ({ actionExecutionDetails: actions }),
  'codepipeline:GetPipelineExecution': ({ pipelineExecutionId }: { pipelineExecutionId: string }) => ({
    pipelineExecution: { pipelineExecutionId },
  }),
};

const found = async (aws = fakeAws(answers)): Promise<WaitingApproval> => {
  const waiting = await waitingApprovals(aws, 'visits-production');
  if (!waiting.ok || !waiting.value[0]) throw new Error('no approval');
  return waiting.value[0];
};

test('an approval that waits: token, execution with its commit, message and link', async () => {
  expect(await found()).toMatchObject({
    pipeline: 'visits-production',
    stage: 'SignOff',
    action: 'ClientSignOff',
    token: TOKEN,
    execution: { execution: GOOD, revisions: [{ id: '600dcafe0815' }] },
    since: '2026-11-21T12:25:00.000Z',
    message: 'Deploy visits 1.4.2 to production?',
    link: 'https://example.com/release',
  });
});

test('in mode PARALLEL the token is the external execution id of the action, in every running execution', async () => {
  const running = summaries.map((each) => ({ ...each, executionMode: 'PARALLEL' as const }));
  const aws = fakeAws({
    ...answers,
    ...mode('PARALLEL'),
    'codepipeline:ListPipelineExecutions': () => ({ pipelineExecutionSummaries: running }),
  });
  const waiting = await waitingApprovals(aws, 'visits-production');
  expect(waiting.ok && waiting.value.map(({ token, execution }) => [token, execution.execution])).toEqual(
    [NEXT, GOOD, OLD].map((id) => [TOKEN, id]),
  );
  expect(aws.operations()).not.toContain('codepipeline:GetPipelineState');
  expect(aws.sent.map(({ input }) => input)).not.toContainEqual(
    expect.objectContaining({ filter: { pipelineExecutionId: NOW } }),
  );
});

test('an approval that was answered keeps no token that could be used', () => {
  const answered: GetPipelineStateOutput = {
    stageStates: state.stageStates?.map((stage) => ({
      ...stage,
      actionStates: stage.actionStates?.map((action) => ({
        ...action,
        latestExecution: action.latestExecution && { ...action.latestExecution, status: 'Succeeded' as const },
      })),
    })),
  };
  expect(approvalTokens(state)).toHaveLength(1);
  expect(approvalTokens(answered)).toEqual([]);
});

describe('which one is meant', () => {
  const one: WaitingApproval = {
    pipeline: 'p',
    stage: 'SignOff',
    action: 'Client',
    token: 't1',
    execution: { execution: GOOD, status: 'InProgress', type: 'STANDARD', revisions: [] },
  };
  const other: WaitingApproval = { ...one, action: 'Security', token: 't2' };
  const tokenOf = (wanted: { action?: string; execution?: string }, ...waiting: WaitingApproval[]) => {
    const chosen = chooseApproval(waiting, wanted);
    return chosen.ok ? chosen.value.token : chosen.errors[0]?.message;
  };

  test('the only one', () => expect(tokenOf({}, one)).toBe('t1'));
  test('by Stage/Action, or by the action alone', () => {
    expect(tokenOf({ action: 'SignOff/Security' }, one, other)).toBe('t2');
    expect(tokenOf({ action: 'Client' }, one, other)).toBe('t1');
  });
  test('by execution', () => {
    const newer = { ...one, token: 't3', execution: { ...one.execution, execution: NEXT } };
    expect(tokenOf({ execution: NEXT.slice(0, 6) }, one, newer)).toBe('t3');
  });
  test('several: they are listed, none is taken', () => {
    expect(tokenOf({}, one, other)).toBe(
      `several approvals wait; name one:\n  p SignOff/Client --execution ${GOOD}\n  p SignOff/Security --execution ${GOOD}`,
    );
  });
  test('one that does not wait: those that do', () => {
    expect(tokenOf({ action: 'SignOff/Clint' }, one)).toBe(
      `SignOff/Clint waits for no approval; these do:\n  p SignOff/Client --execution ${GOOD}`,
    );
  });
  test('none', () => expect(tokenOf({})).toMatch(/^nothing waits for approval/));
});

test('the answer goes to what was shown, though a newer execution waits by now', async () => {
  const shown = await found();
  const aws = fakeAws({ 'codepipeline:PutApprovalResult': () => ({ approvedAt: new Date(0) }) });
  expect(await answerApproval(aws, shown, 'Approved', 'fine')).toEqual({ ok: true, value: '1970-01-01T00:00:00.000Z' });
  expect(aws.sent).toEqual([
    {
      operation: 'codepipeline:PutApprovalResult',
      input: {
        pipelineName: 'visits-production',
        stageName: 'SignOff',
        actionName: 'ClientSignOff',
        token: TOKEN,
        result: { status: 'Approved', summary: 'fine' },
      },
    },
  ]);
});

test.each([
  [
    'InvalidApprovalTokenException',
    'SignOff/ClientSignOff waits no longer for the answer to what was shown: look again (`slipway status`)',
  ],
  ['ApprovalAlreadyCompletedException', 'SignOff/ClientSignOff has been answered already, by somebody else'],
])('%s is told in words', async (name, message) => {
  const aws = fakeAws({
    'codepipeline:PutApprovalResult': () => {
      throw serviceError(name);
    },
  });
  expect(await answerApproval(aws, await found(), 'Rejected', '')).toEqual({
    ok: false,
    errors: [{ kind: 'refused', message }],
  });
});
