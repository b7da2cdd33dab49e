import { join } from 'node:path';
import { parseBuildspec, REPORT_FORMATS, type ReportFormat } from '../../../lib/local/codebuild/buildspec';
import { readReport } from '../../../lib/local/codebuild/reports';
import { temporaryFolder, testHost, writeTree } from './host';

const root = temporaryFolder();
const host = testHost();
let count = 0;

function read(format: ReportFormat, ...contents: string[]) {
  const files = contents.map((content) => {
    const name = `${++count}.report`;
    writeTree(root, { [name]: content });
    return join(root, name);
  });
  const result = readReport('unit', format, files);
  return result.ok ? result.value : result.errors;
}

const tests = (total: number, passed: number, failed: number, skipped: number, duration: number) => ({
  type: 'TEST',
  total,
  passed,
  failed,
  skipped,
  duration,
});

const SAMPLES: Partial<Record<ReportFormat, string>> = {
  CUCUMBERJSON: JSON.stringify([
    {
      uri: 'a.feature',
      name: 'Visits',
      elements: [
        { type: 'background', name: 'b', steps: [{ result: { status: 'failed' } }] },
        { type: 'scenario', name: 'counts', steps: [{ result: { status: 'passed', duration: 1_500_000_000 } }] },
        {
          type: 'scenario',
          name: 'fails',
          before: [{ result: { status: 'passed', duration: 500_000_000 } }],
          steps: [{ result: { status: 'failed', error_message: 'expected 1' } }, { result: { status: 'skipped' } }],
        },
        { type: 'scenario', name: 'waits', steps: [{ result: { status: 'pending' } }] },
        { type: 'scenario', name: 'lacks', steps: [{ result: { status: 'undefined' } }] },
      ],
    },
  ]),
  NUNITXML: `<test-results name="x"><test-suite><results>
    <test-case name="A.ok" executed="True" success="True" time="0.5" result="Success"/>
    <test-suite><results><test-case name="A.old" executed="True" success="False" time="1"><failure><message><![CDATA[no]]></message></failure></test-case></results></test-suite>
    <test-case name="A.ignored" executed="False" result="Ignored"><reason><message>later</message></reason></test-case>
    <test-case name="A.error" executed="True" success="False" result="Error"/></results></test-suite></test-results>`,
  NUNIT3XML: `<test-run id="2"><test-suite><test-suite>
    <test-case name="ok" fullname="N.ok" result="Passed" duration="0.25"/>
    <test-case name="bad" fullname="N.bad" result="Failed" duration="0.5"><failure><message>no</message></failure></test-case>
    <test-case name="odd" fullname="N.odd" result="Inconclusive"/>
    <test-case name="not" fullname="N.not" result="Skipped"><reason><message>later</message></reason></test-case></test-suite></test-suite></test-run>`,
  TESTNGXML: `<testng-results><suite><test><class name="C">
    <test-method status="PASS" name="setUp" is-config="true" duration-ms="9"/>
    <test-method status="PASS" name="ok" duration-ms="250"/>
    <test-method status="FAIL" name="bad" duration-ms="500"><exception class="E"><message>no</message></exception></test-method>
    <test-method status="SKIP" name="not" duration-ms="0"/></class></test></suite></testng-results>`,
  VISUALSTUDIOTRX: `<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
    <UnitTestResult testName="ok" outcome="Passed" duration="00:00:01.5000000"/>
    <UnitTestResult testName="bad" outcome="Failed" duration="00:01:00.0000000"><Output><ErrorInfo><Message>no</Message></ErrorInfo></Output></UnitTestResult>
    <UnitTestResult testName="not" outcome="NotExecuted"/></Results></TestRun>`,
};

test.each<[ReportFormat, ReturnType<typeof tests>, object[], string[]]>([
  [
    'CUCUMBERJSON',
    tests(4, 1, 2, 1, 2),
    [
      { test: 'Visits: fails', message: 'expected 1' },
      { test: 'Visits: lacks', message: 'a step is undefined' },
    ],
    ['Visits: waits'],
  ],
  [
    'NUNITXML',
    tests(4, 1, 2, 1, 1.5),
    [
      { test: 'A.old', message: 'no' },
      { test: 'A.error', message: '' },
    ],
    ['A.ignored'],
  ],
  ['NUNIT3XML', tests(4, 1, 1, 2, 0.75), [{ test: 'N.bad', message: 'no' }], ['N.odd', 'N.not']],
  ['TESTNGXML', tests(3, 1, 1, 1, 0.75), [{ test: 'C.bad', message: 'no' }], ['C.not']],
  ['VISUALSTUDIOTRX', tests(3, 1, 1, 1, 61.5), [{ test: 'bad', message: 'no' }], ['not']],
])('%s: counts, times, failures and what did not run', (format, counts, failures, notRun) => {
  const report = read(format, SAMPLES[format] ?? '');
  expect(report).toMatchObject(counts);
  const { failures: failed, notRun: skipped } = report as unknown as { failures: object[]; notRun: { test: string }[] };
  // In the order of the file, nested suites where they stand.
  expect(failed).toEqual(expect.arrayContaining(failures));
  expect(failed).toHaveLength(failures.length);
  expect(skipped.map((note) => note.test)).toEqual(notRun);
});

