import { fromSummary } from '../../lib/ops/executions';
import { renderStatus } from '../../lib/ops/render-status';
import { readStatus } from '../../lib/ops/status';
import { pipelineStatus } from '../../lib/ops/status-view';
import type { Paint } from '../../lib/ops/text';
import { clock, GOOD, NEXT, NOW, OLD, state, summaries } from './answers';
import { fakeAws, serviceError } from './fake-aws';

const same = (text: string) => text;
const paint: Paint = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };
const view = pipelineStatus(state, 'QUEUED', summaries.map(fromSummary));
const stage = (name: string) => view.stages.find((each) => each.name === name);

test('a stage tells its latest execution, with status, commit and message', () => {
  expect(stage('Test')).toMatchObject({
    status: 'Failed',
    retries: 1,
    execution: { execution: NOW, revisions: [{ source: 'Source', id: '0000cafe0815', message: 'Show the host' }] },
  });
  expect(stage('Source')?.execution?.revisions[0]?.message).toBe('Count visits once');
});

test("an action whose last change is older than the stage's execution has not run in it", () => {
  expect(stage('Test')?.actions.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'Quality Succeeded',
    'Unit Failed',
    'Package NotStarted',
  ]);
});

test('a stage that nothing has entered, and an action that never ran', () => {
  expect(stage('Production')).toMatchObject({
    status: 'NotStarted',
    actions: [{ name: 'Deploy', status: 'NotStarted' }],
  });
});

test('what waits in front of a stage, and why its transition is disabled', () => {
  expect(stage('Production')).toMatchObject({
    waiting: [
      { execution: OLD, revisions: [{ message: 'First' }] },
      { status: 'Stopped', revisions: [] },
    ],
    transition: { enabled: false, reason: 'change freeze', changed: '2026-11-21T12:10:00.000Z' },
  });
});

test('the older member inboundExecution is read where the newer is not there', () => {
  const inboundExecution = { pipelineExecutionId: OLD, status: 'InProgress' as const };
  const old = pipelineStatus({ stageStates: [{ stageName: 'A', inboundExecution }] }, 'SUPERSEDED', []);
  expect(old.stages[0]?.waiting.map(({ execution }) => execution)).toEqual([OLD]);
});

test('a failed action tells error and link, a failed condition its rule and reason', () => {
  expect(stage('Test')?.actions[1]).toMatchObject({
    error: expect.stringMatching(/^JobFailed: Build terminated/),
    link: expect.stringMatching(/^https:/),
  });
  expect(stage('Test')?.conditions).toEqual([
    {
      hook: 'beforeEntry',
      status: 'Failed',
      summary: 'Skipped by rule NotYetTested',
      rules: [{ name: 'NotYetTested', status: 'Failed', reason: 'TESTED is "yes"' }],
    },
  ]);
});

test('what is under way, and the last execution', () => {
  expect(view.executions.map(({ execution }) => execution)).toEqual([NEXT, GOOD, OLD]);
});

test('no token is told', () => {
  expect(JSON.stringify(view)).not.toContain('XAMPLETOKEN');
});

describe('as a table', () => {
  const lines = (columns: number) => renderStatus(view, { columns, paint, now: clock, options: ' --profile ops' });

  test('reads like this', () => {
    expect(lines(80)).toMatchInlineSnapshot(`
[
  "visits-production",
  "version 3, QUEUED",
  "✓ Source           Succeeded     19m  4e470000  4e47cafe Count visits once",
  "✓   Source         Succeeded     19m  Count visits once It counted twice.",
  "✗ Test             Failed        26m  00000000  0000cafe Show the host",
  "  ✗ beforeEntry: Failed  Skipped by rule NotYetTested",
  "      NotYetTested: TESTED is "yes"",
  "✓   Quality        Succeeded     27m",
  "✗   Unit           Failed        26m",
  "      JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR",
  "      https://eu-west-1.console.aws.amazon.com/codesuite/codebuild/111122223333/projects/visits-test/build/visits-test%3A11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa/?region=eu-west-1",
  "○   Package        –",
  "      slipway retry visits-production --stage Test --profile ops",
  "● SignOff          InProgress    35m  600d0000  600dcafe A very long first line…",
  "●   ClientSignOff  InProgress    35m  waits for approval",
  "      slipway approve visits-production SignOff/ClientSignOff --profile ops",
  "  ⊘ transition to Production is disabled since 50m by jo",
  "    change freeze",
  "    slipway transition enable visits-production --stage Production --profile ops",
  "  … 0ld00000 waits for Production  0ld0cafe First",
  "  … gone0000 was stopped in front of Production",
  "○ Production       –",
  "○   Deploy         –",
]
`);
  });

  test.each([80, 60])('fits %d columns but for links, reasons and commands', (columns) => {
    const wide = lines(columns).filter((line) => [...line].length > columns);
    for (const line of wide) expect(line).toMatch(/^ {4,}(https:|slipway |JobFailed|NotYetTested)/);
  });

  test('what was written by others cannot move the cursor', () => {
    const [first, ...rest] = summaries;
    const evil = fromSummary({
      ...first,
      sourceRevisions: [{ actionName: 'Source', revisionId: 'b', revisionSummary: 'a\u001b[2Jb\u0007\u009b1m' }],
    });
    const shown = pipelineStatus(state, 'QUEUED', [evil, ...rest.map(fromSummary)]);
    expect(renderStatus(shown, { columns: 80, paint, now: clock, options: '' }).join('')).not.toMatch(/\p{Cc}/u);
  });
});

describe('read from AWS', () => {
  const answers = {
    'codepipeline:GetPipelineState': () => state,
    'codepipeline:GetPipeline': () => ({ pipeline: { executionMode: 'QUEUED' } }),
    'codepipeline:ListPipelineExecutions': () => ({ pipelineExecutionSummaries: summaries.slice(0, 3) }),
  };

  test('executions too old for the list are looked up; one that is gone is told by its id', async () => {
    const aws = fakeAws({
      ...answers,
      'codepipeline:GetPipelineExecution': ({ pipelineExecutionId: id }: { pipelineExecutionId: string }) => {
        if (id !== OLD) throw serviceError('PipelineExecutionNotFoundException');
        return {
          pipelineExecution: {
            pipelineExecutionId: id,
            artifactRevisions: [{ name: 'Source', revisionId: 'c', revisionSummary: 'Old' }],
          },
        };
      },
    });
    const read = await readStatus(aws, 'visits-production');
    expect(read.ok && read.value.stages[3]?.waiting.map(({ revisions }) => revisions[0]?.message)).toEqual([
      'Old',
      undefined,
    ]);
  });

  test('any other error ends it', async () => {
    const aws = fakeAws({
      ...answers,
      'codepipeline:GetPipelineExecution': () => {
        throw serviceError('AccessDeniedException', 'User: jo is not authorized.');
      },
    });
    const message =
      'not allowed: the caller needs codepipeline:GetPipelineExecution. AWS said: User: jo is not authorized';
    expect(await readStatus(aws, 'p')).toEqual({
      ok: false,
      errors: [
        { kind: 'access', code: 'AccessDeniedException', message, permission: 'codepipeline:GetPipelineExecution' },
      ],
    });
  });
});
