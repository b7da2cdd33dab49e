import { DRILLS } from '../../lib/drill/catalog';
import type { Ended } from '../../lib/drill/deployer';
import type { Expected } from '../../lib/drill/drill';
import { judge } from '../../lib/drill/judge';
import { choose, listOf, tableOf } from '../../lib/drill/table';

const expected: Expected = { outcome: 'RolledBack', reason: /crash/, serves: '1.0.0', failedRequests: 0 };
const ended: Ended = { code: 10, signal: null, outcome: 'RolledBack', said: 'RolledBack: crash', output: '' };
const seen = { requests: 9, failed: 0, failures: [], versions: { '1.0.0': 9 } };
const well = { ended, seen, serves: ['1.0.0', '1.0.0'] };

test('what is as it must be has no complaint', () => {
  expect(judge(expected, well)).toEqual([]);
});

test.each([
  ['another outcome', { ended: { ...ended, outcome: 'Verified', code: 0 } }, /it ended Verified, not RolledBack/],
  ['another exit code', { ended: { ...ended, code: 0 } }, /exit code is 0, not 10/],
  ['another reason', { ended: { ...ended, said: 'RolledBack: bad luck' } }, /its reason is not/],
  [
    'an end by a signal',
    { ended: { ...ended, outcome: undefined, signal: 'SIGKILL' as const } },
    /without an outcome \(SIGKILL\)/,
  ],
  ['another version at the end', { serves: ['1.0.0', '2.0.0'] }, /2\.0\.0 answers at the end, not 1\.0\.0/],
  ['nobody who could be asked', { serves: [] }, /nobody could be asked/],
  [
    'a request that failed',
    { seen: { ...seen, failed: 1, failures: ['12:00 reset'] } },
    /1 of 9 requests failed: 12:00 reset/,
  ],
  ['no request at all', { seen: { ...seen, requests: 0 } }, /nobody asked/],
])('%s is told', (_, change, complaint) => {
  expect(judge(expected, { ...well, ...change } as typeof well)).toEqual([expect.stringMatching(complaint)]);
});

test('the 30 drills have their numbers, in order, and names of their own', () => {
  expect(DRILLS.map(({ number }) => number)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  expect(new Set(DRILLS.map(({ name }) => name)).size).toBe(30);
  expect(
    listOf(DRILLS)
      .split('\n')
      .filter((line) => /^ +\d/.test(line)),
  ).toHaveLength(30);
});

test('drills are chosen by number and name; what names none is told', () => {
  const { chosen, unknown } = choose(DRILLS, ['paused', '1', 'nope']);
  expect(chosen.map(({ number }) => number)).toEqual([1, 17]);
  expect(unknown).toEqual(['nope']);
});

test('the table has a line a drill, and below it what is wrong', () => {
  const [drill] = DRILLS;
  if (!drill) throw new Error('no drills');
  const result = { drill, seconds: 1.25, requests: 9, failedRequests: 0, log: '' };
  const table = tableOf([
    { ...result, status: 'FAIL', got: 'Verified, exit 0', complaints: ['it ended Verified, not RolledBack'] },
    { ...result, status: 'NOT RUN', complaints: ['its fault is one of the API server'] },
  ]);
  expect(table.split('\n')).toEqual([
    expect.stringMatching(/^ +drill +expected +got +seconds +failed requests$/),
    expect.stringMatching(/^1 +image-missing +RolledBack +Verified, exit 0 +1\.3 +0 of 9 +FAIL$/),
    expect.stringMatching(/^1 +image-missing +RolledBack +- +- +0 of 9 +NOT RUN$/),
    '',
    '1 image-missing: it ended Verified, not RolledBack',
    '1 image-missing: its fault is one of the API server',
  ]);
});
