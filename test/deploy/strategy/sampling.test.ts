import type { End, RollOutContext } from '../../../lib/deploy/roll-out';
import type { Analysis } from '../../../lib/deploy/strategy';
import type { PodAnswer } from '../../../lib/deploy/strategy/pod-requests';
import { analyse } from '../../../lib/deploy/strategy/sampling';
import { fakes } from '../verify/fakes';

const ANALYSIS: Analysis = {
  minimumSamples: 10,
  errorPercent: 5,
  slower: 2,
  inconclusive: 'fail',
  paths: ['/a', '/b'],
};
const READY: End = { status: 'ready' };
const LOST: End = { status: 'superseded', reason: { code: 'NewerDeploy', message: 'a newer deploy waits' } };
const answered = (status = 200): PodAnswer => ({ kind: 'answered', status, milliseconds: 20 }) as PodAnswer;

interface Given {
  readonly analysis?: Partial<Analysis>;
  /** Seconds that a request takes, and what comes of it. */
  readonly takes?: number;
  readonly ask?: (track: string, turn: number) => PodAnswer;
  readonly interrupted?: (seconds: number) => End | undefined;
  readonly look?: (seconds: number) => End;
}

/** A step of 30 s with two pods on each side. */
const step = async ({
  analysis,
  takes = 0.05,
  ask = () => answered(),
  interrupted,
  look = () => READY,
}: Given = {}) => {
  const world = fakes(() => '');
  const asked: string[] = [];
  const context = {
    ports: world.ports,
    request: { smoke: { readyPath: '/readyz' }, limits: { rollout: 60 } },
    interrupted: async () => interrupted?.(world.now()),
  } as unknown as RollOutContext;
  const pods = { canary: ['c1', 'c2'], baseline: ['b1', 'b2'], port: 8080 };
  const end = await analyse(
    context,
    pods,
    30,
    { ...ANALYSIS, ...analysis },
    async ({ pod, path }) => {
      asked.push(`${pod}${path}`);
      await world.ports.clock.sleep(takes * 1000, world.ports.signal);
      return ask(pod.startsWith('c') ? 'canary' : 'baseline', asked.length);
    },
    async () => look(world.now()),
  );
  return { end, asked, seconds: world.now(), lines: world.lines };
};

test('both sides are asked the same paths as often, over the time of the step', async () => {
  const { end, asked, seconds } = await step();
  expect(end).toEqual(READY);
  const sides = (side: string) =>
    asked
      .filter((each) => each.startsWith(side))
      .map((each) => each.slice(2))
      .sort();
  expect(sides('c')).toEqual(sides('b'));
  expect(asked.length).toBe(24);
  expect(Math.round(seconds)).toBe(30);
});

test('a canary that fails more than its baseline ends the step at once', async () => {
  const { end, seconds } = await step({ ask: (track) => answered(track === 'canary' ? 500 : 200) });
  expect(end).toMatchObject({ status: 'failed', reason: { code: 'CanaryWorse' }, pods: ['c1', 'c2'] });
  expect(seconds).toBeLessThan(30);
});

test('where the old release is broken too, nothing can be told', async () => {
  const { end } = await step({ ask: () => answered(500) });
  expect(end).toMatchObject({ status: 'failed', reason: { code: 'Inconclusive' } });
});

test('requests that take forever end with the rollout’s limit, and are inconclusive', async () => {
  const { end, seconds } = await step({ takes: 1, analysis: { minimumSamples: 1_000_000 } });
  expect(end).toMatchObject({ status: 'failed', reason: { code: 'Inconclusive' } });
  expect(seconds).toBeLessThan(95);
});

test('pods that cannot be reached are inconclusive, which the environment may let pass, and says so', async () => {
  const away = () => ({ kind: 'unreachable', why: 'connection refused' }) as PodAnswer;
  const failed = await step({ ask: away });
  expect(failed.end).toMatchObject({ status: 'failed', reason: { code: 'Inconclusive' } });
  expect(JSON.stringify(failed.end)).toContain('was not reached: connection refused');
  const passed = await step({ ask: away, analysis: { inconclusive: 'pass' } });
  expect(passed.end).toEqual(READY);
  expect(passed.lines.join('\n')).toContain('lets that pass');
});

test('who may not ask the pods can judge nothing', async () => {
  const { end, asked } = await step({ ask: () => ({ kind: 'denied', why: 'forbidden' }) as PodAnswer });
  expect(end).toMatchObject({ status: 'error', reason: { code: 'Forbidden' } });
  expect(asked).toHaveLength(1);
});

test('a newer deploy, or a pod that goes wrong, ends the step in the middle', async () => {
  const superseded = await step({ interrupted: (seconds) => (seconds > 8 ? LOST : undefined) });
  expect(superseded.end).toEqual(LOST);
  expect(superseded.seconds).toBeLessThan(20);
  const failed: End = { status: 'failed', reason: { code: 'CrashLoop', message: 'it ended' }, pods: ['c1'] };
  expect((await step({ look: (seconds) => (seconds > 8 ? failed : READY) })).end).toEqual(failed);
});
