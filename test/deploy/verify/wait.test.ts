import type { KubectlFailure } from '../../../lib/deploy/kubectl';
import { settle } from '../../../lib/deploy/verify/settle';
import { stillWell } from '../../../lib/deploy/verify/still-well';
import { type WatchOptions, waitForRollout } from '../../../lib/deploy/verify/wait';
import { failure, fakes, listOf } from './fakes';
import { at, expected, look, OLD, pod, replicaSet, START, workload } from './world';

const limits = { rollout: 300, settle: 5, unreachable: 60 };
const options: WatchOptions = { namespace: 'shop', limits, startedAt: START };
const done = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

const state = (pods = [pod('web-1'), pod('web-2')], status: object = done) =>
  listOf(
    look({
      workloads: [workload('Deployment', { status })],
      replicaSets: [replicaSet('new', { status })],
      pods,
    }),
  );
const READY = state();
const WAITING = state([pod('web-1')], { replicas: 1, updatedReplicas: 1, availableReplicas: 1 });
const crash = pod('web-2', {
  ready: false,
  container: {
    restartCount: 1,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 3, finishedAt: at(4) } },
  },
});
const CRASHED = state([pod('web-1'), crash], { replicas: 2, updatedReplicas: 2, availableReplicas: 1 });

const wait = (
  answer: (seconds: number, args: readonly string[]) => string | KubectlFailure,
  more: Partial<WatchOptions> = {},
) => {
  const world = fakes((args, seconds) => answer(seconds, args));
  return { world, end: waitForRollout([expected('Deployment')], { ...options, ...more }, world.ports) };
};

test('ready at the first look: no sleep, one command, and that only reads', async () => {
  const { world, end } = wait(() => READY);
  expect(await end).toEqual({ status: 'ready' });
  expect(world.sleeps).toEqual([]);
  expect(world.commands).toEqual(['get deployments.apps,replicasets.apps,pods,events --namespace shop --output json']);
});

test('nothing to wait for: nothing is asked', async () => {
  const world = fakes(() => READY);
  expect(await waitForRollout([], options, world.ports)).toEqual({ status: 'ready' });
  expect(world.commands).toEqual([]);
});

test('each kind of workload is asked for only where it is needed', async () => {
  const world = fakes(() => listOf(look()));
  await waitForRollout([expected('DaemonSet'), expected('Job')], options, world.ports);
  expect(world.commands[0]).toContain('get daemonsets.apps,controllerrevisions.apps,jobs.batch,pods,events ');
});

test('looks come at a growing distance, from a quarter of a second to five, and what has not changed is said once', async () => {
  const { world, end } = wait((seconds) => (seconds < 120 ? WAITING : READY));
  expect(await end).toEqual({ status: 'ready' });
  expect(world.sleeps[0]).toBe(250);
  expect(Math.max(...world.sleeps)).toBe(5000);
  expect([...world.sleeps].sort((a, b) => a - b)).toEqual(world.sleeps);
  expect(world.lines).toEqual(['Deployment/web: new pods 1 of 2, available 1']);
});

test('our maximum ends it on time, not a pause later', async () => {
  const { world, end } = wait(() => WAITING, { limits: { ...limits, rollout: 10 } });
  expect(await end).toMatchObject({ status: 'failed', reason: { code: 'Timeout' } });
  expect(world.now()).toBeCloseTo(10, 1);
});

test('a crash ends it at once, with the last words of the container before', async () => {
  const { world, end } = wait((_, args) => {
    if (args[0] === 'get') return CRASHED;
    return args.includes('--previous') ? 'starting\ncannot reach the database\n\n' : 'starting\n';
  });
  expect(await end).toMatchObject({
    status: 'failed',
    reason: {
      object: 'Pod/web-2',
      message: 'container app exited with 3, 2 times; its last words: cannot reach the database',
    },
  });
  expect(world.now()).toBe(0);
});

test('without a log the reason stands for itself', async () => {
  const { end } = wait((_, args) => (args[0] === 'get' ? CRASHED : failure('other', 'no log')));
  expect(await end).toMatchObject({ reason: { message: 'container app exited with 3, 2 times' } });
});

describe('an API that does not answer', () => {
  test('for a while: borne, said once, and its time is given back', async () => {
    const { world, end } = wait(
      (seconds) => (seconds < 5 ? WAITING : seconds < 45 ? failure('unreachable') : seconds < 60 ? WAITING : READY),
      { limits: { ...limits, rollout: 30 } },
    );
    expect(await end).toEqual({ status: 'ready' });
    expect(world.lines.filter((line) => line.includes('looking again'))).toHaveLength(1);
    expect(world.lines).toContain('the API answers again');
  });

  test('for longer than the limit: an error, nothing is judged', async () => {
    const { world, end } = wait(() => failure('unreachable', 'connection refused'));
    expect(await end).toMatchObject({
      status: 'error',
      reason: {
        code: 'Unreachable',
        message: expect.stringMatching(/connection refused; no answer for 6\d s, the limit is 60 s/),
      },
    });
    expect(world.now()).toBeGreaterThanOrEqual(60);
  });

  test('while our maximum passes: it is judged by the next look, not without one', async () => {
    const { end } = wait((seconds) => (seconds < 1 ? WAITING : seconds < 40 ? failure('unreachable') : READY), {
      limits: { ...limits, rollout: 10 },
    });
    expect(await end).toEqual({ status: 'ready' });
  });
});

