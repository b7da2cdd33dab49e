import type { Strategy } from '../../../lib/deploy/strategy';
import { parseStrategy } from '../../../lib/deploy/strategy/parse';
import { configOf } from '../../config/read';

const analysis = { minimumSamples: 50, errorPercent: 1, slower: 2, inconclusive: 'fail', paths: [] } as const;
const strategies: Strategy[] = [
  { kind: 'rolling' },
  { kind: 'rolling', maxSurge: '25%', maxUnavailable: 0, minReadySeconds: 5 },
  { kind: 'blue-green', keepOld: 600 },
  { kind: 'blue-green', keepOld: 600, together: 180 },
  { kind: 'canary', steps: [{ pods: 1, seconds: 60 }], analysis },
];

it.each(strategies)('reads what it was made of: %j', (strategy) => {
  expect(parseStrategy(JSON.stringify(strategy))).toEqual({ ok: true, value: strategy });
});

it.each(['', 'rolling'])('takes %j for rolling', (text) => {
  expect(parseStrategy(text)).toEqual({ ok: true, value: { kind: 'rolling' } });
});

it.each(['rolling', 'blueGreen', 'canary'])('takes what the configuration makes of %s', (name) => {
  const [environment] = configOf(`service: { name: shop }\nenvironments: { dev: { strategy: ${name} } }`).environments;
  expect(parseStrategy(JSON.stringify(environment?.strategy))).toEqual({ ok: true, value: environment?.strategy });
});

it.each([
  ['{', /no JSON/],
  ['{"kind":"shadow"}', /strategy\.kind/],
  ['{"kind":"blue-green"}', /strategy\.keepOld/],
  ['{"kind":"blue-green","keepOld":-1}', /strategy\.keepOld/],
  ['{"kind":"rolling","maxSurge":"many"}', /strategy\.maxSurge: .*a number of pods or a percentage/],
  ['{"kind":"rolling","maxPods":3}', /maxPods/],
  [JSON.stringify({ kind: 'canary', steps: [], analysis }), /strategy\.steps/],
  [JSON.stringify({ kind: 'canary', steps: [{ pods: 1, seconds: 1 }] }), /strategy\.analysis/],
])('refuses %s', (text, expected) => {
  const result = parseStrategy(text);
  expect(result.ok ? '' : result.errors.join('\n')).toMatch(expected);
});
