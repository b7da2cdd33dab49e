import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommonOptions } from '../../lib/deploy/options';
import { type CommandName, runProgram } from '../../lib/deploy/program';
import { FakeClock, FakeLog } from './fakes';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-program-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** There is no kubectl: whatever would ask a cluster is an error, not a refusal. */
const run = async (command: CommandName, given: Partial<CommonOptions>) => {
  const log = new FakeLog();
  const options: CommonOptions = {
    service: 'web',
    environment: 'dev',
    namespace: 'web-dev',
    releases: join(folder, 'releases'),
    strategy: { kind: 'rolling' },
    rolloutTimeout: 1,
    smokeTimeout: 1,
    settle: 0,
    lockTimeout: 1,
    lockDuration: 60,
    unreachable: 0,
    smoke: true,
    readyPath: '/readyz',
    versionPath: '/version',
    output: join(folder, 'output'),
    kubectl: join(folder, 'no-kubectl'),
    requestedAt: '2026-11-21T12:00:00.000Z',
    ...given,
  };
  const code = await runProgram(command, options, {
    environment: {},
    log,
    clock: new FakeClock(),
    random: () => 1,
    fetch,
    signal: new AbortController().signal,
    defaultId: 'ours',
  });
  return { code, log: log.text };
};

test('accept has to be told which release', async () => {
  expect(await run('accept', {})).toMatchObject({ code: 11, log: expect.stringContaining('--version is missing') });
  expect((await run('accept', { version: '2.0.0' })).code).toBe(14);
  expect((await run('restore', {})).code).toBe(14);
});

test('an output folder that cannot be made is told before anything is asked or changed', async () => {
  const output = join(folder, 'file');
  writeFileSync(output, '');
  expect(await run('restore', { output })).toMatchObject({
    code: 11,
    log: expect.stringMatching(/Refused: --output .*file: expected a folder that can be written to/),
  });
});

test('what a deploy left is kept beside the releases, without what an earlier one left in the folder', async () => {
  const evidence = join(folder, 'output', 'evidence');
  mkdirSync(evidence, { recursive: true });
  writeFileSync(join(evidence, 'of-yesterday.log'), 'old');
  await run('restore', { version: '1' });
  const reports = join(folder, 'releases/web/dev/reports');
  const [id = ''] = readdirSync(reports);
  expect(id).toMatch(/^\d{8}T\d{9}Z-restore$/);
  expect(readdirSync(join(reports, id))).toEqual(['result.json']);
  const kept = readFileSync(join(reports, id, 'result.json'), 'utf8');
  expect(kept).toBe(readFileSync(join(folder, 'output/result.json'), 'utf8'));
  expect(JSON.parse(kept)).toMatchObject({ outcome: 'Error', command: 'restore' });
});

test('a store that cannot be written to does not change how a deploy ended', async () => {
  writeFileSync(join(folder, 'file'), '');
  const { code, log } = await run('accept', { releases: join(folder, 'file') });
  expect(code).toBe(11);
  expect(log).toContain('the report is not kept with the releases: ');
});

test('a preview writes nothing to the store', async () => {
  await run('preview', { version: '1' });
  expect(existsSync(join(folder, 'releases'))).toBe(false);
});
