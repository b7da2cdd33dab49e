import {
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  OverrideStageConditionCommand,
  RetryStageExecutionCommand,
  RollbackStageCommand,
} from '@aws-sdk/client-codepipeline';
import { pipelineOf } from '../../plan/delivery-assembly';
import { codeOf, openTrial, type Trial } from './trial';

let trial: Trial;
afterEach(() => trial.close());

describe('a failed stage', () => {
  it('is retried, and rolled back to an execution that succeeded in it', async () => {
    trial = await openTrial({ 'Test/Unit': [{}, { outcome: 'Failed', reason: '3 tests failed' }, {}] });
    const good = await trial.start();
    await trial.hosted.asked(good);
    await trial.answer('Approved');
    await trial.hosted.host.ended(good);
    const bake = (await trial.stage('Dev'))?.actionStates?.find(({ actionName }) => actionName === 'Bake');
    expect(bake?.latestExecution?.logStreamARN).toMatch(
      /^arn:aws:logs:eu-west-1:111122223333:log-group:\/aws\/lambda\/VisitsDelivery-Bake4B9C:log-stream:\d{4}\/\d\d\/\d\d\/\[\$LATEST\]\w{32}$/,
    );
    const bad = await trial.start();
    await trial.hosted.host.ended(bad);
    const failed = await trial.stage('Test');
    expect(failed?.latestExecution).toMatchObject({ pipelineExecutionId: bad, status: 'Failed' });
    expect(failed?.actionStates?.find(({ actionName }) => actionName === 'Unit')?.latestExecution).toMatchObject({
      status: 'Failed',
      errorDetails: { code: 'JobFailed', message: expect.stringContaining('3 tests failed') },
    });
    const succeeded = await trial.client.send(
      new ListPipelineExecutionsCommand({
        pipelineName: trial.name,
        filter: { succeededInStage: { stageName: 'Test' } },
      }),
    );
    expect(succeeded.pipelineExecutionSummaries?.map((each) => each.pipelineExecutionId)).toEqual([good]);

    await trial.client.send(
      new RetryStageExecutionCommand({
        pipelineName: trial.name,
        stageName: 'Test',
        pipelineExecutionId: bad,
        retryMode: 'FAILED_ACTIONS',
      }),
    );
    await trial.hosted.asked(bad);
    expect(await trial.stage('Test')).toMatchObject({
      latestExecution: { status: 'Succeeded' },
      retryStageMetadata: { manualStageRetryAttempt: 1, latestRetryTrigger: 'ManualStageRetry' },
    });
    const { actionExecutionDetails = [] } = await trial.client.send(
      new ListActionExecutionsCommand({ pipelineName: trial.name, filter: { pipelineExecutionId: bad } }),
    );
    expect(
      actionExecutionDetails.filter(({ actionName }) => actionName === 'Unit').map(({ status }) => status),
    ).toEqual(['Succeeded', 'Failed']);
    const latest = await trial.client.send(
      new ListActionExecutionsCommand({
        pipelineName: trial.name,
        filter: { latestInPipelineExecution: { pipelineExecutionId: bad, startTimeRange: 'Latest' } },
      }),
    );
    expect(latest.actionExecutionDetails?.filter(({ actionName }) => actionName === 'Unit')).toHaveLength(1);
    await trial.answer('Rejected');
    await trial.hosted.host.ended(bad);

    const { pipelineExecutionId } = await trial.client.send(
      new RollbackStageCommand({ pipelineName: trial.name, stageName: 'Test', targetPipelineExecutionId: good }),
    );
    await trial.hosted.host.ended(pipelineExecutionId as string);
    const { pipelineExecution } = await trial.client.send(
      new GetPipelineExecutionCommand({ pipelineName: trial.name, pipelineExecutionId: pipelineExecutionId as string }),
    );
    expect(pipelineExecution).toMatchObject({
      executionType: 'ROLLBACK',
      rollbackMetadata: { rollbackTargetPipelineExecutionId: good },
      trigger: { triggerType: 'ManualRollback' },
    });
  });
});

describe('a condition', () => {
  const override = async (execution: string) =>
    trial.client.send(
      new OverrideStageConditionCommand({
        pipelineName: trial.name,
        stageName: 'Test',
        pipelineExecutionId: execution,
        conditionType: 'BEFORE_ENTRY',
      }),
    );

  it('that failed is overridden, and the stage goes on', async () => {
    trial = await openTrial({ 'Build/Build': { variables: { TESTED: 'yes', VERSION: '1' } } }, (templates) => {
      const [condition] = pipelineOf(templates).Stages[2].BeforeEntry.Conditions;
      condition.Result = 'FAIL';
    });
    const execution = await trial.start();
    await trial.hosted.host.ended(execution);
    expect(await trial.stage('Test')).toMatchObject({
      latestExecution: { status: 'Failed' },
      beforeEntryConditionState: {
        latestExecution: { status: 'Failed' },
        conditionStates: [{ ruleStates: [{ ruleName: 'NotTested', latestExecution: { status: 'Failed' } }] }],
      },
    });
    await override(execution);
    await trial.hosted.asked(execution);
    expect(await trial.stage('Test')).toMatchObject({
      latestExecution: { status: 'Succeeded' },
      beforeEntryConditionState: { latestExecution: { status: 'Overridden' } },
    });
  });

  it('that did not fail is not to be overridden', async () => {
    trial = await openTrial();
    const execution = await trial.start();
    await trial.hosted.asked(execution);
    expect(await codeOf(override(execution))).toBe('ConditionNotOverridableException');
  });
});
