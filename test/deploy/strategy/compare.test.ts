import type { Analysis } from '../../../lib/deploy/strategy';
import { compare, isHopeless, LATENCY_FLOOR, percentile95, type Sample } from '../../../lib/deploy/strategy/compare';

const analysis: Analysis = { minimumSamples: 50, errorPercent: 1, slower: 2, inconclusive: 'fail', paths: [] };

/** So many good answers of so many milliseconds, and so many that failed. */
const series = (good: number, milliseconds: number, failed = 0): Sample[] => [
  ...Array.from({ length: good }, () => ({ failed: false, milliseconds })),
  ...Array.from({ length: failed }, () => ({ failed: true, milliseconds: 1 })),
];

describe('canary against baseline', () => {
  const table: [string, Sample[], Sample[], Partial<Analysis>, string, RegExp][] = [
    ['equal', series(50, 100), series(50, 100), {}, 'pass', /^0 % of the canary's 50/],
    ['better', series(100, 50), series(95, 100, 5), {}, 'pass', /5 % of the baseline's/],
    ['no samples', [], [], {}, 'inconclusive', /answered 0 requests and the baseline 0; a verdict needs 50/],
    ['none of the canary', [], series(50, 100), {}, 'inconclusive', /canary answered 0/],
    ['none of the baseline', series(50, 100), [], {}, 'inconclusive', /baseline 0/],
    ['one too few', series(49, 100), series(50, 100), {}, 'inconclusive', /answered 49/],
    ['fewer, where fewer do', series(1, 100), series(1, 100), { minimumSamples: 1 }, 'pass', /./],
    ['as many errors more as allowed', series(99, 100, 1), series(100, 100), {}, 'pass', /1 % of the canary's/],
    ['more errors than allowed', series(98, 100, 2), series(100, 100), {}, 'fail', /2 % of.*0 % of.*; 1 points more/],
    ['the same errors in both', series(90, 100, 10), series(90, 100, 10), {}, 'pass', /10 %.*10 %/],
    ['one error where none is allowed', series(999, 9, 1), series(1000, 9), { errorPercent: 0 }, 'fail', /0\.1 %/],
    ['a baseline that is broken', series(0, 1, 50), series(25, 100, 25), {}, 'inconclusive', /old release is broken/],
    [
      'as slow as allowed',
      series(50, 200),
      series(50, 100),
      {},
      'pass',
      /within 200 ms, of the baseline's within 100 ms/,
    ],
    ['slower than allowed', series(50, 201), series(50, 100), {}, 'fail', /within 201 ms.*2 times that/],
    ['many times slower, but tiny', series(50, 1 + LATENCY_FLOOR), series(50, 1), {}, 'pass', /./],
    ['many times slower, and more than tiny', series(50, 2 + LATENCY_FLOOR), series(50, 1), {}, 'fail', /./],
    ['slower than nothing', series(50, 2 + LATENCY_FLOOR), series(50, 0), {}, 'fail', /./],
    ['times that are no number', series(50, Number.NaN), series(50, 100), {}, 'inconclusive', /times .* not known/],
    ['a baseline without times', series(50, 100), series(50, Number.NaN), {}, 'inconclusive', /not known/],
    ['a slow twentieth', [...series(95, 100), ...series(5, 9000)], series(100, 100), {}, 'pass', /within 100 ms/],
    ['more than a slow twentieth', [...series(94, 100), ...series(6, 9000)], series(100, 100), {}, 'fail', /9000 ms/],
  ];
  it.each(table)('%s', (_, canary, baseline, changes, status, message) => {
    const verdict = compare(canary, baseline, { ...analysis, ...changes });
    expect(verdict.status).toBe(status);
    expect(verdict.message).toMatch(message);
  });
});

describe('the 95th percentile', () => {
  it.each([
    [[], Number.NaN],
    [[7], 7],
    [[3, 1, 2], 3],
    [Array.from({ length: 100 }, (_, index) => 100 - index), 95],
  ])('of %j', (times, expected) => {
    expect(percentile95(times.map((milliseconds) => ({ failed: false, milliseconds })))).toBe(expected);
  });

  it('leaves out what failed: a quick error is no quick answer', () => {
    expect(percentile95([...series(1, 100), ...series(0, 0, 99)])).toBe(100);
  });
});

describe('an early end', () => {
  it.each([
    ['after two failures: maybe a hiccup', series(0, 1, 2), series(2, 1), 60, false],
    ['after three of sixty planned', series(0, 1, 3), series(3, 1), 60, true],
    ['after three of a thousand', series(0, 1, 3), series(3, 1), 1000, false],
    ['where the baseline fails as well', series(0, 1, 3), series(0, 1, 3), 60, false],
    ['before the baseline was asked', series(0, 1, 3), [], 60, false],
  ])('%s', (_, canary, baseline, planned, expected) => {
    expect(isHopeless(canary, baseline, analysis, planned)).toBe(expected);
  });
});
