import type { Execution } from '../../lib/ops/executions';
import { chooseTarget, rollbackCandidates, rollbackStage } from '../../lib/ops/rollback';
import { fakeAws } from './fake-aws';

const run = (execution: string, hour: number, more: Partial<Execution> = {}): Execution => ({
  execution,
  status: 'Succeeded',
  type: 'STANDARD',
  started: new Date(Date.UTC(2026, 0, 1, hour)).toISOString(),
  revisions: [],
  ...more,
});

const [a, b, c] = [run('aaaa', 1), run('bbbb', 2), run('cccc', 3)];
const good = [c, b, a];

const target = (
  present: Execution | undefined,
  status: string,
  wanted?: string,
  candidates: readonly Execution[] = good,
) => {
  const chosen = chooseTarget(candidates, present, status, wanted);
  return chosen.ok ? chosen.value.execution : chosen.errors[0]?.message;
};

test.each([
  ['the present one is good: the one before it', c, 'Succeeded', 'bbbb'],
  ['the present one failed: the newest good one', run('dddd', 4, { status: 'Failed' }), 'Failed', 'cccc'],
  ['the present one is going on: the newest good one before it', run('dddd', 4), 'InProgress', 'cccc'],
  [
    'an old execution was retried and failed: good ones that came later do not count',
    run('abab', 2, { status: 'Failed' }),
    'Failed',
    'aaaa',
  ],
  [
    'the present one is a rollback: what came before its target',
    run('eeee', 5, { type: 'ROLLBACK', target: 'bbbb' }),
    'Succeeded',
    'aaaa',
  ],
  [
    'the present one is a rollback that failed: its target once more',
    run('eeee', 5, { type: 'ROLLBACK', target: 'bbbb' }),
    'Failed',
    'bbbb',
  ],
  [
    'a rollback to what is no candidate any more: the newest good one',
    run('eeee', 5, { type: 'ROLLBACK', target: 'zzzz' }),
    'Succeeded',
    'cccc',
  ],
])('%s', (_, present, status, expected) => expect(target(present, status)).toBe(expected));

test.each([
  ['nothing good before', a, 'Succeeded'],
  ['a rollback to the first', run('eeee', 5, { type: 'ROLLBACK', target: 'aaaa' }), 'Succeeded'],
  ['a stage that nothing has entered', undefined, 'NotStarted'],
])('%s: there is nothing to go back to', (_, present, status) =>
  expect(target(present, status)).toMatch(/^there is nothing to go back to/),
);

test('one named by the beginning of its id', () => {
  expect(target(c, 'Succeeded', 'aa')).toBe('aaaa');
  expect(target(c, 'Succeeded', 'dd')).toMatch(/^dd is nothing to go back to/);
  expect(target(c, 'Succeeded', 'b', [b, run('bbcc', 1)])).toMatch(/^several executions begin with b/);
});

test('candidates: good in this stage, no rollbacks, and only of the present version', async () => {
  const summary = (id: string, hour: number, executionType = 'STANDARD') => ({
    pipelineExecutionId: id,
    status: 'Succeeded',
    startTime: new Date(Date.UTC(2026, 0, 1, hour)),
    executionType,
  });
  const versions: Record<string, number> = { dddd: 2, cccc: 2, aaaa: 1, old: 1 };
  const aws = fakeAws({
    'codepipeline:ListPipelineExecutions': () => ({
      pipelineExecutionSummaries: [
        summary('dddd', 5),
        summary('back', 4, 'ROLLBACK'),
        summary('cccc', 3),
        summary('aaaa', 1),
        summary('old', 0),
      ],
    }),
    'codepipeline:GetPipelineExecution': ({ pipelineExecutionId: id }: { pipelineExecutionId: string }) => ({
      pipelineExecution: { pipelineExecutionId: id, pipelineVersion: versions[id] },
    }),
  });
  const status = { pipeline: 'p', version: 2, mode: 'QUEUED', stages: [], executions: [] };
  const found = await rollbackCandidates(aws, status, 'Production');
  expect(found.ok && found.value.map(({ execution, version }) => [execution, version])).toEqual([
    ['dddd', 2],
    ['cccc', 2],
  ]);
  expect(aws.sent[0]?.input).toMatchObject({ filter: { succeededInStage: { stageName: 'Production' } } });
  expect(aws.sent.map(({ input }) => input)).not.toContainEqual({ pipelineName: 'p', pipelineExecutionId: 'old' });
});

test('RollbackStage gets stage and target, and gives the new execution', async () => {
  const aws = fakeAws({ 'codepipeline:RollbackStage': () => ({ pipelineExecutionId: 'new' }) });
  expect(await rollbackStage(aws, 'p', 'Production', 'aaaa')).toEqual({ ok: true, value: 'new' });
  expect(aws.sent[0]?.input).toEqual({ pipelineName: 'p', stageName: 'Production', targetPipelineExecutionId: 'aaaa' });
});
