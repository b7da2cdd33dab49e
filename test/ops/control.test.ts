import {
  chooseRunning,
  chooseStage,
  setTransition,
  sourceRevision,
  startPipeline,
  stopExecution,
} from '../../lib/ops/control';
import type { Execution } from '../../lib/ops/executions';
import { choosePipelines, findPipelines, listPipelines } from '../../lib/ops/pipelines';
import { pollDelay } from '../../lib/ops/poll';
import { waitForEnd } from '../../lib/ops/wait';
import { countingClock, fakeAws, serviceError } from './fake-aws';

const told = <T>(result: { ok: true; value: T } | { ok: false; errors: readonly { message: string }[] }) =>
  result.ok ? result.value : result.errors[0]?.message;

describe('which pipeline', () => {
  const names = ['shop-production', 'visits-development', 'visits-production'];
  const project = { service: 'visits', pipelines: ['visits-development', 'visits-production'] };

  test.each([
    ['a full name', 'shop-production', ['shop-production']],
    ["what follows the service's name", 'production', ['visits-production']],
    ['no word: those of the project', undefined, ['visits-development', 'visits-production']],
  ])('%s', (_, wanted, expected) => expect(told(choosePipelines(names, wanted, project))).toEqual(expected));

  test('outside of a project: the only one that ends so, and without a word all', () => {
    expect(told(choosePipelines(names, 'development', undefined))).toEqual(['visits-development']);
    expect(told(choosePipelines(names, 'production', undefined))).toMatch(
      /^several pipelines are called so: shop-production, visits-production/,
    );
    expect(told(choosePipelines(names, undefined, undefined))).toEqual(names);
  });

  test('a project that is not deployed here: all that there are', () => {
    expect(told(choosePipelines(['shop-production'], undefined, project))).toEqual(['shop-production']);
  });

  test('one that is not there: the nearest, and what there is', () => {
    expect(told(choosePipelines(names, 'visits-prodution', project))).toBe(
      'no pipeline visits-prodution; did you mean visits-production? There are: shop-production, visits-development, visits-production',
    );
    expect(told(choosePipelines(names, 'prodction', project))).toMatch(/did you mean visits-production\?/);
    expect(told(choosePipelines(names, 'x', project))).toMatch(/^no pipeline x; there are: shop-production/);
  });

  test('none at all', () =>
    expect(told(choosePipelines([], undefined, project))).toMatch(/^there is no pipeline here/));

  test('who may not list them names one', async () => {
    const aws = fakeAws({
      'codepipeline:ListPipelines': () => {
        throw serviceError('AccessDeniedException', 'no');
      },
    });
    expect(told(await findPipelines(aws, 'production', project))).toEqual(['visits-production']);
    expect(told(await findPipelines(aws, 'shop-production', project))).toEqual(['shop-production']);
    expect(told(await findPipelines(aws, undefined, project))).toMatch(/needs codepipeline:ListPipelines/);
  });

  test('every page is read', async () => {
    const aws = fakeAws({
      'codepipeline:ListPipelines': ({ nextToken }: { nextToken?: string }) =>
        nextToken ? { pipelines: [{ name: 'a' }] } : { pipelines: [{ name: 'b' }], nextToken: '2' },
    });
    expect(told(await listPipelines(aws))).toEqual(['a', 'b']);
  });
});

test('start: variables and revisions in the shapes of the API', async () => {
  const aws = fakeAws({ 'codepipeline:StartPipelineExecution': () => ({ pipelineExecutionId: 'e' }) });
  const revisions = ['Source=abc', 'Image=sha256:12', 'Bucket=S3_OBJECT_VERSION_ID:v1'].map((text) => {
    const read = sourceRevision(text);
    if (!read.ok) throw new Error(text);
    return read.value;
  });
  expect(told(await startPipeline(aws, 'p', { variables: { A: 'b' }, revisions }))).toBe('e');
  expect(aws.sent[0]?.input).toEqual({
    name: 'p',
    variables: [{ name: 'A', value: 'b' }],
    sourceRevisions: [
      { actionName: 'Source', revisionType: 'COMMIT_ID', revisionValue: 'abc' },
      { actionName: 'Image', revisionType: 'IMAGE_DIGEST', revisionValue: 'sha256:12' },
      { actionName: 'Bucket', revisionType: 'S3_OBJECT_VERSION_ID', revisionValue: 'v1' },
    ],
  });
});

test.each(['abc', '=abc', 'Source=', 'a/b=c'])('--revision %s is refused', (text) =>
  expect(told(sourceRevision(text))).toMatch(/expected ACTION=COMMIT/),
);

