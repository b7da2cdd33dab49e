import { spawnSync } from 'node:child_process';
import { mostProcesses, processNumbers, startedBetween } from '../../../lib/local/codebuild/process-numbers';

const onLinux = process.platform === 'linux' ? test : test.skip;
const at = (last: number, started: number, living = 10) => ({ last, started, living });

test('processes that were started meanwhile have the ids that were given meanwhile', () => {
  const isYoung = startedBetween(at(100, 5_000), at(110, 5_008), 32_768);
  expect([100, 101, 110, 111].map((id) => isYoung?.(id))).toEqual([false, true, true, false]);
});

test('ids begin again at the greatest', () => {
  const isYoung = startedBetween(at(32_760, 5_000), at(310, 5_030), 32_768);
  expect([32_760, 32_761, 301, 310, 311].map((id) => isYoung?.(id))).toEqual([false, true, true, true, false]);
});

test.each([
  ['so many were started that ids may have come round', at(100, 5_000), at(110, 25_000)],
  ['so many live that ids may have come round', at(100, 5_000), at(110, 5_008, 20_000)],
  ['the machine does not count', at(100, 5_000), at(110, 5_000)],
  ['the machine was not asked before', undefined, at(110, 5_000)],
  ['the machine no longer tells', at(100, 5_000), undefined],
])('every id is possible where %s', (_, before, after) => {
  expect(startedBetween(before, after, 32_768)).toBeUndefined();
});

onLinux('a process of this machine is among those that were started meanwhile, and this one is not', () => {
  const before = processNumbers();
  const { pid } = spawnSync('/bin/true');
  const isYoung = startedBetween(before, processNumbers(), mostProcesses());
  // Undefined on a machine that does not tell: then every process is looked at.
  expect([isYoung?.(pid) ?? true, isYoung?.(process.pid) ?? false]).toEqual([true, false]);
});
