import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../lib/local/event';
import { openRun } from '../../lib/local/run-folder';
import { contents, Place } from './command-line';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

const OLD = '11111111-1111-4111-8111-111111111111';
const NEW = '22222222-2222-4222-8222-222222222222';

/** A run as the engine leaves it: two actions, one of which failed. `lines`: how many the second one wrote. */
async function pastRun(execution: string, day: number, lines = 2): Promise<void> {
  const run = await openRun(join(place.state, 'runs'), execution);
  const tell = (second: number, body: object) =>
    run.journal.append({
      time: new Date(Date.UTC(2026, 0, day, 0, 0, second)).toISOString(),
      execution,
      ...body,
    } as Event);
  const unit = { stage: 'Test', action: 'Test/Unit' };
  const quality = { stage: 'Test', action: 'Test/Quality' };
  tell(0, {
    kind: 'pipeline-started',
    pipeline: 'visits-development',
    structure: 's',
    type: 'STANDARD',
    trigger: 'test',
    variables: {},
    stages: [{ name: 'Test', actions: ['Test/Unit', 'Test/Quality'] }],
  });
  tell(0, { kind: 'stage-started', stage: 'Test' });
  tell(0, { kind: 'action-started', ...unit });
  tell(0, { kind: 'action-started', ...quality });
  tell(1, { kind: 'output', stream: 'stdout', text: `unit of ${execution.slice(0, 4)}`, ...unit });
  for (let line = 1; line <= lines; line += 2) {
    const two = [line, line + 1].filter((each) => each <= lines).map((each) => `quality ${each}`);
    tell(1, { kind: 'output', stream: 'stderr', text: two.join('\n'), ...quality });
  }
  tell(2, { kind: 'action-ended', status: 'Succeeded', variables: {}, artifacts: {}, ...unit });
  tell(2, { kind: 'action-ended', status: 'Failed', variables: {}, artifacts: {}, reason: 'flake8', ...quality });
  tell(2, { kind: 'stage-ended', stage: 'Test', status: 'Failed' });
  tell(3, { kind: 'pipeline-ended', status: 'Failed' });
  await run.journal.close();
}

describe('logs', () => {
  beforeEach(async () => {
    await pastRun(NEW, 2);
    await pastRun(OLD, 1);
  });

  test.each([
    [
      'of the last run, each line with its action',
      [],
      'Test/Unit │ unit of 2222\nTest/Quality │ quality 1\nTest/Quality │ quality 2\n',
    ],
    ['of one action, as it wrote them', ['Test/Unit'], 'unit of 2222\n'],
    ['of the run whose id begins so', ['Test/Unit', '--run', '1111'], 'unit of 1111\n'],
  ])('%s', async (_, args, stdout) => {
    expect(await place.run(['logs', ...args])).toMatchObject({ code: 0, stdout, stderr: '' });
  });

  test('--list: the runs, newest first, with pipeline, status and time', async () => {
    const { code, stdout } = await place.run(['logs', '--list']);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        `${NEW}  2026-01-02T00:00:00.000Z  visits-development  Failed  3.0s\n`,
        `${OLD}  2026-01-01T00:00:00.000Z  visits-development  Failed  3.0s\n`,
      ].join(''),
    );
  });

  test('an unknown action: those that there are, exit code 2', async () => {
    expect(await place.run(['logs', 'Test/Unti'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'no action Test/Unti in this run; there are: Test/Unit, Test/Quality\n',
    });
  });

  test('a folder without a readable journal does not hide the others', async () => {
    mkdirSync(join(place.state, 'runs', 'broken'));
    writeFileSync(join(place.state, 'runs', 'broken', 'journal.jsonl'), 'not json\n');
    expect((await place.run(['logs', '--list'])).stdout).toContain(NEW);
  });
});

test('logs | head: a reader that leaves is no error', async () => {
  await pastRun(NEW, 1, 50_000);
  const logs = place.start(['logs']);
  await logs.line('quality 1');
  logs.leave();
  expect(await logs.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
});

describe('clean', () => {
  beforeEach(async () => {
    await pastRun(NEW, 1);
    for (const name of ['cluster', 'cdk.out', 'registry']) mkdirSync(join(place.state, name));
  });

  test.each([
    ['removes everything that runs left', [], []],
    ['--runs removes the runs alone', ['--runs'], ['cdk.out', 'cluster', 'registry']],
    ['--cluster removes the cluster alone', ['--cluster'], ['cdk.out', 'registry', 'runs']],
  ])('%s', async (_, args, left) => {
    const { code, stdout, stderr } = await place.run(['clean', ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^removed /);
    expect(contents(place.state)).toEqual(left);
    expect(existsSync(join(place.project, 'slipway.yaml'))).toBe(true);
  });

  test('where there is nothing: says so and makes nothing', async () => {
    await place.run(['clean']);
    rmdirSync(place.state);
    expect(await place.run(['clean'])).toMatchObject({ code: 0, stdout: 'nothing to clean\n' });
    expect(contents(place.project)).toEqual(['service', 'slipway.yaml']);
  });
});

describe('resume', () => {
  test.each([
    [[], 'no execution is unfinished: there is nothing to resume'],
    [['1111'], `execution ${OLD} has ended (Failed): there is nothing to resume; \`slipway retry\``],
  ])('%j: what has ended is told before anything is synthesized or started', async (args, words) => {
    await pastRun(OLD, 1);
    place.app('false');
    const { code, stdout, stderr } = await place.run(['resume', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(contents(place.state)).toEqual(['runs']);
  });
});
