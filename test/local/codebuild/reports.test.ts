import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportFormat } from '../../../lib/local/codebuild/buildspec';
import { readReport } from '../../../lib/local/codebuild/reports';
import { temporaryFolder, testHost, writeTree } from './host';

const host = testHost();
const root = temporaryFolder();
let count = 0;

function read(format: ReportFormat, ...contents: string[]) {
  const files = contents.map((content) => {
    const name = `${++count}.xml`;
    writeTree(root, { [name]: content });
    return join(root, name);
  });
  const result = readReport('unit', format, files);
  return result.ok ? result.value : result.errors;
}

const suite = `<?xml version="1.0"?>
<testsuites><testsuite name="s" tests="4">
  <testcase classname="tests.test_a" name="test_ok" time="0.25"/>
  <testcase classname="tests.test_a" name="test_bad" time="0.5"><failure message="assert 1 == 2&#10;more &lt;here&gt;">trace</failure></testcase>
  <testcase classname="tests.test_a" name="test_error"><error>no fixture</error></testcase>
  <testcase name="test_skip"><skipped message="later"/></testcase>
</testsuite></testsuites>`;

test('JUnit: counts, times and the first failures', () => {
  expect(read('JUNITXML', suite)).toEqual({
    type: 'TEST',
    name: 'unit',
    total: 4,
    passed: 1,
    failed: 2,
    skipped: 1,
    duration: 0.75,
    failures: [
      { test: 'tests.test_a.test_bad', message: 'assert 1 == 2\nmore <here>' },
      { test: 'tests.test_a.test_error', message: 'no fixture' },
    ],
    notRun: [{ test: 'test_skip', message: 'later' }],
  });
});

test('JUnit: how it ended, where the last suite that knows says so', () => {
  const said = (value: string) =>
    `<properties><property name="x" value="y"/><property name="outcome" value="${value}"/></properties>`;
  const one = `<testsuite>${said('Bad &amp; gone')}<testcase name="a"/></testsuite>`;
  expect(read('JUNITXML', one)).toMatchObject({ outcome: 'Bad & gone', total: 1 });
  const other = `<testsuites><testsuite>${said('Well')}</testsuite><testsuite/></testsuites>`;
  expect(read('JUNITXML', one, other, suite)).toMatchObject({ outcome: 'Well', total: 5 });
  expect(read('JUNITXML', one.replace('"outcome"', '"income"'))).not.toHaveProperty('outcome');
});

test.each<[string, string, number]>([
  ['a suite without suites around it', '<testsuite><testcase name="a"/></testsuite>', 1],
  [
    'suites in suites',
    '<testsuites><testsuite><testsuite><testcase name="a"/></testsuite><testcase name="b"/></testsuite></testsuites>',
    2,
  ],
  ['no test at all', '<testsuites/>', 0],
  ['an empty suite', '<testsuites><testsuite name="x" tests="0"></testsuite></testsuites>', 0],
  ['what the head says is not believed', '<testsuite tests="7" failures="0"><testcase name="a"/></testsuite>', 1],
  [
    'thousands of references',
    `<testsuite><testcase name="a"><failure>${'&lt;&#65;&quot;'.repeat(5_000)}</failure></testcase></testsuite>`,
    1,
  ],
])('JUnit: %s', (_, xml, total) => {
  expect(read('JUNITXML', xml)).toMatchObject({ type: 'TEST', total });
});

test('several files are one report', () => {
  expect(read('JUNITXML', suite, suite)).toMatchObject({ total: 8, failed: 4, duration: 1.5 });
  const cobertura = (lines: number, covered: number) => `<coverage lines-valid="${lines}" lines-covered="${covered}"/>`;
  expect(read('COBERTURAXML', cobertura(10, 10), cobertura(90, 40))).toEqual({
    type: 'CODE_COVERAGE',
    name: 'unit',
    lineCoverage: 50,
  });
});

