import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { buildExecutors } from '../../bench/builds';
import { endure, judge } from '../../bench/endurance';
import { openHost, runOnce } from '../../bench/host';
import { buildPlan } from '../../bench/plans';
import { temporaryFolder } from '../local/codebuild/host';

const root = temporaryFolder();
const opened: number[] = [];
afterAll(() => {
  for (const file of opened) closeSync(file);
});
const onLinux = process.platform === 'linux' ? test : test.skip;

/** As of `npm run soak`, short. */
const SHORT = { runs: 100, warmUp: 20, looks: 4, mostKilobytes: 24, mostHandles: 32 };
const FEW = { ...SHORT, runs: 10, warmUp: 3, mostHandles: 5 };

test('a hundred runs of builds in one process leave memory and file handles as they are', async () => {
  const folder = join(root, 'builds');
  const host = await openHost(buildPlan('parallel', 1), await buildExecutors(folder), join(folder, '.slipway'));
  const { problems } = await endure(SHORT, () => runOnce(host));
  await host.close('unfinished');
  expect(problems).toEqual([]);
});

test('runs that keep what they made are told', async () => {
  const kept: string[][] = [];
  const { problems } = await endure(FEW, async () => {
    kept.push(Array.from({ length: 10_000 }, (_, index) => `${kept.length}-${index}`));
  });
  expect(problems).toEqual([expect.stringMatching(/^memory grows by \d+\.\d kB a run; at most 24 kB are allowed$/)]);
});

onLinux('runs that leave a file open are told', async () => {
  const { problems } = await endure(FEW, async () => {
    opened.push(openSync('/dev/null', 'r'));
  });
  expect(problems).toEqual(['10 file handles more after 10 runs; at most 5 are allowed']);
});

test('a single look at a bad moment is no growth', () => {
  const at = (runs: number, heap: number) => ({ runs, heap, resident: 0, handles: 0, time: 0 });
  const looks = [at(0, 10), at(10, 10), at(20, 12), at(30, 10), at(40, 10)];
  expect(judge(looks, FEW)).toEqual([]);
});

test('no run at all is no proof', async () => {
  expect((await endure({ ...FEW, runs: 0 }, async () => {})).problems).toEqual(['nothing was run']);
});
