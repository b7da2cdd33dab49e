import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJournal } from '../../lib/local/journal';
import { type RunState, runState } from '../../lib/local/run-state';
import { makeProject, statuses, type TestProject, troubles } from './project';

jest.setTimeout(600_000);

/** The production pipeline with one environment and few checks, for what comes after the deploy. */
const ENVIRONMENTS = `environments:
  production:
    manifests: k8s/overlays/dev
    approvals: []
    suite: smoke
    settle: 0s
    bake: 3m
`;

const withOneEnvironment = (yaml: string): string =>
  yaml
    .replace(/^environments:\n(?: .*\n|\n(?= ))*/m, ENVIRONMENTS)
    .replace('  integration: true', '  integration: false')
    .replace(/^( {4}(?:flake8|mypy|black|isort|pip-audit|secrets)): true.*$/gm, '$1: false')
    .replace(/^( {4}(?:pylint|bandit)): .*$/gm, '$1: false');

describe('a release that gets sick in its bake', () => {
  let project: TestProject;
  let first: RunState;
  let good: string;
  let runs: RunState[];
  let stdout: string;

  beforeAll(async () => {
    project = makeProject(withOneEnvironment);
    const { code, stderr, state } = await project.run('production', '--keep', '--variable', 'IgnoreAlarms=yes');
    expect({ code, stderr, troubles: troubles(state) }).toEqual({
      code: 0,
      stderr: '',
      troubles: {},
    });
    first = state;
    good = await served(first);

    project.commit('sickInBake');
    const before = executions();
    const sick = await project.slipway('run', 'production', '--keep');
    expect({ code: sick.code, stderr: sick.stderr }).toEqual({ code: 1, stderr: '' });
    stdout = sick.stdout;
    runs = executions()
      .filter((execution) => !before.includes(execution))
      .map(read)
      .sort((one, other) => (one.startedAt ?? '').localeCompare(other.startedAt ?? ''));
  });

  afterAll(() => project.remove());

  test('only the bake fails, by its own requests, and the last good release is put back', () => {
    const [run] = runs as [RunState];
    expect(statuses(run)).toMatchObject({
      'Production/Deploy': 'Succeeded',
      'Production/Verify': 'Succeeded',
      'Production/Bake': 'Failed',
      'Production/RestoreLastGood': 'Succeeded',
    });
    expect(statuses(run)).not.toHaveProperty('Production/Accept');
    expect(action(run, 'Production/Bake').reason).toMatch(
      /the service failed 3 requests in a row after .*\/readyz answers 503: .*the cache is full/,
    );
    expect(action(run, 'Production/RestoreLastGood').reports).toMatchObject([{ type: 'TEST', failed: 0 }]);
  });

  test('users are served by the old version, also after the pipeline has rolled back', async () => {
    expect(runs.map(({ type, status }) => `${type} ${status}`)).toEqual(['STANDARD Failed', 'ROLLBACK Succeeded']);
    expect(await served(runs[0] as RunState)).toBe(good);
  });

  test('the summary says what failed, why, and that the last good release serves again', () => {
    expect(stdout).toMatch(/FAILED +Production\/Bake .*failed 3 requests in a row/);
    expect(stdout).toMatch(
      new RegExp(`OUTCOME +Production/RestoreLastGood RolledBack: .*last known good release ${good} serves again`),
    );
    expect(stdout).not.toMatch(/\d failed/);
  });

  test('IgnoreAlarms holds where it was asked for, and there is told; nowhere else', () => {
    const [run] = runs as [RunState];
    const ignored = (state: RunState) => ({
      variables: state.variables,
      notRun: action(state, 'Production/Deploy').reports.flatMap((report) =>
        report.type === 'TEST' ? report.notRun : [],
      ),
    });
    expect(ignored(first)).toEqual({
      variables: { IgnoreAlarms: 'yes' },
      notRun: [
        {
          test: 'deploy visits production.No alarm fires',
          message: 'alarms were ignored, as was asked for (--ignore-alarms)',
        },
      ],
    });
    expect(ignored(run)).toEqual({ variables: { IgnoreAlarms: 'no' }, notRun: [] });
  });

  const folder = (): string => join(project.folder, '.slipway', 'runs');
  const executions = (): string[] => readdirSync(folder());
  function read(execution: string): RunState {
    const journal = readJournal(join(folder(), execution, 'journal.jsonl'));
    if (!journal.ok) throw new Error(journal.errors.join('\n'));
    return runState(journal.value);
  }
});

function action(state: RunState, id: string) {
  const found = state.stages.flatMap(({ actions }) => actions).find((one) => one.id === id);
  if (!found) throw new Error(`no action ${id}`);
  return found;
}

/** The version that answers where the run's verification asked. */
async function served(state: RunState): Promise<string> {
  const url = action(state, 'Production/Verify').variables['BASE_URL'];
  const response = await fetch(`${url}/version`, { headers: { connection: 'close' } });
  return ((await response.json()) as { version: string }).version;
}
