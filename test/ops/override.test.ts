import { chooseOverridable, overrideCondition } from '../../lib/ops/override';
import { pipelineStatus, type StageStatus } from '../../lib/ops/status-view';
import { fakeAws, serviceError } from './fake-aws';

const judged = (status: string) => ({
  latestExecution: { status },
  conditionStates: [
    { ruleStates: [{ ruleName: 'Alarm', latestExecution: { status, summary: 'visits-5xx is ALARM' } }] },
  ],
});

/** A stage as GetPipelineState tells it. */
function stage(status: string, conditions: object): StageStatus {
  const stageStates = [
    { stageName: 'Dev', latestExecution: { pipelineExecutionId: 'aaaa', status }, ...conditions },
  ] as never;
  return pipelineStatus({ pipelineName: 'p', stageStates }, 'QUEUED', []).stages[0] as StageStatus;
}

test.each([
  ['beforeEntryConditionState', 'BEFORE_ENTRY'],
  ['onSuccessConditionState', 'ON_SUCCESS'],
])(
  'the condition that has failed a stage is overridden in its present execution: %s',
  async (member, conditionType) => {
    const aws = fakeAws({ 'codepipeline:OverrideStageCondition': () => ({}) });
    const chosen = chooseOverridable(stage('Failed', { [member]: judged('Failed') }));
    if (!chosen.ok) throw new Error(chosen.errors[0]?.message);
    expect(chosen.value.condition.rules).toEqual([{ name: 'Alarm', status: 'Failed', reason: 'visits-5xx is ALARM' }]);
    expect((await overrideCondition(aws, 'p', 'Dev', chosen.value)).ok).toBe(true);
    const input = { pipelineName: 'p', stageName: 'Dev', pipelineExecutionId: 'aaaa', conditionType };
    expect(aws.sent).toEqual([{ operation: 'codepipeline:OverrideStageCondition', input }]);
  },
);

test.each([
  ['no condition', stage('Failed', {})],
  ['one that held', stage('Failed', { onSuccessConditionState: judged('Succeeded') })],
  ['one that was overridden', stage('InProgress', { onSuccessConditionState: judged('Overridden') })],
  ['one that skips the stage', stage('Skipped', { beforeEntryConditionState: judged('Failed') })],
  ['one on failure, which has no override', stage('Failed', { onFailureConditionState: judged('Failed') })],
])('there is nothing to override: %s', (_, found) => {
  expect(chooseOverridable(found)).toMatchObject({
    errors: [{ kind: 'refused', message: 'no condition of stage Dev has failed it: there is nothing to override' }],
  });
});

test('what CodePipeline refuses is told in its words', async () => {
  const refuse = () => {
    throw serviceError('ConditionNotOverridableException', 'the condition is being judged');
  };
  const chosen = chooseOverridable(stage('Failed', { onSuccessConditionState: judged('Failed') }));
  if (!chosen.ok) throw new Error(chosen.errors[0]?.message);
  const aws = fakeAws({ 'codepipeline:OverrideStageCondition': refuse });
  expect(await overrideCondition(aws, 'p', 'Dev', chosen.value)).toMatchObject({
    errors: [{ message: expect.stringContaining('the condition is being judged') }],
  });
});
