import { GOOD, NEXT } from '../../../lib/drill/drill';
import type { Stage } from '../../../lib/drill/stage';
import { counter, deployments, outcome, scenes, selector } from './play';

const LATER = '3.0.0';
const analysis = { minimumSamples: 20, errorPercent: 1, slower: 3, inconclusive: 'fail', paths: ['/version'] };
const canary = (changes: object = {}): string =>
  JSON.stringify({
    kind: 'canary',
    steps: [
      { pods: 1, seconds: 1 },
      { pods: '100%', seconds: 1 },
    ],
    analysis: { ...analysis, ...changes },
  });
const strategy = canary();

/** The good release, with two pods, and users. */
async function begin(stage: Stage): Promise<void> {
  expect(outcome(await stage.deploy(await stage.release(GOOD), { strategy, accept: true }))).toBe('Verified');
  await stage.letUsersIn();
}

/** Nothing of a rollout is left, and the old release is what answers. */
async function isAsBefore(stage: Stage): Promise<void> {
  expect(await deployments(stage)).toEqual([stage.service]);
  expect(await stage.objects('pods', 'slipway.dev/track')).toEqual([]);
  expect(await selector(stage)).toEqual({ 'app.kubernetes.io/name': stage.service });
  expect(await stage.traffic.sample(5)).toEqual(Array(5).fill(GOOD));
}

scenes({
  'a good release passes every step, then the workload rolls, and no request fails': async (stage) => {
    await begin(stage);
    const seen = counter(stage);
    const ended = await stage.deploy(await stage.release(NEXT), { strategy, accept: true });
    expect(outcome(ended)).toBe('Verified');
    expect(ended.output.match(/canary: \d pods? for 1 s/g)).toEqual([
      'canary: 1 pod for 1 s',
      'canary: 2 pods for 1 s',
    ]);
    expect(ended.output.match(/0 % of the canary's \d+ requests failed, 0 % of the baseline's/g)).toHaveLength(2);
    expect(await deployments(stage)).toEqual([stage.service]);
    expect(await stage.traffic.sample(5)).toEqual(Array(5).fill(NEXT));
    expect(seen().failed).toBe(0);
  },

  'a release that fails some requests is stopped with one pod of it': async (stage) => {
    await begin(stage);
    const seen = counter(stage);
    const ended = await stage.deploy(await stage.release(NEXT, { behaviour: 'flaky:40' }), { strategy });
    expect(outcome(ended)).toBe('RolledBack');
    expect(ended.said).toMatch(/% of the canary's \d+ requests failed, 0 % of the baseline's; 1 points more/);
    expect(ended.output).not.toContain('canary: 2 pods');
    const { failed, requests } = seen();
    // One pod of four, for the time that it takes to find out.
    expect(failed / requests).toBeLessThan(0.4);
    await isAsBefore(stage);
  },

  'a release that is slower is stopped': async (stage) => {
    await begin(stage);
    const seen = counter(stage);
    const ended = await stage.deploy(await stage.release(NEXT, { behaviour: 'slow:2000' }), {
      strategy: canary({ minimumSamples: 5, slower: 2 }),
    });
    expect(outcome(ended)).toBe('RolledBack');
    expect(ended.said).toMatch(/95 % of the canary's answers came within \d+ ms/);
    expect(seen().failed).toBe(0);
    await isAsBefore(stage);
  },

  'a release that answers with errors only is found by the smoke test of its first pod': async (stage) => {
    await begin(stage);
    const ended = await stage.deploy(await stage.release(NEXT, { behaviour: 'errors' }), { strategy, smoke: 1 });
    expect(outcome(ended)).toBe('RolledBack');
    expect(ended.said).toMatch(/Pod\/.*-canary-.*answers 500/);
    await isAsBefore(stage);
  },

  'a canary that crashes in its step fails it': async (stage) => {
    await begin(stage);
    const slow = JSON.stringify({ ...JSON.parse(strategy), steps: [{ pods: 1, seconds: 12 }] });
    const ended = await stage.deploy(await stage.release(NEXT, { behaviour: 'dies:4000' }), { strategy: slow });
    expect(outcome(ended)).toBe('RolledBack');
    expect(ended.said).toMatch(/-canary-.*exited with 3/);
    await isAsBefore(stage);
  },

  'too few answers are inconclusive: that fails, or passes and says so': async (stage) => {
    await begin(stage);
    // Nobody listens there, so no request gets through to a pod.
    const edit: NonNullable<Parameters<Stage['release']>[1]>['edit'] = ([, service]) => {
      (service as { spec: { ports: object[] } }).spec.ports[0] = { name: 'http', port: 80, targetPort: 9 };
    };
    const ended = await stage.deploy(await stage.release(NEXT, { edit }), { strategy });
    expect(outcome(ended)).toBe('RolledBack');
    expect(ended.said).toMatch(/inconclusive: the canary answered 0 requests.*was not reached/);
    await isAsBefore(stage);
    const passing = canary({ inconclusive: 'pass' });
    const passed = await stage.deploy(await stage.release(LATER, { edit }), { strategy: passing, smoke: 1 });
    expect(passed.output).toContain('the environment lets that pass');
  },

  'what a killed deployer left of a canary goes with the next deploy': async (stage) => {
    await begin(stage);
    const long = JSON.stringify({ ...JSON.parse(strategy), steps: [{ pods: 1, seconds: 60 }] });
    const deployer = stage.start(await stage.release(NEXT), { strategy: long });
    await deployer.until(/pod answers by itself/);
    deployer.kill('SIGKILL');
    await deployer.ended;
    await stage.expireLock();
    expect(await deployments(stage)).toEqual(['', '-baseline', '-canary'].map((suffix) => `${stage.service}${suffix}`));
    const seen = counter(stage);
    const ended = await stage.deploy(await stage.release(LATER), { accept: true });
    expect(outcome(ended)).toBe('Verified');
    expect(await deployments(stage)).toEqual([stage.service]);
    expect(await stage.traffic.sample(5)).toEqual(Array(5).fill(LATER));
    expect(seen().failed).toBe(0);
  },

  'blue/green becomes canary without a failed request': async (stage) => {
    const colours = '{"kind":"blue-green","keepOld":0}';
    expect(outcome(await stage.deploy(await stage.release(GOOD), { strategy: colours, accept: true }))).toBe(
      'Verified',
    );
    await stage.letUsersIn();
    const ended = await stage.deploy(await stage.release(NEXT), { strategy, accept: true });
    expect(outcome(ended)).toBe('Verified');
    expect(await deployments(stage)).toEqual([stage.service]);
    expect(await stage.traffic.sample(5)).toEqual(Array(5).fill(NEXT));
    expect(counter(stage)().failed).toBe(0);
    expect(stage.traffic.seen().failed).toBe(0);
  },
});