describe('which execution to stop', () => {
  const run = (execution: string, status: string): Execution => ({
    execution,
    status,
    type: 'STANDARD',
    revisions: [],
  });
  const all = [run('aaaa', 'InProgress'), run('aabb', 'Stopping'), run('cccc', 'Failed')];
  const id = (wanted: string | undefined, executions = all) => {
    const chosen = chooseRunning(executions, wanted);
    return chosen.ok ? chosen.value.execution : chosen.errors[0]?.message;
  };
  test('the only one under way', () => expect(id(undefined, all.slice(1))).toBe('aabb'));
  test('by the beginning of its id', () => expect(id('aaa')).toBe('aaaa'));
  test.each([
    [
      'several under way',
      undefined,
      all,
      /^several executions are under way; name one with --execution:\n {2}--execution aaaa {2}InProgress/,
    ],
    ['several that begin so', 'aa', all, /^several executions begin with aa/],
    ['one that has ended', 'cccc', all, /^execution cccc has ended: Failed/],
    ['an unknown one', 'dddd', all, /^no execution dddd/],
    ['none under way', undefined, all.slice(2), /^no execution is under way/],
  ])('%s: refused', (_, wanted, executions, message) => expect(id(wanted, executions)).toMatch(message));

  test('StopPipelineExecution gets how and why', async () => {
    const aws = fakeAws({ 'codepipeline:StopPipelineExecution': () => ({}) });
    await stopExecution(aws, 'p', 'aaaa', { abandon: true, reason: 'why' });
    expect(aws.sent[0]?.input).toEqual({
      pipelineName: 'p',
      pipelineExecutionId: 'aaaa',
      abandon: true,
      reason: 'why',
    });
  });
});

describe('transitions', () => {
  const answers = {
    'codepipeline:EnableStageTransition': () => ({}),
    'codepipeline:DisableStageTransition': () => ({}),
  };
  const place = { pipelineName: 'p', stageName: 'S', transitionType: 'Inbound' };
  test('are opened and closed, with the reason', async () => {
    const aws = fakeAws(answers);
    await setTransition(aws, 'p', 'S', { enabled: false, reason: 'change freeze (CHG-42)' });
    await setTransition(aws, 'p', 'S', { enabled: true });
    expect(aws.sent).toEqual([
      { operation: 'codepipeline:DisableStageTransition', input: { ...place, reason: 'change freeze (CHG-42)' } },
      { operation: 'codepipeline:EnableStageTransition', input: place },
    ]);
  });
  test.each(['', 'Jürgen said so', 'a'.repeat(301)])(
    'a reason that CodePipeline does not take is refused: %s',
    async (reason) => {
      const aws = fakeAws(answers);
      expect(told(await setTransition(aws, 'p', 'S', { enabled: false, reason }))).toMatch(/^--reason: 1 to 300/);
      expect(aws.sent).toEqual([]);
    },
  );
  test('an unknown stage: the nearest, and what there is', () =>
    expect(told(chooseStage(['Source', 'Production'], 'production'))).toBe(
      'no stage production; did you mean Production? There are: Source, Production',
    ));
});

describe('waiting for the end', () => {
  const stage = (status: string, pipelineExecutionId = 'e', action = {}) => ({
    stageStates: [
      {
        stageName: 'Build',
        latestExecution: { pipelineExecutionId, status },
        actionStates: [{ actionName: 'A', latestExecution: action }],
      },
    ],
  });
  const wait = async (looks: readonly { execution: string | Error; state?: object }[]) => {
    let at = -1;
    const look = () => looks[Math.min(at, looks.length - 1)];
    const controller = new AbortController();
    const aws = fakeAws({
      'codepipeline:GetPipelineExecution': () => {
        at++;
        const { execution } = look() ?? {};
        if (execution instanceof Error) throw execution;
        return { pipelineExecution: { status: execution } };
      },
      'codepipeline:GetPipelineState': () => look()?.state ?? { stageStates: [] },
    });
    const lines: string[] = [];
    const clock = countingClock(controller, 20);
    const end = await waitForEnd(aws, 'p', 'e', { clock, signal: controller.signal, tell: (line) => lines.push(line) });
    return { end: end.ok ? end.value.status : end.errors[0]?.kind, lines, slept: clock.slept };
  };

  test('tells each change of a stage of this execution, and an approval that waits', async () => {
    const { end, lines } = await wait([
      { execution: 'InProgress', state: stage('InProgress', 'another') },
      { execution: 'InProgress', state: stage('InProgress') },
      { execution: 'InProgress', state: stage('InProgress') },
      { execution: 'InProgress', state: stage('InProgress', 'e', { status: 'InProgress', token: 't' }) },
      { execution: 'Succeeded', state: stage('Succeeded') },
    ]);
    expect(end).toBe('Succeeded');
    expect(lines).toEqual(['Build: InProgress', 'Build: A waits for approval', 'Build: Succeeded']);
  });

  const missing = serviceError('PipelineExecutionNotFoundException');
  test('an execution that cannot be read yet is waited for', async () => {
    expect((await wait([{ execution: missing }, { execution: missing }, { execution: 'Failed' }])).end).toBe('Failed');
  });
  test('but not for ever', async () => expect((await wait([{ execution: missing }])).end).toBe('refused'));
  test('Ctrl-C ends the waiting', async () => expect((await wait([{ execution: 'InProgress' }])).end).toBe('stopped'));
  test('looks become rarer while nothing changes', async () => {
    const { slept } = await wait([{ execution: 'InProgress' }]);
    expect(slept).toEqual([...slept].sort((a, b) => a - b));
    expect(slept.at(-1)).toBe(30_000);
  });
});

test('delays double with every second look in vain, and have an end', () => {
  expect([0, 1, 2, 4, 6, 8, 1000].map((looks) => pollDelay('aws', looks))).toEqual([
    3000, 3000, 6000, 12_000, 24_000, 30_000, 30_000,
  ]);
  expect([0, 2, 4, 6, 1000].map((looks) => pollDelay('local', looks))).toEqual([500, 1000, 2000, 4000, 4000]);
});
