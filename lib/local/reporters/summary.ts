import type { Report } from '../event';
import type { RunState } from '../run-state';
import { clip, duration, mark, type Paint } from './format';

/** Where a run's files are, for whoever wants to look. */
export interface Places {
  readonly run: string;
  readonly artifacts: string;
}

/** What one wants to know when a run has ended: stages and times, tests, version, where the service is, where things are. */
export function summary(state: RunState, places: Places, paint: Paint): string {
  const rows: [string, string][] = [
    ...stageRows(state, paint),
    ...failureRows(state, paint),
    ...outcomeRows(state),
    ...testRows(state, paint),
    ...Object.entries(factsOf(state)).map(([name, value]): [string, string] => [
      name,
      name === 'url' ? paint.cyan(value) : value,
    ]),
    ['logs', places.run],
    ['artifacts', places.artifacts],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    paint.bold('Summary'),
    ...rows.map(([name, value]) => `  ${paint.dim(name.padEnd(width))}  ${value}`),
  ].join('\n');
}

function stageRows(state: RunState, paint: Paint): [string, string][] {
  return state.stages.map((stage) => {
    const time =
      stage.startedAt && stage.endedAt ? duration(Date.parse(stage.endedAt) - Date.parse(stage.startedAt)) : '';
    switch (stage.status) {
      case 'Pending':
        return [stage.name, paint.dim('NOT RUN')];
      case 'InProgress':
        return [stage.name, paint.yellow('not finished')];
      default:
        return [stage.name, `${mark(stage.status, paint)} ${stage.status} ${paint.dim(time)}`];
    }
  });
}

/** Why actions failed: what their reports say, where they say it, else the action's own reason; a row each. */
function failureRows(state: RunState, paint: Paint): [string, string][] {
  const failed = state.stages.flatMap((stage) => stage.actions).filter(({ status }) => status === 'Failed');
  return failed.flatMap(({ id, reports, reason = '' }) => {
    const notes = reports.flatMap((report) => (report.type === 'TEST' ? report.failures : []));
    const told = notes.map(({ test, message }) => `${test}${message ? `: ${message.split('\n')[0]}` : ''}`);
    return (told.length > 0 ? told : [reason]).map((cause): [string, string] => [
      'FAILED',
      `${paint.red(id)} ${clip(cause, 140)}`,
    ]);
  });
}

/** What came of each stage that failed, as the last of its reports that knows tells: whether the old release serves again. */
function outcomeRows(state: RunState): [string, string][] {
  return state.stages
    .filter(({ status }) => status === 'Failed')
    .flatMap(({ actions }): [string, string][] => {
      const told = actions.flatMap(({ id, reports }) =>
        reports.flatMap((report) => (report.type === 'TEST' && report.outcome ? [`${id} ${report.outcome}`] : [])),
      );
      return told.slice(-1).map((text) => ['OUTCOME', clip(text, 240)]);
    });
}

function testRows(state: RunState, paint: Paint): [string, string][] {
  const reports = state.stages.flatMap((stage) => stage.actions.flatMap((action) => action.reports));
  const tests = reports.filter((report): report is Extract<Report, { type: 'TEST' }> => report.type === 'TEST');
  const coverage = reports.find((report) => report.type === 'CODE_COVERAGE');
  const sum = (pick: (report: Extract<Report, { type: 'TEST' }>) => number) =>
    tests.reduce((total, report) => total + pick(report), 0);
  const rows: [string, string][] = [];
  if (tests.length) {
    const bad = sum((report) => report.failed);
    const skipped = sum((report) => report.skipped);
    const parts = [
      `${sum((report) => report.passed)} passed`,
      ...(bad ? [paint.red(`${bad} failed`)] : []),
      ...(skipped ? [`${skipped} skipped`] : []),
    ];
    rows.push([
      'tests',
      `${parts.join(', ')} ${paint.dim(`(${tests.map(({ name, total }) => `${name} ${total}`).join(', ')})`)}`,
    ]);
  }
  for (const { test, message } of tests.flatMap((report) => report.notRun))
    rows.push(['NOT RUN', paint.yellow(`${test}${message ? `: ${message}` : ''}`)]);
  if (coverage?.type === 'CODE_COVERAGE') rows.push(['coverage', `${coverage.lineCoverage.toFixed(1)} % of lines`]);
  return rows;
}

/** What is shown of the variables that actions gave, in this order. */
const SHOWN = { CommitId: 'commit', VERSION: 'version', IMAGE_DIGEST: 'digest', BASE_URL: 'url' } as const;

function factsOf(state: RunState): Record<string, string> {
  const facts: Record<string, string> = {};
  const actions = state.stages.flatMap((stage) => stage.actions);
  for (const [variable, name] of Object.entries(SHOWN)) {
    const value = actions.findLast(({ variables }) => variables[variable])?.variables[variable];
    if (value) facts[name] = value;
  }
  if (actions.some(({ facts: told }) => told['dirty'] === 'yes')) facts['source'] = 'the work tree as it is (--dirty)';
  return facts;
}
