import { XMLBuilder } from 'fast-xml-parser';

/** A check of a deploy: lock, checks, apply, each workload, smoke test, settling, rollback. */
export interface Check {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'not-run';
  readonly seconds?: number;
  /** Why it failed or did not run, or what is to be said of one that passed, in one line. */
  readonly message?: string;
  /** Longer: what else there is to read. */
  readonly details?: string;
}

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', format: true });

export interface SuiteNotes {
  /** How it ended, in one line: the suite's property `outcome`. */
  readonly outcome?: string;
  readonly warnings?: readonly string[];
}

/** One test case a check, warnings as the suite's output, as CodeBuild and most others read JUnit XML: https://github.com/testmoapp/junitxml */
export function junit(suite: string, checks: readonly Check[], { outcome, warnings = [] }: SuiteNotes = {}): string {
  const cases = checks.map(({ name, status, seconds = 0, message = '', details = message }) => ({
    '@name': clean(name),
    '@classname': clean(suite),
    '@time': seconds.toFixed(3),
    ...(status === 'failed' ? { failure: { '@message': clean(message), '#text': clean(details) } } : {}),
    ...(status === 'passed' && message !== '' ? { 'system-out': clean(message) } : {}),
    ...(status === 'not-run' ? { skipped: { '@message': clean(message || 'NOT RUN') } } : {}),
  }));
  const count = (wanted: Check['status']): number => checks.filter(({ status }) => status === wanted).length;
  const time = checks.reduce((sum, { seconds = 0 }) => sum + seconds, 0).toFixed(3);
  const totals = {
    '@tests': checks.length,
    '@failures': count('failed'),
    '@errors': 0,
    '@skipped': count('not-run'),
    '@time': time,
  };
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: {
      ...totals,
      testsuite: {
        '@name': clean(suite),
        ...totals,
        ...(outcome === undefined
          ? {}
          : { properties: { property: { '@name': 'outcome', '@value': clean(outcome) } } }),
        testcase: cases,
        ...(warnings.length > 0
          ? { 'system-out': clean(warnings.map((warning) => `warning: ${warning}`).join('\n')) }
          : {}),
      },
    },
  });
}

/** XML 1.0 has no way to write most control characters, and logs are full of them. */
const clean = (text: string): string => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');
