import type { Snapshot } from '../../../lib/deploy/verdict';
import { judge, type Memory } from '../../../lib/deploy/verify/judge';
import type { Pod } from '../../../lib/deploy/verify/shapes';
import { unreadyWords } from '../../../lib/deploy/verify/why';
import { at, event, expected, look, pod, replicaSet, rules, START, waitingPod, workload } from './world';

const parts = (bad: Pod, events: Snapshot['events'] = []) => ({
  workloads: [workload('Deployment', { status: { replicas: 2, updatedReplicas: 2, availableReplicas: 1 } })],
  replicaSets: [replicaSet('new', { status: { availableReplicas: 1 } })],
  pods: [pod('web-1'), bad],
  events,
});
const see = (bad: Pod, events: Snapshot['events'] = [], seconds = 5, memory?: Memory, more = {}) =>
  judge(look(parts(bad, events), seconds), [expected('Deployment')], rules(more), memory);
const verdict = (bad: Pod, events: Snapshot['events'] = []) => see(bad, events).verdict;

const NOT_FOUND =
  'rpc error: code = NotFound desc = failed to pull and unpack image "repo/app:9": failed to resolve reference "repo/app:9": repo/app:9: not found';
const TIMEOUT = 'failed to do request: Head "https://registry.example.com/v2/": dial tcp 10.0.0.1:443: i/o timeout';
const exit = (exitCode: number, more: object = {}) => ({ exitCode, reason: 'Error', finishedAt: at(3), ...more });
const crashed = (terminated: object, more: object = {}): Pod =>
  pod('web-2', {
    ready: false,
    container: {
      restartCount: 2,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated },
      ...more,
    },
  });