test('SIMPLECOV: lines and branches over all commands; a line counts as hit if any of them hit it', () => {
  const resultset = {
    RSpec: { coverage: { 'a.rb': { lines: [1, 0, null, 0], branches: { c: { taken: 1, other: 0 } } } } },
    Cucumber: { coverage: { 'a.rb': { lines: [0, 2, null, 0] } } },
  };
  expect(read('SIMPLECOV', JSON.stringify(resultset))).toMatchObject({ lineCoverage: 66.67, branchCoverage: 50 });
  expect(read('SIMPLECOV', '{"RSpec":{"coverage":{"a.rb":[1,0,null]}}}')).toMatchObject({ lineCoverage: 50 });
});

test('several files of one format are one report', () => {
  const one = SAMPLES.TESTNGXML ?? '';
  expect(read('TESTNGXML', one, one)).toMatchObject(tests(6, 2, 2, 2, 1.5));
  const coverage = (hits: string) => `{"RSpec":{"coverage":{"${hits}.rb":{"lines":${hits}}}}}`;
  expect(read('SIMPLECOV', coverage('[1,1,1]'), coverage('[0]'))).toMatchObject({ lineCoverage: 75 });
});

test.each<[ReportFormat, string, RegExp]>([
  ['CUCUMBERJSON', '<testsuite/>', /is not JSON: /],
  ['CUCUMBERJSON', '{}', /is not a report of format CUCUMBERJSON/],
  ['CUCUMBERJSON', '[1]', /is not a report of format CUCUMBERJSON/],
  ['NUNITXML', SAMPLES.NUNIT3XML ?? '', /is not a report of format NUNITXML/],
  ['NUNIT3XML', SAMPLES.NUNITXML ?? '', /is not a report of format NUNIT3XML/],
  ['TESTNGXML', '<testng/>', /is not a report of format TESTNGXML/],
  ['VISUALSTUDIOTRX', '<TestRun', /is not XML: /],
  ['SIMPLECOV', '{"metrics":{"covered_percent":50}}', /is not a report of format SIMPLECOV/],
  ['SIMPLECOV', '[', /is not JSON: /],
])('a broken file of %s says what is wrong, and which file: %j', (format, content, message) => {
  expect(read(format, content)).toEqual([expect.stringMatching(message)]);
  expect(String(read(format, content))).toMatch(/\d+\.report is not/);
});

test('a name has at most 1,000 characters, a message 5,000', () => {
  const xml = `<testsuite><testcase name="${'n'.repeat(1_500)}"><failure message="${'m'.repeat(6_000)}"/></testcase></testsuite>`;
  const { failures } = read('JUNITXML', xml) as unknown as { failures: { test: string; message: string }[] };
  expect([failures[0]?.test.length, failures[0]?.message.length]).toEqual([1_000, 5_000]);
});

test('a report of more than 500 cases is told', async () => {
  const cases = '<testcase name=\\"a\\"/>';
  const { log, outcome } = await host.run({
    buildspec: `version: 0.2\nphases:\n  build:\n    commands:\n      - "echo '<testsuite>' > u.xml; i=0; while [ $i -lt 501 ]; do echo '${cases}'; i=$((i+1)); done >> u.xml; echo '</testsuite>' >> u.xml"\nreports: {unit: {files: [u.xml]}}`,
  });
  expect(outcome.status).toBe('Succeeded');
  expect(log).toContain('report unit has 501 test cases; CodeBuild keeps 500 of a report');
});

test('every format is known, in any case; more than five groups are refused', () => {
  const spec = (reports: string) =>
    parseBuildspec(`version: 0.2\nphases: {build: {commands: [x]}}\nreports: {${reports}}`);
  for (const format of REPORT_FORMATS) {
    const parsed = spec(`unit: {files: [a], file-format: ${format.toLowerCase()}}`);
    expect(parsed.ok && parsed.value.reports[0]?.format).toBe(format);
  }
  const six = spec(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}: {files: [x]}`).join(', '));
  expect(six.ok ? [] : six.errors.map(({ message }) => message)).toEqual(['expected at most 5 report groups, found 6']);
});
