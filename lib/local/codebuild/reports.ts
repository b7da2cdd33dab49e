import { readFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';
import { err, ok, type Result } from '../../result';
import type { Report, TestNote } from '../event';
import type { ReportFormat } from './buildspec';

type TestReport = Extract<Report, { type: 'TEST' }>;
type CoverageReport = Extract<Report, { type: 'CODE_COVERAGE' }>;

/** How many failures, and how many tests that did not run, a report names for the summary. */
const NOTES = 5;
/** CodeBuild keeps this many characters of a message. */
const MESSAGE = 5_000;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  // Character references such as &#10; as well.
  htmlEntities: true,
  isArray: (name) => ['testsuite', 'testcase', 'failure', 'error', 'counter', 'property'].includes(name),
});

type Element = { readonly [name: string]: unknown };

/** Reads a report's files, all of one format, as one report named after its group; the error names the file. */
export function readReport(name: string, format: ReportFormat, files: readonly string[]): Result<Report, string> {
  const tests: TestReport[] = [];
  const coverage: Counts[] = [];
  for (const file of files) {
    let root: Element;
    try {
      root = parser.parse(readFileSync(file), true) as Element;
    } catch (error) {
      return err(`${file} is not XML: ${(error as Error).message}`);
    }
    const found = format === 'JUNITXML' ? junit(name, root) : coverageOf(format, root);
    if (found === undefined) return err(`${file} is not a report of format ${format}`);
    if ('type' in found) tests.push(found);
    else coverage.push(found);
  }
  return ok(format === 'JUNITXML' ? mergeTests(name, tests) : mergeCoverage(name, coverage));
}

function junit(name: string, root: Element): TestReport | undefined {
  const top = asElement(root['testsuites']);
  const isReport = top !== undefined || root['testsuites'] === '' || root['testsuite'] !== undefined;
  if (!isReport) return undefined;
  const suites = [...children(top ?? {}, 'testsuite'), ...children(root, 'testsuite')];
  const cases = suites.flatMap(casesOf);
  const broken = cases.filter((test) => 'failure' in test || 'error' in test);
  const skipped = cases.filter((test) => !broken.includes(test) && 'skipped' in test);
  return {
    type: 'TEST',
    name,
    total: cases.length,
    passed: cases.length - broken.length - skipped.length,
    failed: broken.length,
    skipped: skipped.length,
    duration: cases.reduce((sum, test) => sum + number(test['@time']), 0),
    failures: broken.slice(0, NOTES).map((test) => noteOn(test, 'failure', 'error')),
    notRun: skipped.slice(0, NOTES).map((test) => noteOn(test, 'skipped')),
    ...outcomeOf(suites.map(outcome)),
  };
}

/** What a suite says in its property `outcome`. */
const outcome = (suite: Element): string | undefined =>
  children(suite, 'properties')
    .flatMap((properties) => children(properties, 'property'))
    .filter((property) => property['@name'] === 'outcome')
    .map((property) => String(property['@value'] ?? '').slice(0, MESSAGE))
    .at(-1);

const outcomeOf = (outcomes: readonly (string | undefined)[]): { outcome?: string } => {
  const last = outcomes.findLast((one) => one !== undefined);
  return last === undefined ? {} : { outcome: last };
};

/** A suite may hold suites. */
const casesOf = (suite: Element): Element[] => [
  ...children(suite, 'testcase'),
  ...children(suite, 'testsuite').flatMap(casesOf),
];

function noteOn(test: Element, ...kinds: readonly string[]): TestNote {
  const first = kinds.flatMap((kind) => list(test[kind]))[0];
  const element = asElement(first);
  const text = element ? (element['@message'] ?? element['#text'] ?? '') : (first ?? '');
  return {
    test: [test['@classname'], test['@name']].filter(Boolean).map(String).join('.') || 'unnamed test',
    message: String(text).trim().slice(0, MESSAGE),
  };
}

/** Lines and branches, covered and in all. */
interface Counts {
  readonly lines: number;
  readonly linesCovered: number;
  readonly branches: number;
  readonly branchesCovered: number;
}

function coverageOf(format: ReportFormat, root: Element): Counts | undefined {
  const top = asElement(root[format === 'JACOCOXML' ? 'report' : 'coverage']);
  if (!top) return undefined;
  if (format === 'COBERTURAXML') return top['@lines-valid'] === undefined ? undefined : cobertura(top);
  if (format === 'JACOCOXML') return jacoco(top);
  const metrics = asElement(asElement(top['project'])?.['metrics']);
  return metrics ? clover(metrics) : undefined;
}

const cobertura = (top: Element): Counts => ({
  lines: number(top['@lines-valid']),
  linesCovered: number(top['@lines-covered']),
  branches: number(top['@branches-valid']),
  branchesCovered: number(top['@branches-covered']),
});

/** Clover counts statements; CodeBuild shows them as lines. */
const clover = (metrics: Element): Counts => ({
  lines: number(metrics['@statements']),
  linesCovered: number(metrics['@coveredstatements']),
  branches: number(metrics['@conditionals']),
  branchesCovered: number(metrics['@coveredconditionals']),
});

function jacoco(top: Element): Counts | undefined {
  const counters = children(top, 'counter');
  const of = (type: string) => counters.find((counter) => counter['@type'] === type);
  const [lines, branches] = [of('LINE'), of('BRANCH')];
  if (!lines) return undefined;
  const all = (counter?: Element) => number(counter?.['@missed']) + number(counter?.['@covered']);
  return {
    lines: all(lines),
    linesCovered: number(lines['@covered']),
    branches: all(branches),
    branchesCovered: number(branches?.['@covered']),
  };
}

function mergeTests(name: string, reports: readonly TestReport[]): TestReport {
  const sum = (count: (report: TestReport) => number) => reports.reduce((total, report) => total + count(report), 0);
  return {
    type: 'TEST',
    name,
    total: sum((report) => report.total),
    passed: sum((report) => report.passed),
    failed: sum((report) => report.failed),
    skipped: sum((report) => report.skipped),
    duration: Math.round(sum((report) => report.duration) * 1000) / 1000,
    failures: reports.flatMap((report) => report.failures).slice(0, NOTES),
    notRun: reports.flatMap((report) => report.notRun).slice(0, NOTES),
    ...outcomeOf(reports.map((report) => report.outcome)),
  };
}

function mergeCoverage(name: string, counts: readonly Counts[]): CoverageReport {
  const sum = (key: keyof Counts) => counts.reduce((total, count) => total + count[key], 0);
  const percent = (covered: number, all: number) => (all === 0 ? 100 : Math.round((covered / all) * 10_000) / 100);
  const branches = sum('branches');
  return {
    type: 'CODE_COVERAGE',
    name,
    lineCoverage: percent(sum('linesCovered'), sum('lines')),
    ...(branches > 0 ? { branchCoverage: percent(sum('branchesCovered'), branches) } : {}),
  };
}

const asElement = (value: unknown): Element | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Element) : undefined;

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

const children = (element: Element, name: string): Element[] =>
  list(element[name]).flatMap((value) => {
    const child = asElement(value);
    return child ? [child] : [];
  });

const number = (value: unknown): number => {
  const parsed = Number.parseFloat(String(value ?? 0).replaceAll(',', ''));
  return Number.isFinite(parsed) ? parsed : 0;
};