test.each<[ReportFormat, string, object]>([
  [
    'COBERTURAXML',
    '<!DOCTYPE coverage SYSTEM "x.dtd"><coverage lines-valid="3" lines-covered="2" branches-valid="4" branches-covered="1" line-rate="1"/>',
    { lineCoverage: 66.67, branchCoverage: 25 },
  ],
  [
    'CLOVERXML',
    '<coverage><project><metrics statements="8" coveredstatements="6" conditionals="2" coveredconditionals="2"/></project></coverage>',
    { lineCoverage: 75, branchCoverage: 100 },
  ],
  [
    'JACOCOXML',
    '<report name="r"><counter type="BRANCH" missed="1" covered="1"/><counter type="LINE" missed="1" covered="9"/></report>',
    { lineCoverage: 90, branchCoverage: 50 },
  ],
])('%s', (format, xml, expected) => {
  expect(read(format, xml)).toEqual({ type: 'CODE_COVERAGE', name: 'unit', ...expected });
});

test.each<[ReportFormat, string, string]>([
  ['JUNITXML', '<coverage/>', 'is not a report of format JUNITXML'],
  ['COBERTURAXML', suite, 'is not a report of format COBERTURAXML'],
  ['COBERTURAXML', '<coverage/>', 'is not a report of format COBERTURAXML'],
  ['JACOCOXML', '<report/>', 'is not a report of format JACOCOXML'],
  ['JUNITXML', '<testsuite><testcase', 'is not XML'],
  ['JUNITXML', '', 'is not'],
])('%s refuses %j', (format, xml, message) => {
  expect(read(format, xml)).toEqual([expect.stringContaining(message)]);
});

const build = (reports: string, command = 'true') =>
  host.run({
    files: { 'out/unit.xml': suite },
    buildspec: `version: 0.2\nphases:\n  build:\n    commands: ['${command}']\nreports:\n${reports}`,
  });

test('a report is an event, and its files are kept', async () => {
  const { outcome, events, workspace } = await build('  unit: {files: [unit.xml], base-directory: out}');
  expect(outcome.status).toBe('Succeeded');
  expect(events).toContainEqual({ kind: 'report', report: expect.objectContaining({ name: 'unit', total: 4 }) });
  expect(readFileSync(join(workspace, 'reports/unit/unit.xml'), 'utf8')).toBe(suite);
});

test('a report group by its ARN is named by its last part', async () => {
  const { events } = await build('  "arn:aws:codebuild:eu-west-1:1:report-group/visits-unit": {files: [out/*.xml]}');
  expect(events).toContainEqual({ kind: 'report', report: expect.objectContaining({ name: 'visits-unit' }) });
});

test('failing tests in a report do not fail a build by themselves', async () => {
  expect((await build('  unit: {files: [out/unit.xml]}')).outcome.status).toBe('Succeeded');
});

test('a report that was promised and is not there fails the build; one that is there is still told', async () => {
  const { outcome, events } = await build(
    '  unit: {files: [out/unit.xml]}\n  coverage: {files: [coverage.xml], file-format: COBERTURAXML}',
  );
  expect(outcome).toMatchObject({
    status: 'Failed',
    reason: 'UPLOAD_ARTIFACTS: report coverage: no file matches coverage.xml',
  });
  expect(events.filter((event) => event.kind === 'report')).toHaveLength(1);
});

test('a report of the wrong format fails the build', async () => {
  const { outcome } = await build('  unit: {files: [out/unit.xml], file-format: COBERTURAXML}');
  expect(outcome).toMatchObject({
    status: 'Failed',
    reason: expect.stringContaining('is not a report of format COBERTURAXML'),
  });
});

test('after a failed BUILD the reports are still told', async () => {
  const { outcome, events } = await build('  unit: {files: [out/unit.xml]}', 'false');
  expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringMatching(/^BUILD: /) });
  expect(events.some((event) => event.kind === 'report')).toBe(true);
});

test('after a failed INSTALL there is no upload', async () => {
  const { events, workspace } = await host.run({
    buildspec: 'version: 0.2\nphases: {install: {commands: ["false"]}}\nreports: {unit: {files: [a]}}',
  });
  expect(events.some((event) => event.kind === 'phase-started' && event.phase === 'UPLOAD_ARTIFACTS')).toBe(false);
  expect(existsSync(join(workspace, 'reports'))).toBe(false);
});
