import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checksIn, PROJECT } from './workshop';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-checks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script that uses the functions as a buildspec does. */
function checks(script: string, environment: Record<string, string> = {}) {
  const { status, stdout } = spawnSync(
    'bash',
    [
      '-c',
      `. '${join(PROJECT, 'buildspecs', 'lib', 'checks.sh')}'\nset -eu\n${script}\nchecks_end "$PWD/reports/checks.xml"`,
    ],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', TMPDIR: folder, ...environment },
    },
  );
  const junit = join(folder, 'reports', 'checks.xml');
  return { status, stdout, table: checksIn(stdout), junit: existsSync(junit) ? readFileSync(junit, 'utf8') : '' };
}

test('all pass: status 0, one row each, in the order of the declaration', () => {
  const { status, table } = checks('checks_begin one two\ncheck two true\ncheck one true');
  expect({ status, rows: Object.entries(table) }).toEqual({ status: 0, rows: [['one', 'PASS'], ['two', 'PASS']] }); // biome-ignore format: one line reads better
});

test('one fails: the others run all the same, then the action fails with one table', () => {
  const { status, table, stdout } = checks('checks_begin a b c\ncheck a touch a\ncheck b false\ncheck c touch c');
  expect(status).toBe(1);
  expect(table).toEqual({ a: 'PASS', b: 'FAIL', c: 'PASS' });
  expect([existsSync(join(folder, 'a')), existsSync(join(folder, 'c'))]).toEqual([true, true]);
  expect(stdout.match(/^check +result/gm)).toHaveLength(1);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 of 3 checks did not pass: b');
});

test('a report that was promised and not written is a failure', () => {
  const { status, table, stdout } = checks('checks_begin a\ncheck a --report "$PWD/reports/a.xml" true');
  expect({ status, table }).toEqual({ status: 1, table: { a: 'FAIL' } });
  expect(stdout).toContain('did not write its report a.xml');
});

test('an empty report is one that was not written', () => {
  expect(checks('checks_begin a\ncheck a --report "$PWD/reports/a.xml" touch reports/a.xml').table).toEqual({
    a: 'FAIL',
  });
});

test("an earlier run's report does not count", () => {
  const { table } = checks(
    'mkdir reports; echo old > reports/a.xml\nchecks_begin a\ncheck a --report "$PWD/reports/a.xml" true',
  );
  expect(table).toEqual({ a: 'FAIL' });
});

test('a report that was written is fine', () => {
  const { status } = checks('checks_begin a\ncheck a --report "$PWD/reports/a.xml" sh -c "echo x > reports/a.xml"');
  expect(status).toBe(0);
});

test('what is off in slipway.yaml is not run, and says so', () => {
  const { status, table, stdout } = checks('checks_begin a b\ncheck a touch a\ncheck b touch b', { CHECKS: 'b' });
  expect({ status, table }).toEqual({ status: 0, table: { a: 'NOT RUN', b: 'PASS' } });
  expect(stdout).toMatch(/^a +NOT RUN +off in slipway.yaml$/m);
  expect(existsSync(join(folder, 'a'))).toBe(false);
});

test('all off', () => {
  expect(checks('checks_begin a\ncheck a false', { CHECKS: '' })).toMatchObject({ status: 0, table: { a: 'NOT RUN' } });
});

test('a name that no check has is a failure, and the message lists those there are', () => {
  const { status, table, stdout } = checks('checks_begin a b\ncheck a true\ncheck b true', { CHECKS: 'a b mipy' });
  expect({ status, table }).toEqual({ status: 1, table: { a: 'PASS', b: 'PASS', mipy: 'FAIL' } });
  expect(stdout).toContain('no such check here; there are: a b');
});

test('a check that is on and was never started is a failure', () => {
  const { status, stdout } = checks('checks_begin a b\ncheck a true');
  expect(status).toBe(1);
  expect(stdout).toMatch(/^b +NOT RUN +required, but it was never started$/m);
});

test('what could not be carried out is an error, told apart from a finding, and fails', () => {
  const { status, table } = checks('f() { echo "could not reach it"; return 75; }\nchecks_begin a\ncheck a f');
  expect({ status, table }).toEqual({ status: 1, table: { a: 'ERROR' } });
});

test('a permitted NOT RUN does not fail, and shows its reason', () => {
  const { status, stdout } = checks('f() { echo "no network"; return 77; }\nchecks_begin a\ncheck a f');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^a +NOT RUN +[\d.]+ +no network$/m);
});

test('the detail is the last line of output without colours and rulers, or what the check says itself', () => {
  const { stdout } = checks(
    `checks_begin a b\ncheck a printf '\\033[31m==== 2 failed in 0.1s ====\\033[0m\\n\\n'\nb() { echo noise; echo 12 % > "$CHECK_DETAIL"; }\ncheck b b`,
  );
  expect(stdout).toMatch(/^a +PASS +[\d.]+ +2 failed in 0.1s$/m);
  expect(stdout).toMatch(/^b +PASS +[\d.]+ +12 %$/m);
});

test('a function stops at its first failing command', () => {
  const { table } = checks('f() { false; touch later; }\nchecks_begin a\ncheck a f');
  expect(table).toEqual({ a: 'FAIL' });
  expect(existsSync(join(folder, 'later'))).toBe(false);
});

test('a failing check in the middle of a pipeline of output is not hidden by it', () => {
  expect(checks('checks_begin a\ncheck a sh -c "seq 1 20000; exit 3"').table).toEqual({ a: 'FAIL' });
});

test('the table as JUnit: one case a check, texts escaped', () => {
  const { junit } = checks(
    'checks_begin a b c\ncheck a true\nf() { echo "<x> & \\"y\\""; return 1; }\ncheck b f',
    { CHECKS: 'a b' }, // biome-ignore format: one line reads better
  );
  expect(junit).toContain('<testsuite name="checks" tests="3" failures="1" skipped="1">');
  expect(junit).toContain('<failure message="FAIL: &lt;x&gt; &amp; &quot;y&quot;"/>');
  expect(junit).toContain('<skipped message="off in slipway.yaml"/>');
});

test('the output of a check is seen as it is', () => {
  expect(checks('checks_begin a\ncheck a echo hello').stdout).toMatch(/── a\nhello\n/);
});
