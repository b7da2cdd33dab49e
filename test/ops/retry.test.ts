import { chooseRetry, type Retry, retryStage } from '../../lib/ops/retry';
import type { PipelineStatus, StageStatus } from '../../lib/ops/status-view';
import { fakeAws } from './fake-aws';

const stage = (name: string, status: string, ...actions: string[]): StageStatus => ({
  name,
  status,
  execution: { execution: `${name}-execution`, status, type: 'STANDARD', revisions: [] },
  waiting: [],
  transition: { enabled: true },
  conditions: [],
  actions: actions.map((text) => {
    const [action = '', of = 'Succeeded'] = text.split(' ');
    return { name: action, status: of };
  }),
});

const pipeline = (...stages: StageStatus[]): PipelineStatus => ({
  pipeline: 'p',
  version: 1,
  mode: 'QUEUED',
  stages,
  executions: [],
});

const failed = pipeline(
  stage('Source', 'Succeeded', 'Source'),
  stage('Deploy', 'Failed', 'Prepare', 'Apply', 'Verify Failed', 'Tell NotStarted'),
);

const chosen = (status: PipelineStatus, wanted: Parameters<typeof chooseRetry>[1]): Retry | string | undefined => {
  const result = chooseRetry(status, wanted);
  return result.ok ? result.value : result.errors[0]?.message;
};

const again = (mode: Retry['mode']) => ({ stage: 'Deploy', execution: 'Deploy-execution', mode });

test.each([
  ['the only stage that failed, with its failed actions', {}, again('FAILED_ACTIONS')],
  ['all actions of it', { all: true }, again('ALL_ACTIONS')],
  ['the stage by its name', { stage: 'Deploy' }, again('FAILED_ACTIONS')],
  ['from a stage on: the whole stage', { from: 'Deploy' }, again('ALL_ACTIONS')],
  ['from the action that failed', { from: 'Deploy/Verify' }, again('FAILED_ACTIONS')],
  ['from one that has not run', { from: 'Deploy/Tell' }, again('FAILED_ACTIONS')],
  ['from the first action: the whole stage', { from: 'Deploy/Prepare' }, again('ALL_ACTIONS')],
])('%s', (_, wanted, expected) => expect(chosen(failed, wanted)).toEqual(expected));

test.each([
  [
    'one in the middle that succeeded',
    { from: 'Deploy/Apply' },
    /^Deploy\/Apply succeeded, and CodePipeline does not run it again by itself: --from Deploy begins the whole stage again \(Prepare too\)/,
  ],
  [
    'an unknown action',
    { from: 'Deploy/Aply' },
    /^no action Aply in stage Deploy; there are: Prepare, Apply, Verify, Tell/,
  ],
  ['an unknown stage', { stage: 'Deplo' }, /^no stage Deplo; did you mean Deploy\? There are: Source, Deploy/],
  ['a stage that has not failed', { stage: 'Source' }, /^stage Source has not failed \(Succeeded\)/],
])('%s is refused', (_, wanted, message) => expect(chosen(failed, wanted)).toMatch(message));

test('a stopped stage can be retried', () => {
  expect(chosen(pipeline(stage('Deploy', 'Stopped', 'Apply Abandoned')), {})).toEqual(again('FAILED_ACTIONS'));
});

test('several that failed: they are named, none is taken', () => {
  const both = pipeline(stage('A', 'Failed'), stage('B', 'Stopped'));
  expect(chosen(both, {})).toBe('p: several stages can be retried; name one with --stage: A, B');
});

test('none that failed', () => expect(chosen(pipeline(stage('A', 'Succeeded')), {})).toBe('p: no stage has failed'));

test('RetryStageExecution gets what was chosen', async () => {
  const aws = fakeAws({ 'codepipeline:RetryStageExecution': () => ({ pipelineExecutionId: 'e' }) });
  expect(await retryStage(aws, 'p', again('ALL_ACTIONS'))).toEqual({ ok: true, value: 'e' });
  expect(aws.sent[0]?.input).toEqual({
    pipelineName: 'p',
    stageName: 'Deploy',
    pipelineExecutionId: 'Deploy-execution',
    retryMode: 'ALL_ACTIONS',
  });
});
