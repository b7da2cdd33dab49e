import { configOf, errorsOf, fileWith } from './read';

const strategyOf = (text: string) =>
  configOf(fileWith(`environments:\n  dev:\n    strategy: ${text}\n`)).environments[0]?.strategy;

const analysis = { minimumSamples: 50, errorPercent: 1, slower: 2, inconclusive: 'fail', paths: [] };
const steps = [
  { pods: 1, seconds: 60 },
  { pods: '25%', seconds: 120 },
  { pods: '50%', seconds: 120 },
];

describe('a strategy', () => {
  it.each([
    ['rolling', { kind: 'rolling' }],
    ['', { kind: 'rolling' }],
    ['{}', { kind: 'rolling' }],
    ['{ rolling: }', { kind: 'rolling' }],
    [
      '{ rolling: { maxSurge: 25%, maxUnavailable: 0, minReadySeconds: 9 } }',
      { kind: 'rolling', maxSurge: '25%', maxUnavailable: 0, minReadySeconds: 9 },
    ],
    ['blueGreen', { kind: 'blue-green', keepOld: 600, together: 0 }],
    ['{ blueGreen: }', { kind: 'blue-green', keepOld: 600, together: 0 }],
    ['{ blueGreen: { keepOld: 0s, together: 3m } }', { kind: 'blue-green', keepOld: 0, together: 180 }],
    ['canary', { kind: 'canary', steps, analysis }],
    ['{ canary: { analysis: } }', { kind: 'canary', steps, analysis }],
    [
      '{ canary: { steps: [{ pods: 2, for: 30s }], analysis: { errorPercent: 0.5, paths: [/a, "/b?c=1"], inconclusive: pass } } }',
      {
        kind: 'canary',
        steps: [{ pods: 2, seconds: 30 }],
        analysis: { ...analysis, errorPercent: 0.5, paths: ['/a', '/b?c=1'], inconclusive: 'pass' },
      },
    ],
  ])('%s', (text, expected) => expect(strategyOf(text)).toEqual(expected));
});

describe('the manifests of an environment', () => {
  it('may be a chart with values', () => {
    const [dev] = configOf(
      fileWith('environments: { dev: { manifests: chart, helm: { values: [a.yaml, b/c.yaml] } } }'),
    ).environments;
    expect(dev).toMatchObject({ manifests: 'chart', helm: { values: ['a.yaml', 'b/c.yaml'] } });
  });

  it('settles and bakes as the file says', () => {
    const [dev] = configOf(fileWith('environments: { dev: { settle: 1m, bakeInconclusive: pass } }')).environments;
    expect(dev).toMatchObject({ settleSeconds: 60, bakeInconclusive: 'pass' });
  });
});

const pods = 'a number of pods from 1 to 1000 or a percentage such as 25%';
const names = 'rolling, blueGreen or canary, or a mapping with one of them and its settings';

describe('what is refused', () => {
  it.each([
    ['strategy: recreate', `3:34 environments.dev.strategy: expected ${names}, got "recreate"`],
    ['strategy: [rolling]', `3:34 environments.dev.strategy: expected ${names}, got a list`],
    [
      'strategy: { rolling: , canary: }',
      '3:34 environments.dev.strategy: expected only one of rolling, blueGreen and canary, got a mapping',
    ],
    ['strategy: { bluegreen: }', '3:36 environments.dev.strategy.bluegreen: unknown key; did you mean `blueGreen`?'],
    [
      'strategy: { rolling: { maxSurge: 0, maxUnavailable: 0% } }',
      '3:45 environments.dev.strategy.rolling: expected maxSurge or maxUnavailable above 0; with both at 0 nothing can roll, got a mapping',
    ],
    [
      'strategy: { blueGreen: { keepOld: 10 } }',
      '3:58 environments.dev.strategy.blueGreen.keepOld: expected a duration such as 5m, 1h30m or 2d, got 10',
    ],
    [
      'strategy: { canary: { steps: [] } }',
      '3:53 environments.dev.strategy.canary.steps: expected at least one step, got an empty list',
    ],
    [
      'strategy: { canary: { steps: [{ pods: 0%, for: 1m }] } }',
      `3:62 environments.dev.strategy.canary.steps[0].pods: expected ${pods}, got "0%"`,
    ],
    [
      'strategy: { canary: { steps: [{ pods: 1 }] } }',
      '3:54 environments.dev.strategy.canary.steps[0].for: missing; expected a duration such as 5m, 1h30m or 2d',
    ],
    [
      'strategy: { canary: { analysis: { paths: [version] } } }',
      '3:66 environments.dev.strategy.canary.analysis.paths[0]: expected a path that starts with / and has no spaces, got "version"',
    ],
    [
      'strategy: { canary: { analysis: { slower: 0.5 } } }',
      '3:66 environments.dev.strategy.canary.analysis.slower: expected a number from 1 to 100, got 0.5',
    ],
    [
      'helm: { values: [a b.yaml] }',
      '3:41 environments.dev.helm.values[0]: expected a path without spaces, got "a b.yaml"',
    ],
    ['settle: 11m', '3:32 environments.dev.settle: expected a duration from 0s to 10m, got "11m"'],
    ['bakeInconclusive: maybe', '3:42 environments.dev.bakeInconclusive: expected fail or pass, got "maybe"'],
  ])('%s', (text, expected) => {
    expect(errorsOf(fileWith(`environments: { dev: { ${text} } }`))).toEqual([`slipway.yaml:${expected}`]);
  });

  it('the former key of the manifests, with the keys that there are', () => {
    const [error] = errorsOf(fileWith('environments: { dev: { overlay: k8s } }'));
    expect(error).toMatch(/^slipway\.yaml:3:24 environments\.dev\.overlay: unknown key; .*manifests/);
  });
});
