import { cucumber } from './cucumber';
import { asElement, attribute, children, descendants, type Element, list, numberOf, textOf } from './xml';

/** One test case, in the words that all formats share. */
export interface Case {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
  readonly message: string;
}

export interface Cases {
  readonly cases: readonly Case[];
  /** How it all ended, in one line, where the report says so. */
  readonly outcome?: string;
}

/** What a file of each format holds; undefined: it is none. */
export const TEST_READERS = {
  JUNITXML: junit,
  CUCUMBERJSON: cucumber,
  NUNITXML: nunit2,
  NUNIT3XML: nunit3,
  TESTNGXML: testng,
  VISUALSTUDIOTRX: trx,
} as const satisfies Readonly<Record<string, (content: unknown) => Cases | undefined>>;

/** Counted one by one: what a suite's head says is not believed. */
function junit(content: unknown): Cases | undefined {
  const root = asElement(content);
  if (!root || (root['testsuites'] === undefined && root['testsuite'] === undefined)) return undefined;
  const suites = [...children(asElement(root['testsuites']), 'testsuite'), ...children(root, 'testsuite')];
  const casesOf = (suite: Element): Element[] => [
    ...children(suite, 'testcase'),
    ...children(suite, 'testsuite').flatMap(casesOf),
  ];
  const outcome = suites.map(outcomeOf).findLast((one) => one !== undefined);
  return { cases: suites.flatMap(casesOf).map(junitCase), ...(outcome !== undefined && { outcome }) };
}

function junitCase(test: Element): Case {
  const broken = [...list(test['failure']), ...list(test['error'])];
  const [note] = broken.length > 0 ? broken : list(test['skipped']);
  return {
    name: [attribute(test, 'classname'), attribute(test, 'name')].filter(Boolean).join('.'),
    status: broken.length > 0 ? 'failed' : 'skipped' in test ? 'skipped' : 'passed',
    seconds: numberOf(attribute(test, 'time')),
    message: attribute(asElement(note), 'message') ?? textOf(note),
  };
}

/** What a suite says in its property `outcome`. */
const outcomeOf = (suite: Element): string | undefined =>
  children(suite, 'properties')
    .flatMap((properties) => children(properties, 'property'))
    .filter((property) => attribute(property, 'name') === 'outcome')
    .map((property) => attribute(property, 'value') ?? '')
    .at(-1);

/** NUnit 2: `test-results`, with `executed`, `success` and, of later ones, `result`. */
function nunit2(content: unknown): Cases | undefined {
  const root = asElement(content)?.['test-results'];
  if (root === undefined) return undefined;
  const cases = descendants(asElement(root), 'test-case').map((test): Case => {
    const result = attribute(test, 'result') ?? (attribute(test, 'success') === 'True' ? 'Success' : 'Failure');
    const ran = attribute(test, 'executed') !== 'False';
    const status = ran && result === 'Success' ? 'passed' : ran && isBroken(result) ? 'failed' : 'skipped';
    return {
      name: attribute(test, 'name') ?? '',
      status,
      seconds: numberOf(attribute(test, 'time')),
      message: said(test),
    };
  });
  return { cases };
}

const isBroken = (result: string): boolean =>
  ['Failure', 'Error', 'Failed', 'Cancelled', 'NotRunnable'].includes(result);

/** NUnit 3: `test-run`, with `result` Passed, Failed, Skipped, Inconclusive or Warning. */
function nunit3(content: unknown): Cases | undefined {
  const root = asElement(content)?.['test-run'];
  if (root === undefined) return undefined;
  const cases = descendants(asElement(root), 'test-case').map((test): Case => {
    const result = attribute(test, 'result') ?? '';
    const status = ['Passed', 'Warning'].includes(result) ? 'passed' : isBroken(result) ? 'failed' : 'skipped';
    const name = attribute(test, 'fullname') ?? attribute(test, 'name') ?? '';
    return { name, status, seconds: numberOf(attribute(test, 'duration')), message: said(test) };
  });
  return { cases };
}

/** `failure/message` or `reason/message`. */
const said = (test: Element): string => {
  const [first] = [...children(test, 'failure'), ...children(test, 'reason')];
  return textOf(first?.['message']);
};

/** TestNG: `testng-results`; methods that only configure are no tests. */
function testng(content: unknown): Cases | undefined {
  const root = asElement(content)?.['testng-results'];
  if (root === undefined) return undefined;
  const classes = descendants(asElement(root), 'class');
  const cases = classes.flatMap((owner) =>
    children(owner, 'test-method')
      .filter((method) => attribute(method, 'is-config') !== 'true')
      .map((method): Case => {
        const status = attribute(method, 'status') ?? '';
        const [exception] = children(method, 'exception');
        return {
          name: [attribute(owner, 'name'), attribute(method, 'name')].filter(Boolean).join('.'),
          status: status === 'PASS' ? 'passed' : status === 'SKIP' ? 'skipped' : 'failed',
          seconds: numberOf(attribute(method, 'duration-ms')) / 1000,
          message: textOf(exception?.['message']) || (attribute(exception, 'class') ?? ''),
        };
      }),
  );
  return { cases };
}

/** Visual Studio: `TestRun`, with `outcome` and a duration hh:mm:ss.fffffff. */
function trx(content: unknown): Cases | undefined {
  const root = asElement(content)?.['TestRun'];
  if (root === undefined) return undefined;
  const cases = descendants(asElement(root), 'UnitTestResult').map((test): Case => {
    const outcome = attribute(test, 'outcome') ?? 'Error';
    const [output] = children(test, 'Output');
    return {
      name: attribute(test, 'testName') ?? '',
      status: PASSED.includes(outcome) ? 'passed' : SKIPPED.includes(outcome) ? 'skipped' : 'failed',
      seconds: clockTime(attribute(test, 'duration') ?? ''),
      message: textOf(children(output, 'ErrorInfo')[0]?.['Message']) || textOf(output?.['StdOut']),
    };
  });
  return { cases };
}

/** Source: the schema of the format, vstst.xsd, TestOutcome. */
const PASSED = ['Passed', 'PassedButRunAborted', 'Warning', 'Completed'];
const SKIPPED = ['NotExecuted', 'NotRunnable', 'Inconclusive', 'Disconnected', 'Pending', 'InProgress'];

const clockTime = (text: string): number =>
  text.split(':').reduce((seconds, part) => seconds * 60 + numberOf(part === '' ? 0 : part), 0);
