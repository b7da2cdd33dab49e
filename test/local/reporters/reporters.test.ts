import type { Event, EventBody } from '../../../lib/local/event';
import { clip, duration, monochrome, paintFor, printable } from '../../../lib/local/reporters/format';
import { jsonReporter } from '../../../lib/local/reporters/json';
import { plainReporter } from '../../../lib/local/reporters/plain';
import { summary } from '../../../lib/local/reporters/summary';
import { terminalReporter } from '../../../lib/local/reporters/terminal';
import { runState } from '../../../lib/local/run-state';

const at = (seconds: number, body: EventBody): Event => ({
  time: new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString(),
  execution: 'e-1',
  ...body,
});

const unit = { stage: 'Test', action: 'Test/Unit' } as const;
const none = { variables: {}, artifacts: {} } as const;

const started = at(0, {
  kind: 'pipeline-started',
  pipeline: 'visits-development',
  structure: 's',
  type: 'STANDARD',
  trigger: 'slipway run',
  variables: {},
  stages: [
    { name: 'Test', actions: ['Test/Unit'] },
    { name: 'Dev', actions: ['Dev/Deploy'] },
  ],
});

const failing: Event[] = [
  started,
  at(1, { kind: 'stage-started', stage: 'Test' }),
  at(1, { kind: 'action-started', ...unit }),
  at(2, { kind: 'output', ...unit, stream: 'stdout', text: 'collected 3 items' }),
  at(3, { kind: 'output', ...unit, stream: 'stderr', text: '\u001b[31mE   assert 1 == 2\u001b[0m' }),
  at(4, {
    kind: 'report',
    ...unit,
    report: {
      type: 'TEST',
      name: 'unit',
      total: 3,
      passed: 2,
      failed: 1,
      skipped: 0,
      duration: 1.2,
      failures: [{ test: 'tests.test_a', message: 'assert 1 == 2\nin full' }],
      notRun: [{ test: 'checks.pip-audit', message: 'no database' }],
    },
  }),
  at(4, { kind: 'report', ...unit, report: { type: 'CODE_COVERAGE', name: 'coverage', lineCoverage: 97.25 } }),
  at(5, { kind: 'action-ended', ...unit, status: 'Failed', reason: 'BUILD failed', ...none }),
  at(5, { kind: 'stage-ended', stage: 'Test', status: 'Failed', reason: 'Test/Unit failed' }),
  at(5, { kind: 'pipeline-ended', status: 'Failed', reason: 'stage Test failed' }),
];

function plainOutput(events: readonly Event[], verbose = false): string {
  let output = '';
  const reporter = plainReporter(
    (text) => {
      output += text;
    },
    monochrome,
    verbose,
  );
  for (const event of events) reporter.event(event);
  return output;
}

describe('plain lines', () => {
  const output = plainOutput(failing);

  test('a failed action shows its time, its reports, why, and the tail of its output without escape sequences', () => {
    expect(output).toContain(
      '    ✗ Test/Unit 4.0s unit: 2 passed, 1 failed · coverage: 97.3 % of lines: BUILD failed\n',
    );
    expect(output).toContain('      │ collected 3 items\n      │ E   assert 1 == 2\n');
  });

  test('the end of stage and pipeline carry status, time and reason', () => {
    expect(output).toContain('  ✗ Test 4.0s: Test/Unit failed\n');
    expect(output).toContain('✗ Pipeline failed 5.0s: stage Test failed\n');
  });

  test('an action that succeeds leaves its output out', () => {
    const passing = failing.map((event) =>
      event.kind === 'action-ended' ? { ...event, status: 'Succeeded' as const } : event,
    );
    expect(plainOutput(passing)).not.toContain('collected');
  });

  test('verbose output shows every line as it comes, and no tail a second time', () => {
    expect(plainOutput(failing, true).match(/collected 3 items/g)).toHaveLength(1);
  });
});

