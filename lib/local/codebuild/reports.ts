import { readFileSync } from 'node:fs';
import { err, ok, type Result } from '../../result';
import type { Report, TestNote } from '../event';
import type { ReportFormat } from './buildspec';
import { COVERAGE_READERS, type Counts } from './report-formats/coverage';
import { type Case, type Cases, TEST_READERS } from './report-formats/tests';
import { parseXml } from './report-formats/xml';

type TestReport = Extract<Report, { type: 'TEST' }>;
type CoverageReport = Extract<Report, { type: 'CODE_COVERAGE' }>;

/** How many failures, and how many tests that did not run, a report names for the summary. */
const NOTES = 5;
/** CodeBuild keeps this many characters of a case's name and of its message. Source: CodeBuild user guide, limits. */
const NAME = 1_000;
const MESSAGE = 5_000;

/** Reads a report's files, all of one format, as one report named after its group; the error names the file. */
export function readReport(name: string, format: ReportFormat, files: readonly string[]): Result<Report, string> {
  const reader = TEST_READERS[format as keyof typeof TEST_READERS];
  return reader === undefined
    ? readAll(format, files, COVERAGE_READERS[format as keyof typeof COVERAGE_READERS], (all) =>
        coverageReport(name, all),
      )
    : readAll(format, files, reader, (all) => testReport(name, all));
}

function readAll<T>(
  format: ReportFormat,
  files: readonly string[],
  read: (content: unknown) => T | undefined,
  merge: (all: readonly T[]) => Report,
): Result<Report, string> {
  const all: T[] = [];
  const isJson = format === 'CUCUMBERJSON' || format === 'SIMPLECOV';
  for (const file of files) {
    let content: unknown;
    try {
      content = isJson ? JSON.parse(readFileSync(file, 'utf8')) : parseXml(readFileSync(file));
    } catch (error) {
      return err(`${file} is not ${isJson ? 'JSON' : 'XML'}: ${(error as Error).message}`);
    }
    const found = read(content);
    if (found === undefined) return err(`${file} is not a report of format ${format}`);
    all.push(found);
  }
  return ok(merge(all));
}

function testReport(name: string, all: readonly Cases[]): TestReport {
  const cases = all.flatMap((one) => one.cases);
  const of = (status: Case['status']): Case[] => cases.filter((test) => test.status === status);
  const [failed, skipped] = [of('failed'), of('skipped')];
  const outcome = all.map((one) => one.outcome).findLast((one) => one !== undefined);
  return {
    type: 'TEST',
    name,
    total: cases.length,
    passed: cases.length - failed.length - skipped.length,
    failed: failed.length,
    skipped: skipped.length,
    duration: Math.round(cases.reduce((sum, test) => sum + test.seconds, 0) * 1000) / 1000,
    failures: failed.slice(0, NOTES).map(noteOn),
    notRun: skipped.slice(0, NOTES).map(noteOn),
    ...(outcome !== undefined && { outcome: outcome.slice(0, MESSAGE) }),
  };
}

const noteOn = ({ name, message }: Case): TestNote => ({
  test: name.slice(0, NAME) || 'unnamed test',
  message: message.trim().slice(0, MESSAGE),
});

function coverageReport(name: string, counts: readonly Counts[]): CoverageReport {
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
