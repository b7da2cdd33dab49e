import { GOOD, NEXT } from '../../../lib/drill/drill';
import type { Stage } from '../../../lib/drill/stage';
import { counter, deployments, outcome, scenes, selector } from './play';

const LATER = '3.0.0';
const strategy = JSON.stringify({ kind: 'blue-green', keepOld: 600 });
const rolling = '{"kind":"rolling"}';

/** A good release in blue, and users. */
async function inBlue(stage: Stage): Promise<void> {
  expect(outcome(await stage.deploy(await stage.release(GOOD), { strategy, accept: true }))).toBe('Verified');
  await stage.letUsersIn();
}

const colour = async (stage: Stage): Promise<string | undefined> => (await selector(stage))['slipway.dev/colour'];
const named = ({ service }: Stage, ...suffixes: string[]): string[] => suffixes.map((suffix) => `${service}${suffix}`);

scenes({
  'releases go to the colour that is free, and no request fails when the Service switches': async (stage) => {
    await inBlue(stage);
    expect(await deployments(stage)).toEqual(named(stage, '-blue'));
    const seen = counter(stage);
    expect(outcome(await stage.deploy(await stage.release(NEXT), { strategy, accept: true }))).toBe('Verified');
    expect(await stage.traffic.sample(5)).toEqual(Array(5).fill(NEXT));
    expect(await colour(stage)).toBe('green');
    expect(await deployments(stage)).toEqual(named(stage, '-blue', '-green'));
    const kept = await stage.object('deployment', `${stage.service}-blue`);
    expect(kept['metadata'].annotations['slipway.dev/keep-until']).toMatch(/^20\d\d-/);
    expect(kept['status'].availableReplicas).toBe(2);

    const now = JSON.stringify({ kind: 'blue-green', keepOld: 0, together: 2 });
    const ended = await stage.deploy(await stage.release(LATER), { strategy: now, accept: true });
    expect(outcome(ended)).toBe('Verified');
    expect(ended.output).toContain(`Service/${stage.service}: both for 2 s`);
    expect(await colour(stage)).toBe('blue');
    expect(await deployments(stage)).toEqual(named(stage, '-blue'));
    expect(await stage.traffic.sample(3)).toEqual(Array(3).fill(LATER));
    expect(seen().failed).toBe(0);
  },

  'a release that answers with errors never gets a request of users, and leaves nothing': async (stage) => {
    await inBlue(stage);
    const seen = counter(stage);
    const bad = await stage.release(NEXT, { behaviour: 'errors' });
    const ended = await stage.deploy(bad, { strategy, smoke: 2 });
    expect(outcome(ended)).toBe('RolledBack');
    expect(ended.said).toMatch(/Pod\/.*-green-.*answers 500/);
    expect(seen()).toMatchObject({ failed: 0, versions: { [GOOD]: expect.any(Number) } });
    expect(seen().versions).not.toHaveProperty(NEXT);
    expect(await deployments(stage)).toEqual(named(stage, '-blue'));
    expect(await colour(stage)).toBe('blue');
  },

  'a release that cannot start leaves nothing, and the Service alone': async (stage) => {
    await inBlue(stage);
    const seen = counter(stage);
    const ended = await stage.deploy(await stage.release(NEXT, { digest: `sha256:${'f'.repeat(64)}` }), { strategy });
    expect(outcome(ended)).toBe('RolledBack');
    expect(seen().failed).toBe(0);
    expect(await deployments(stage)).toEqual(named(stage, '-blue'));
    expect(await stage.objects('pods', 'slipway.dev/colour=green')).toEqual([]);
  },

  'what only the Service shows is switched back before anything else': async (stage) => {
    await inBlue(stage);
    const bad = await stage.release(NEXT, {
      edit: ([, service]) => {
        (service as { spec: { ports: object[] } }).spec.ports[0] = { name: 'http', port: 80, targetPort: 9 };
      },
    });
    const ended = await stage.deploy(bad, { strategy, smoke: 2 });
    expect(outcome(ended)).toBe('RolledBack');
    const said = ended.output.split('\n');
    const back = said.findIndex((line) => line.includes('switch back:'));
    expect(back).toBeGreaterThan(0);
    expect(said.findIndex((line) => line.includes('Evidence'))).toBeGreaterThan(back);
    expect(await stage.traffic.sample(5)).toEqual(Array(5).fill(GOOD));
    expect((await stage.object('service', stage.service))['spec'].ports[0].targetPort).toBe('http');
    expect(await deployments(stage)).toEqual(named(stage, '-blue'));
  },

  'a verified release that what judges after it does not accept goes back at once, and no request fails': async (
    stage,
  ) => {
    await inBlue(stage);
    const next = await stage.release(NEXT);
    expect(outcome(await stage.deploy(next, { strategy }))).toBe('Verified');
    expect(await stage.traffic.sample(3)).toEqual(Array(3).fill(NEXT));
    const seen = counter(stage);
    const restored = await stage.deploy(next, { strategy, command: 'restore' });
    expect(await stage.traffic.sample(5)).toEqual(Array(5).fill(GOOD));
    expect({ failed: seen().failed, output: restored.output }).toMatchObject({ failed: 0 });
    expect(await colour(stage)).toBe('blue');
    expect(await deployments(stage)).toEqual(named(stage, '-blue'));
  },

  'rolling becomes blue/green and rolling again without a failed request': async (stage) => {
    expect(outcome(await stage.deploy(await stage.release(GOOD), { strategy: rolling, accept: true }))).toBe(
      'Verified',
    );
    await stage.letUsersIn();
    const seen = counter(stage);
    const ended = await stage.deploy(await stage.release(NEXT), { strategy, accept: true });
    expect(outcome(ended)).toBe('Verified');
    expect(await colour(stage)).toBe('blue');
    expect(await stage.traffic.sample(3)).toEqual(Array(3).fill(NEXT));
    const back = await stage.deploy(await stage.release(LATER), { strategy: rolling, accept: true });
    expect(outcome(back)).toBe('Verified');
    expect(await selector(stage)).toEqual({ 'app.kubernetes.io/name': stage.service });
    expect(await stage.traffic.sample(5)).toEqual(Array(5).fill(LATER));
    expect(await deployments(stage)).toEqual(named(stage, ''));
    expect(seen()).toMatchObject({ failed: 0 });
  },

  'a bad release in the change from rolling to blue/green gets no request': async (stage) => {
    expect(outcome(await stage.deploy(await stage.release(GOOD), { strategy: rolling, accept: true }))).toBe(
      'Verified',
    );
    await stage.letUsersIn();
    const seen = counter(stage);
    const ended = await stage.deploy(await stage.release(NEXT, { behaviour: 'errors' }), { strategy, smoke: 2 });
    expect(outcome(ended)).toBe('RolledBack');
    expect(seen()).toMatchObject({ failed: 0 });
    expect(await deployments(stage)).toEqual(named(stage, ''));
    expect(await selector(stage)).toEqual({ 'app.kubernetes.io/name': stage.service });
  },

  'a deployer that was killed after the switch leaves a colour that the next one takes back': async (stage) => {
    await inBlue(stage);
    const deployer = stage.start(await stage.release(NEXT), { strategy, settle: 30 });
    await deployer.until(/Settle/);
    deployer.kill('SIGKILL');
    await deployer.ended;
    await stage.expireLock();
    expect(await colour(stage)).toBe('green');
    const seen = counter(stage);
    const ended = await stage.deploy(await stage.release(LATER), { strategy, accept: true });
    expect(outcome(ended)).toBe('Verified');
    expect(ended.output).toContain(`requests go to ${stage.service}-blue again`);
    expect(await colour(stage)).toBe('green');
    expect(await stage.traffic.sample(3)).toEqual(Array(3).fill(LATER));
    expect(seen().failed).toBe(0);
  },
});
