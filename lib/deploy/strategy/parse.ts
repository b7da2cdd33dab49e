import * as z from 'zod';
import { err, ok, type Result } from '../../result';
import type { Strategy } from '../strategy';

const seconds = z.number().int().min(0);
const PODS = 'expected a number of pods or a percentage';
const pods = z.union(
  [z.number({ error: PODS }).int().min(0), z.string({ error: PODS }).regex(/^\d{1,3}%$/, { error: PODS })],
  { error: PODS },
);

const schema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('rolling'),
    maxSurge: pods.optional(),
    maxUnavailable: pods.optional(),
    minReadySeconds: seconds.optional(),
  }),
  z.strictObject({ kind: z.literal('blue-green'), keepOld: seconds, together: seconds.optional() }),
  z.strictObject({
    kind: z.literal('canary'),
    steps: z.array(z.strictObject({ pods, seconds })).min(1),
    analysis: z.strictObject({
      minimumSamples: z.number().int().min(1),
      errorPercent: z.number().min(0).max(100),
      slower: z.number().min(1),
      inconclusive: z.enum(['fail', 'pass']),
      paths: z.array(z.string().startsWith('/')),
    }),
  }),
]);

/** A strategy from JSON; `rolling` alone is the rolling one. Each error says where and what. */
export function parseStrategy(text: string): Result<Strategy, string> {
  if (text === '' || text === 'rolling') return ok({ kind: 'rolling' });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return err(`the strategy is no JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(json);
  return parsed.success
    ? ok(withoutUndefined(parsed.data))
    : err(
        ...parsed.error.issues.map(
          ({ path, message }) => `strategy${path.map((key) => `.${String(key)}`).join('')}: ${message}`,
        ),
      );
}

const withoutUndefined = (strategy: z.output<typeof schema>): Strategy =>
  Object.fromEntries(Object.entries(strategy).filter(([, value]) => value !== undefined)) as unknown as Strategy;