describe('lines that come at once', () => {
  const outputs = (...texts: string[]): Event[] => [
    ...failing.slice(0, 3),
    ...texts.map((text) => at(2, { kind: 'output', ...unit, stream: 'stdout', text })),
    ...failing.slice(7, 8),
  ];

  test('are lines of their own, each without escape sequences', () => {
    const shown = plainOutput(outputs('one\n\u001b[31mtwo\u001b[0m\n\n\tthree', '$& $1\nfour'), true);
    const mine = shown.split('\n').filter((row) => row.includes('│'));
    expect(mine).toEqual(['one', 'two', '', '  three', '$& $1', 'four'].map((line) => `    Test/Unit │ ${line}`));
  });

  test('of a failed action the last are shown, from the last command on', () => {
    const tailOf = (...texts: string[]): string[] =>
      plainOutput(outputs(...texts))
        .split('\n')
        .filter((row) => row.includes('│'))
        .map((row) => row.replace(/^ *│ /, ''));
    const command = (name: string): string => `[slipway] Running command ${name}`;
    expect(tailOf(`a\n${command('one')}\nb\n${command('two')}\nc`, 'd\ne')).toEqual([command('two'), 'c', 'd', 'e']);
    expect(tailOf('a', `${command('one')}\nb`)).toEqual([command('one'), 'b']);
    const many = Array.from({ length: 60 }, (_, n) => `${n}`);
    expect(tailOf('x', many.join('\n'))).toEqual(many.slice(-25));
    expect(tailOf(many.slice(0, 50).join('\n'), many.slice(50).join('\n'))).toEqual(many.slice(-25));
  });
});

test('JSON output is every event, one object a line', () => {
  const rows: string[] = [];
  const reporter = jsonReporter((text) => rows.push(text));
  for (const event of failing) reporter.event(event);
  expect(rows.map((row) => JSON.parse(row))).toEqual(failing);
  expect(rows.every((row) => row.endsWith('\n') && !row.slice(0, -1).includes('\n'))).toBe(true);
});

