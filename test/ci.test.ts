import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROGRAM = resolve(__dirname, '../.ci/verdict.mjs');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'verdict-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Status = 'passed' | 'failed' | 'pending';

/** As `jest --json` writes it: test file -> how its tests ended; none: the file could not be run. */
function results(file: string, suites: Readonly<Record<string, readonly Status[]>>): string {
  const testResults = Object.entries(suites).map(([name, statuses]) => ({
    name: resolve(name),
    status:
      statuses.length === 0 || statuses.includes('failed')
        ? 'failed'
        : statuses.includes('passed')
          ? 'passed'
          : 'skipped',
    assertionResults: statuses.map((status, index) => ({ status, fullName: `test ${index}` })),
  }));
  const path = join(folder, file);
  writeFileSync(path, JSON.stringify({ testResults }));
  return path;
}

function verdict(...args: string[]): { lines: string[]; code: number | null } {
  const { stdout, status } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
  return { lines: stdout.trimEnd().split('\n'), code: status };
}

test('all passed: the counts, and exit code 0', () => {
  const first = results('first.json', { 'a.test.ts': ['passed', 'pending'], 'b.test.ts': ['passed'] });
  expect(verdict('failed', first).lines).toEqual(['']);
  expect(verdict('verdict', first)).toEqual({ lines: ['2 passed, 0 failed'], code: 0 });
});

test('a failed test, and a file that could not be run, are named, counted, and exit code 1', () => {
  const first = results('first.json', { 'a.test.ts': ['passed', 'failed'], 'b.test.ts': [] });
  expect(verdict('failed', first).lines).toEqual(['a.test.ts', 'b.test.ts']);
  expect(verdict('verdict', first)).toEqual({ lines: ['1 passed, 2 failed'], code: 1 });
});

test('a file of which nothing can run here has not failed', () => {
  const first = results('first.json', { 'a.test.ts': ['pending', 'pending'], 'b.test.ts': ['passed'] });
  expect(verdict('failed', first).lines).toEqual(['']);
  expect(verdict('verdict', first)).toEqual({ lines: ['1 passed, 0 failed'], code: 0 });
});

test('what passes when it runs again alone is told as FLAKY', () => {
  const first = results('first.json', { 'a.test.ts': ['passed', 'failed'], 'b.test.ts': ['passed'] });
  const again = results('again.json', { 'a.test.ts': ['passed', 'passed'] });
  expect(verdict('verdict', first, again)).toEqual({
    lines: ['FLAKY, failed once and passed alone: a.test.ts: test 1', '3 passed, 0 failed'],
    code: 0,
  });
});

test('what fails again has failed', () => {
  const first = results('first.json', { 'a.test.ts': ['failed', 'passed'] });
  const again = results('again.json', { 'a.test.ts': ['passed', 'failed'] });
  expect(verdict('verdict', first, again)).toEqual({ lines: ['1 passed, 1 failed'], code: 1 });
});

test('no test at all, or no results, is no success', () => {
  expect(verdict('verdict', results('first.json', {})).code).toBe(1);
  expect(verdict('verdict', join(folder, '*.json')).code).toBe(1);
});
