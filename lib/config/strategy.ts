import * as z from 'zod';
import type { Strategy } from '../deploy/strategy';
import { about, decimal, duration, relativePath, section, text, whole } from './values';

/** A number of pods or a share of the wanted number; Kubernetes' own IntOrString. */
const pods = (expected: string, minimum: number) =>
  z.union([
    whole(expected, minimum, 1000),
    text(expected, minimum === 0 ? /^(?:100|[1-9]?\d)%$/ : /^(?:100|[1-9]\d?)%$/),
  ]);

const surge = () => pods('a number of pods from 0 to 1000 or a percentage such as 25%', 0);

const rolling = section({
  maxSurge: surge()
    .optional()
    .meta(about('Pods beyond the wanted number while it rolls. Default: as the manifests have it.')),
  maxUnavailable: surge()
    .optional()
    .meta(about('Pods that may be missing while it rolls. Default: as the manifests have it.')),
  minReadySeconds: whole('a whole number of seconds from 0 to 600', 0, 600)
    .optional()
    .meta(about('How long a pod must be ready before it counts, in seconds. Default: as the manifests have it.')),
}).refine(({ maxSurge, maxUnavailable }) => !isNothing(maxSurge) || !isNothing(maxUnavailable), {
  error: 'maxSurge or maxUnavailable above 0; with both at 0 nothing can roll',
});

const isNothing = (value: number | string | undefined): boolean => value === 0 || value === '0%';

const blueGreen = section({
  keepOld: duration('0s', '24h')
    .prefault('10m')
    .meta(
      about(
        'How long the old colour keeps running after the switch, for an instant switch back. The next deploy or the acceptance after that time removes it.',
      ),
    ),
  together: duration('0s', '15m')
    .prefault('0s')
    .meta(
      about(
        'How long requests go to both colours before they go to the new one only. For Services of type LoadBalancer whose load balancer needs that time to know new pods, e.g. `3m`.',
      ),
    ),
});

const DEFAULT_STEPS = [
  { pods: 1, for: '1m' },
  { pods: '25%', for: '2m' },
  { pods: '50%', for: '2m' },
];

const step = section({
  pods: pods('a number of pods from 1 to 1000 or a percentage such as 25%', 1).meta(
    about('Pods of the new release in this step, or their share of the wanted number (at least one pod).'),
  ),
  for: duration('1s', '2h').meta(about('How long they are compared with a baseline of the same size.')),
}).transform((one) => ({ pods: one.pods, seconds: one.for }));

const requestPath = () => text('a path that starts with / and has no spaces', /^\/[^\s#]*$/, 500);

const analysis = section({
  minimumSamples: whole('a whole number from 1 to 10000', 1, 10_000)
    .default(50)
    .meta(about('Fewest answers of canary and of baseline each that a verdict needs; with fewer it is inconclusive.')),
  errorPercent: decimal('a number from 0 to 100', 0, 100)
    .default(1)
    .meta(about('How many percentage points more failed requests than the baseline has are too many.')),
  slower: decimal('a number from 1 to 100', 1, 100)
    .default(2)
    .meta(about('How many times slower than the baseline (95th percentile) is too slow.')),
  inconclusive: z
    .enum(['fail', 'pass'], { error: 'fail or pass' })
    .default('fail')
    .meta(about('What becomes of a step without enough answers: it fails, or it passes and says so.')),
  paths: z
    .array(requestPath(), { error: 'a list of paths' })
    .max(20, { error: 'at most 20 paths' })
    .default([])
    .meta(about('Paths that are asked of the pods, in turn. They must be safe to ask. Default: the ready path.')),
})
  .prefault({})
  .meta(about('How the new pods are compared with fresh pods of the old release.'));

const canary = section({
  steps: z
    .array(step, { error: 'a list of steps' })
    .min(1, { error: 'at least one step' })
    .max(10, { error: 'at most 10 steps' })
    .prefault(DEFAULT_STEPS)
    .meta(about('One after the other. Default: 1 pod for 1m, 25% for 2m, 50% for 2m.')),
  analysis,
});

const KINDS = ['rolling', 'blueGreen', 'canary'] as const;
const EXPECTED = 'rolling, blueGreen or canary, or a mapping with one of them and its settings';
const ONE = 'only one of rolling, blueGreen and canary';

const settings = section(
  {
    rolling: rolling.optional().meta(about("Kubernetes' own rolling update.")),
    blueGreen: blueGreen
      .optional()
      .meta(about('A second workload beside the first; the Service is switched over when it has been verified.')),
    canary: canary
      .optional()
      .meta(about('A few pods of the new release behind the same Service, compared with the old one, in steps.')),
  },
  EXPECTED,
).refine((value) => KINDS.filter((kind) => value[kind] !== undefined).length <= 1, { error: ONE });

type Settings = z.output<typeof settings>;

/** `settings` names one strategy, or none: the default. */
const toStrategy = ({ blueGreen: colours, canary: steps, rolling: plain }: Settings): Strategy => {
  if (colours !== undefined) return { kind: 'blue-green', ...colours };
  if (steps !== undefined) return { kind: 'canary', ...steps };
  const { maxSurge, maxUnavailable, minReadySeconds } = plain ?? {};
  return {
    kind: 'rolling',
    ...(maxSurge === undefined ? {} : { maxSurge }),
    ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
    ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
  };
};

/** A name alone stands for the strategy with its defaults; `blueGreen:` with nothing below it too. */
export const strategySchema = z
  .union([
    z.enum(KINDS, { error: EXPECTED }).transform((kind) => toStrategy(settings.parse({ [kind]: {} }) as Settings)),
    settings.transform(toStrategy),
  ])
  .prefault('rolling')
  .meta(
    about(
      'How pods of the old release give way: `rolling`, `blueGreen` or `canary`, or a mapping of one of them to its settings. See [strategies.md](strategies.md).',
    ),
  );

export const helmSchema = section({
  values: z
    .array(
      relativePath().refine((path) => !path.includes(' '), { error: 'a path without spaces' }),
      { error: 'a list of files' },
    )
    .max(20, { error: 'at most 20 files' })
    .default([])
    .meta(about('Values files, relative to the service; a later one wins.')),
})
  .prefault({})
  .meta(about('For manifests that are a Helm chart.'));