describe('terminal', () => {
  /** Plays what was written on a screen of rows, as a terminal would. */
  function play(writes: readonly string[]): string[] {
    const rows: string[] = [''];
    let row = 0;
    for (const chunk of writes.join('').split(/(\n|\r|\u001b\[\d*[A-Z]|\u001b\[\?25[hl])/u)) {
      const up = /^\u001b\[(\d+)A$/u.exec(chunk);
      if (up) row -= Number(up[1]);
      else if (chunk === '\u001b[0J') rows.length = row + 1;
      else if (chunk === '\n') rows[++row] ??= '';
      else if (chunk === '\r') rows[row] = '';
      else if (!chunk.startsWith('\u001b')) rows[row] = (rows[row] ?? '') + chunk;
    }
    return rows;
  }

  function record(events: readonly Event[], size = { columns: 60, rows: 10 }) {
    const writes: string[] = [];
    const reporter = terminalReporter(
      { write: (text) => writes.push(text), columns: () => size.columns, rows: () => size.rows },
      monochrome,
      false,
      () => Date.UTC(2026, 0, 1) + 3000,
    );
    for (const event of events) reporter.event(event);
    return { reporter, writes };
  }

  test('of lines that come at once the last one is shown', () => {
    const { reporter, writes } = record([
      ...failing.slice(0, 3),
      at(2, { kind: 'output', ...unit, stream: 'stdout', text: 'one\ntwo\nthree' }),
    ]);
    reporter.event(at(3, { kind: 'action-started', stage: 'Test', action: 'Test/Quality' }));
    expect(play(writes).find((row) => row.includes('Test/Unit'))).toMatch(/ three$/);
    reporter.close();
  });

  test('what runs now is one line with a spinner and its last output, and fits the width', () => {
    const { reporter, writes } = record([
      ...failing.slice(0, 3),
      at(2, { kind: 'output', ...unit, stream: 'stdout', text: 'x'.repeat(200) }),
    ]);
    reporter.event(at(3, { kind: 'action-started', stage: 'Test', action: 'Test/Quality' }));
    const live = play(writes).filter((row) => row.includes('Test/'));
    expect(live[0]).toMatch(/^ {4}\S Test\/Unit 2\.0s x+…$/);
    expect(live.every((row) => row.length < 60)).toBe(true);
    reporter.close();
  });

  test('finished lines stay, the live region goes, the cursor comes back', () => {
    const { reporter, writes } = record(failing);
    reporter.close();
    const rows = play(writes);
    expect(rows.filter((row) => row.includes('Test/Unit'))).toHaveLength(2);
    expect(rows.some((row) => row.includes('✗ Test/Unit 4.0s'))).toBe(true);
    expect(writes.join('').lastIndexOf('\u001b[?25h')).toBeGreaterThan(writes.join('').lastIndexOf('\u001b[?25l'));
  });

  test('a question is asked on a quiet screen', async () => {
    const { reporter, writes } = record(failing.slice(0, 3));
    const during = await reporter.quietly(async () => play(writes));
    expect(during.some((row) => row.includes('Test/Unit'))).toBe(false);
    expect(play(writes).some((row) => row.includes('Test/Unit'))).toBe(true);
    reporter.close();
  });
});

test('the summary tells stages, what did not run, tests, coverage and places', () => {
  const text = summary(
    runState(failing),
    { run: '.slipway/runs/e-1', artifacts: '.slipway/runs/e-1/artifacts' },
    monochrome,
  );
  expect(text).toContain('✗ Failed 4.0s\n');
  expect(text).toMatch(/FAILED\s+Test\/Unit tests\.test_a: assert 1 == 2\n/);
  expect(text).toMatch(/Dev\s+NOT RUN/);
  expect(text).toMatch(/tests\s+2 passed, 1 failed \(unit 3\)/);
  expect(text).toMatch(/NOT RUN\s+checks\.pip-audit: no database/);
  expect(text).toMatch(/coverage\s+97\.3 % of lines/);
  expect(text).toContain('.slipway/runs/e-1/artifacts');
});

test('the summary tells of a stage that failed what its last report says of the end, of one that did not nothing', () => {
  const report = (action: string, outcome?: string): Event =>
    at(2, {
      kind: 'report',
      stage: 'Dev',
      action,
      report: {
        type: 'TEST',
        name: 'deploy',
        total: 1,
        passed: 1,
        failed: 0,
        skipped: 0,
        duration: 1,
        failures: [],
        notRun: [],
        ...(outcome !== undefined && { outcome }),
      },
    });
  const told = (status: 'Failed' | 'Succeeded'): string =>
    summary(
      runState([
        started,
        at(1, { kind: 'stage-started', stage: 'Dev' }),
        report('Dev/Deploy', 'Verified: 2 serves'),
        report('Dev/Verify'),
        report('Dev/RestoreLastGood', 'RolledBack: 1 serves again'),
        at(3, { kind: 'stage-ended', stage: 'Dev', status }),
      ]),
      { run: 'r', artifacts: 'a' },
      monochrome,
    );
  expect(told('Failed')).toMatch(/OUTCOME +Dev\/RestoreLastGood RolledBack: 1 serves again\n/);
  expect(told('Failed')).not.toContain('Verified');
  expect(told('Succeeded')).not.toContain('OUTCOME');
});

test.each([
  [0, '0.0s'],
  [449, '0.4s'],
  [59_940, '59.9s'],
  [59_960, '1m00s'],
  [75_000, '1m15s'],
  [7_260_000, '2h01m'],
])('%d ms is written %s', (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

test('text from programs cannot move the cursor', () => {
  expect(printable('\u001b[2Ja\tb\u0007\u001b]0;title\u0007c')).toBe('a  bc');
});

test('a clipped text is never wider than asked', () => {
  expect(clip('äöüß', 3)).toBe('äö…');
  expect(clip('abc', 3)).toBe('abc');
  expect(clip('abc', 0)).toBe('');
});

test('colours follow the terminal and NO_COLOR', () => {
  expect(paintFor({ isTTY: true }, {}).red('x')).not.toBe('x');
  expect(paintFor({ isTTY: true }, { NO_COLOR: '1' }).red('x')).toBe('x');
  expect(paintFor({ isTTY: false }, {}).red('x')).toBe('x');
  expect(paintFor({ isTTY: false }, { FORCE_COLOR: '1' }).red('x')).not.toBe('x');
});