describe('credentials that are refused', () => {
  test('for a moment: borne', async () => {
    const { end } = wait((seconds) => (seconds < 1 ? failure('unauthorized') : READY));
    expect(await end).toEqual({ status: 'ready' });
  });

  test('that last: an error after some looks, long before the API would be given up', async () => {
    const { world, end } = wait(() => failure('unauthorized'));
    expect(await end).toMatchObject({ status: 'error', reason: { code: 'Unauthorized' } });
    expect(world.now()).toBeGreaterThanOrEqual(10);
    expect(world.now()).toBeLessThan(20);
  });
});

test('what somebody else decides between two looks is the end', async () => {
  let looks = 0;
  const superseded = { status: 'superseded' as const, reason: { code: 'NewerDeploy', message: 'x' } };
  const { world, end } = wait(() => WAITING, { onLook: async () => (++looks > 2 ? superseded : undefined) });
  expect(await end).toBe(superseded);
  expect(world.commands).toHaveLength(2);
});

test('told to stop: an error, nothing is judged', async () => {
  const { world, end } = wait(() => {
    world.abort();
    return WAITING;
  });
  expect(await end).toMatchObject({ status: 'error', reason: { code: 'Stopped' } });
});

test('a broken pod of an older revision that its StatefulSet waits for is deleted, once, and no other', async () => {
  const set = workload('StatefulSet', {
    status: { replicas: 2, updatedReplicas: 0, currentRevision: 'web-old', updateRevision: 'web-new' },
  });
  const old = (name: string, ready: boolean) =>
    pod(name, {
      owner: ['StatefulSet', 'web', 'workload'],
      ready,
      metadata: { labels: { 'controller-revision-hash': 'web-old' } },
    });
  const list = listOf(look({ workloads: [set], pods: [old('web-0', true), old('web-1', false)] }));
  const world = fakes((args) => (args[0] === 'get' ? list : ''));
  await waitForRollout([expected('StatefulSet')], { ...options, limits: { ...limits, rollout: 20 } }, world.ports);
  expect(world.commands.filter((command) => !command.startsWith('get'))).toEqual([
    'delete pod web-1 --namespace shop --wait=false',
  ]);
});

describe('settling', () => {
  const settled = (answer: (seconds: number) => string) => {
    const world = fakes((args, seconds) => (args[0] === 'get' ? answer(seconds) : ''));
    return { world, end: settle([expected('Deployment')], options, world.ports) };
  };
  const unready = state([pod('web-1'), pod('web-2', { ready: false })], { ...done, availableReplicas: 1 });

  test('all well for the time that was asked for: ready, and it took that long', async () => {
    const { world, end } = settled(() => READY);
    expect(await end).toEqual({ status: 'ready' });
    expect(world.now()).toBe(5);
  });

  test('a restart: bad', async () => {
    const { end } = settled((seconds) => (seconds < 3 ? READY : CRASHED));
    expect(await end).toMatchObject({ status: 'failed', reason: { code: 'CrashLoop' } });
  });

  test('a pod that was ready and is not any more: bad', async () => {
    const { end } = settled((seconds) => (seconds < 3 ? READY : unready));
    expect(await end).toMatchObject({
      status: 'failed',
      reason: { code: 'ReadinessLost', object: 'Pod/web-2' },
      pods: ['web-2'],
    });
  });

  test('a pod that went and came again elsewhere: no fault, but the end waits for it', async () => {
    const moved = state([pod('web-1'), pod('web-3', { ready: false })], { ...done, availableReplicas: 1 });
    const { world, end } = settled((seconds) =>
      seconds < 3 ? READY : seconds < 20 ? moved : state([pod('web-1'), pod('web-3')]),
    );
    expect(await end).toEqual({ status: 'ready' });
    expect(world.now()).toBeGreaterThanOrEqual(20);
  });

  test('changed by somebody else: superseded', async () => {
    const changed = listOf(
      look({
        workloads: [workload('Deployment', { metadata: { generation: 3 }, spec: { replicas: 2, template: OLD } })],
      }),
    );
    const { end } = settled((seconds) => (seconds < 3 ? READY : changed));
    expect(await end).toMatchObject({ status: 'superseded' });
  });
});

test('one look at what was ready: says what is certain, and nothing else', async () => {
  const once = (answer: string | KubectlFailure) =>
    stillWell([expected('Deployment')], options, fakes((args) => (args[0] === 'get' ? answer : '')).ports);
  expect(await once(READY)).toBeUndefined();
  expect(await once(WAITING)).toBeUndefined();
  expect(await once(failure('unreachable'))).toBeUndefined();
  expect(await once(CRASHED)).toMatchObject({ status: 'failed', reason: { code: 'CrashLoop' } });
});

test('a workload that no controller has looked at by the end is nobody’s verdict; one that was looked at is', async () => {
  const unseen = wait(() => state([], { observedGeneration: 1 }));
  expect(await unseen.end).toMatchObject({ status: 'error', reason: { code: 'ControllersAway' } });
  const seen = wait(() => state([], { replicas: 0 }));
  expect(await seen.end).toMatchObject({ status: 'failed', reason: { code: 'Timeout' } });
});