describe('bad at once', () => {
  test.each<[string, Pod, string, RegExp]>([
    [
      'an image that is not there',
      waitingPod('web-2', 'ErrImagePull', NOT_FOUND),
      'ImagePull',
      /ErrImagePull.*not found/,
    ],
    ['a registry that says no', waitingPod('web-2', 'ErrImagePull', '403 Forbidden: denied'), 'ImagePull', /denied/],
    [
      'kubelet gave up for now, in words that are not known',
      waitingPod('web-2', 'ImagePullBackOff', 'Back-off'),
      'ImagePull',
      /BackOff/,
    ],
    ['an image name that is none', waitingPod('web-2', 'InvalidImageName', 'x'), 'ImagePull', /InvalidImageName/],
    ['an image that must be there already', waitingPod('web-2', 'ErrImageNeverPull', 'x'), 'ImagePull', /Never/],
    [
      'configuration without a key',
      waitingPod('web-2', 'CreateContainerConfigError', "couldn't find key a in ConfigMap shop/c"),
      'CreateContainerConfigError',
      /couldn't find key/,
    ],
    [
      'a command that cannot run',
      waitingPod('web-2', 'RunContainerError', 'exec: not found'),
      'RunContainerError',
      /exec/,
    ],
    [
      'a container that cannot be made',
      waitingPod('web-2', 'CreateContainerError', 'no command'),
      'CreateContainerError',
      /no command/,
    ],
    ['a crash loop', crashed(exit(3)), 'CrashLoop', /container app exited with 3, 3 times/],
    [
      'a crash',
      pod('web-2', { ready: false, container: { state: { terminated: exit(3) } } }),
      'CrashLoop',
      /exited with 3$/,
    ],
    [
      'an end without an error',
      crashed(exit(0, { reason: 'Completed' })),
      'CrashLoop',
      /exited with 0, though it should go on/,
    ],
    ['a signal', crashed(exit(139)), 'CrashLoop', /ended by signal 11 \(exit code 139\)/],
    ['too little memory', crashed(exit(137, { reason: 'OOMKilled' })), 'OOMKilled', /limit is 64Mi/],
    [
      'a restart that went well',
      pod('web-2', { container: { restartCount: 1, lastState: { terminated: exit(1) } } }),
      'CrashLoop',
      /exited with 1/,
    ],
    [
      'a start that failed',
      crashed(exit(128, { reason: 'StartError', message: 'no such file' })),
      'CrashLoop',
      /could not be started \(StartError\): no such file/,
    ],
    [
      'an eviction',
      pod('web-2', {
        ready: false,
        status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
      }),
      'Evicted',
      /low on resource: memory/,
    ],
    [
      'a pod that failed',
      pod('web-2', { ready: false, status: { phase: 'Failed', reason: 'DeadlineExceeded', message: 'too long' } }),
      'DeadlineExceeded',
      /too long/,
    ],
  ])('%s', (_, bad, code, words) => {
    expect(verdict(bad)).toMatchObject({
      status: 'failed',
      reason: { code, object: 'Pod/web-2', message: expect.stringMatching(words) },
      pods: ['web-2'],
    });
  });

  test('an init container that fails, but not one that ended well', () => {
    const withInit = (terminated: object): Pod =>
      pod('web-2', {
        ready: false,
        container: { imageID: '', state: { waiting: { reason: 'PodInitializing' } } },
        status: {
          phase: 'Pending',
          initContainerStatuses: [
            { name: 'init', restartCount: 0, imageID: 'x', state: { terminated: exit(0, terminated) } },
          ],
          containerStatuses: [{ name: 'app', imageID: '', state: { waiting: { reason: 'PodInitializing' } } }],
        },
      });
    expect(verdict(withInit({ exitCode: 4 }))).toMatchObject({
      status: 'failed',
      reason: { message: expect.stringContaining('init exited with 4') },
    });
    expect(verdict(withInit({})).status).toBe('progressing');
  });

  test('one that never ends is named as what the others wait for; a sidecar is not', () => {
    const words = (restartPolicy?: string): string =>
      unreadyWords(
        pod('web-2', {
          ready: false,
          spec: { initContainers: [{ name: 'first', ...(restartPolicy ? { restartPolicy } : {}) }] },
          status: {
            initContainerStatuses: [{ name: 'first', state: { running: {} } }],
            containerStatuses: [{ name: 'app', state: { waiting: { reason: 'PodInitializing' } } }],
          },
        }),
        { at: 0, workloads: [], replicaSets: [], pods: [], events: [] },
      );
    expect(words()).toContain('init container first has not come to its end');
    expect(words('Always')).toBe('Pod/web-2 container app is waiting (PodInitializing)');
  });

  test('a sidecar that is started again', () => {
    const sidecar = pod('web-2', {
      spec: {
        restartPolicy: 'Always',
        containers: [{ name: 'app' }],
        initContainers: [{ name: 'proxy', restartPolicy: 'Always' }],
      },
      status: {
        ...pod('x').status,
        initContainerStatuses: [
          { name: 'proxy', restartCount: 1, imageID: 'x', state: { running: {} }, lastState: { terminated: exit(0) } },
        ],
      },
    });
    expect(verdict(sidecar)).toMatchObject({ status: 'failed', reason: { code: 'CrashLoop' } });
  });

  test('the image is named once, in words of a runtime that names it again and again, and the cause is not cut off', () => {
    const image = `${'registry/'.repeat(12)}app@sha256:${'a'.repeat(64)}`;
    const bad = pod('web-2', {
      ready: false,
      spec: { containers: [{ name: 'app', image }] },
      container: {
        imageID: '',
        state: {
          waiting: {
            reason: 'ErrImagePull',
            message: `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
          },
        },
      },
    });
    const { reason } = verdict(bad) as { reason: { message: string } };
    expect(reason.message.split(image)).toHaveLength(2);
    expect(reason.message).toMatch(/: not found$/);
  });

  test('a liveness probe that fails is named', () => {
    const bad = crashed(exit(137));
    const events = [
      event(bad, 'Killing', 'Container app failed liveness probe, will be restarted'),
      event(bad, 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500'),
    ];
    expect(verdict(bad, events)).toMatchObject({
      reason: { message: expect.stringContaining('Liveness probe failed: HTTP') },
    });
  });

  test('back-off of which the server does not say why: the event does', () => {
    const bad = waitingPod('web-2', 'ImagePullBackOff', 'Back-off pulling image');
    const pull = event(bad, 'Failed', `Failed to pull image "repo/app@sha256:${'a'.repeat(64)}": ${TIMEOUT}`);
    expect(verdict(bad, [pull]).status).toBe('progressing');
    expect(verdict(bad)).toMatchObject({ status: 'failed' });
  });
});

describe('bad when it lasts', () => {
  const missing = waitingPod('web-2', 'CreateContainerConfigError', 'secret "tls" not found');
  const unschedulable = pod('web-2', {
    ready: false,
    status: {
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/3 nodes are available: 3 Insufficient cpu.',
        },
      ],
    },
  });
  const pending = pod('web-2', { ready: false, status: { phase: 'Pending' } });
  const unmounted = [
    event(pending, 'FailedMount', 'MountVolume.SetUp failed for volume "c" : configmap "c" not found'),
  ];

  test.each<[string, Pod, Snapshot['events'], number, string]>([
    ['a registry that does not answer', waitingPod('web-2', 'ErrImagePull', TIMEOUT), [], 30, 'ImagePull'],
    [
      'a registry that does not answer, and back-off',
      waitingPod('web-2', 'ImagePullBackOff', TIMEOUT),
      [],
      30,
      'ImagePull',
    ],
    [
      'a registry that is asked too often',
      waitingPod('web-2', 'ErrImagePull', 'toomanyrequests: slow down'),
      [],
      30,
      'ImagePull',
    ],
    ['a pull that failed in words that are not known', waitingPod('web-2', 'ErrImagePull', 'hm'), [], 5, 'ImagePull'],
    ['no room on any node', unschedulable, [], 60, 'Unschedulable'],
    ['a Secret that is not there', missing, [], 10, 'CreateContainerConfigError'],
    ['a ConfigMap that is not there', pending, unmounted, 10, 'FailedMount'],
  ])('%s', (_, bad, events, seconds, code) => {
    const first = see(bad, events, 5);
    expect(first.verdict).toEqual({ status: 'progressing', waitingFor: expect.stringContaining('Pod/web-2') });
    expect(see(bad, events, 5 + seconds - 1, first.memory).verdict.status).toBe('progressing');
    expect(see(bad, events, 5 + seconds, first.memory).verdict).toMatchObject({ status: 'failed', reason: { code } });
  });

  test('what went away in between starts anew', () => {
    const first = see(unschedulable, [], 5);
    const second = see(pending, [], 30, first.memory);
    const third = see(unschedulable, [], 70, second.memory);
    expect(third.verdict.status).toBe('progressing');
  });

  test('our own maximum ends it with that cause', () => {
    expect(see(unschedulable, [], 5, undefined, { until: START, limit: 2 }).verdict).toMatchObject({
      status: 'failed',
      reason: { code: 'Unschedulable', message: expect.stringMatching(/Insufficient cpu.*; the limit of 2 s/) },
    });
  });
});

describe('not bad', () => {
  test.each<[string, Pod]>([
    [
      'a pod that is going',
      { ...crashed(exit(3)), metadata: { ...crashed(exit(3)).metadata, deletionTimestamp: at(4) } },
    ],
    [
      'a pod that its node ended',
      pod('web-2', { ready: false, status: { phase: 'Failed', reason: 'NodeShutdown', message: 'x' } }),
    ],
    ['a container that is being made', waitingPod('web-2', 'ContainerCreating')],
    [
      'a crash of a pod of the release before',
      pod('old', {
        owner: ['ReplicaSet', 'web-old', 'rs-old'],
        container: crashed(exit(3)).status?.containerStatuses?.[0] ?? {},
      }),
    ],
  ])('%s', (_, harmless) => {
    expect(verdict(harmless).status).toBe('progressing');
  });

  test("an event of a namesake's", () => {
    const bad = pod('web-2', { ready: false, status: { phase: 'Pending' } });
    const other = { ...bad, metadata: { ...bad.metadata, uid: 'another' } };
    const later = (events: Snapshot['events']) => see(bad, events, 60, see(bad, events).memory).verdict.status;
    expect(later([event(other, 'FailedMount', 'configmap "c" not found')])).toBe('progressing');
    expect(later([event(bad, 'FailedMount', 'configmap "c" not found')])).toBe('failed');
  });
});

describe('restarts that were there before', () => {
  const restarted = (created: number, finished: number): Pod =>
    pod('web-2', {
      metadata: { creationTimestamp: at(created) },
      container: { restartCount: 3, lastState: { terminated: exit(1, { finishedAt: at(finished) }) } },
    });

  test('of a pod older than the deploy: no fault of it; one more since: bad', () => {
    expect(verdict(restarted(-3600, -60)).status).toBe('progressing');
    expect(verdict(restarted(-3600, 4)).status).toBe('failed');
  });

  test('of a new pod: bad, whenever they were', () => {
    expect(verdict(restarted(1, -60)).status).toBe('failed');
  });

  test('counted from a look before the deploy, whatever the clock says', () => {
    const before = look({ pods: [restarted(-3600, 4)] });
    expect(see(restarted(-3600, 4), [], 5, undefined, { before }).verdict.status).toBe('progressing');
    const known = { ...restarted(-3600, 4), metadata: { ...restarted(0, 0).metadata, uid: 'unknown' } };
    expect(see(known, [], 5, undefined, { before }).verdict.status).toBe('failed');
  });
});
