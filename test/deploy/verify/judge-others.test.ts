import type { KubeObject } from '../../../lib/deploy/objects';
import type { Snapshot } from '../../../lib/deploy/verdict';
import { judge } from '../../../lib/deploy/verify/judge';
import type { Pod, WorkloadObject } from '../../../lib/deploy/verify/shapes';
import { standingInTheWay } from '../../../lib/deploy/verify/unblock';
import { at, event, expected, look, OLD, pod, rules, START, workload } from './world';

const judged = (kind: 'StatefulSet' | 'DaemonSet' | 'Job', parts: Partial<Snapshot>, more = {}, seconds = 5) =>
  judge(look(parts, seconds), [expected(kind)], rules(more)).verdict;

const member = (kind: string, name: string, revision: string, more: Parameters<typeof pod>[1] = {}): Pod =>
  pod(name, {
    owner: [kind, 'web', 'workload'],
    ...more,
    metadata: { labels: { 'controller-revision-hash': revision }, ...more.metadata },
  });
const crash = {
  ready: false,
  container: { state: { terminated: { exitCode: 1, reason: 'Error', finishedAt: at(3) } } },
};

describe('StatefulSet', () => {
  const of = (name: string, revision = 'web-new', more = {}) => member('StatefulSet', name, revision, more);
  const set = (spec: object = {}, status: object = {}): WorkloadObject =>
    workload('StatefulSet', {
      spec,
      status: {
        replicas: 2,
        readyReplicas: 2,
        availableReplicas: 2,
        updatedReplicas: 2,
        currentRevision: 'web-new',
        updateRevision: 'web-new',
        ...status,
      },
    });
  const pods = [of('web-0'), of('web-1')];
  const between = { currentRevision: 'web-old', updatedReplicas: 1 };

  test('all pods of the update revision, ready: ready', () => {
    expect(judged('StatefulSet', { workloads: [set()], pods })).toEqual({ status: 'ready' });
  });

  test.each<[string, WorkloadObject, readonly KubeObject[]]>([
    ['the generation is not observed', set({}, { observedGeneration: 1 }), pods],
    ['an old pod is left', set({}, between), [of('web-0', 'web-old'), of('web-1')]],
    ['the revisions differ', set({}, { currentRevision: 'web-old' }), pods],
    ['a pod is not ready', set(), [of('web-0', 'web-new', { ready: false }), of('web-1')]],
    ['a pod is missing', set({}, { replicas: 1 }), [of('web-0')]],
    ['its status counts a pod too many', set({}, { replicas: 3 }), pods],
    ['a pod is older than its status says', set(), [of('web-0', 'web-old'), of('web-1')]],
    ['fewer are available (minReadySeconds)', set({}, { availableReplicas: 1 }), pods],
    ['a pod of the revision before crashes', set({}, between), [of('web-0', 'web-old', crash), of('web-1')]],
  ])('progressing: %s', (_, live, seen) => {
    expect(judged('StatefulSet', { workloads: [live], pods: seen }).status).toBe('progressing');
  });

  test('a new pod that crashes: bad, without any deadline', () => {
    const seen = [of('web-0', 'web-old'), of('web-1', 'web-new', crash)];
    expect(judged('StatefulSet', { workloads: [set({}, between)], pods: seen })).toMatchObject({
      status: 'failed',
      reason: { code: 'CrashLoop', object: 'Pod/web-1' },
    });
  });

  test('a partition leaves the first pods as they are; one that leaves all is never verified', () => {
    const partition = (value: number) =>
      set({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: value } } }, between);
    const seen = [of('web-0', 'web-old'), of('web-1')];
    const judgement = judge(look({ workloads: [partition(1)], pods: seen }), [expected('StatefulSet')], rules());
    expect(judgement.verdict).toEqual({ status: 'ready' });
    expect(judgement.notes).toEqual([expect.stringContaining('partition 1')]);
    expect(judged('StatefulSet', { workloads: [partition(2)], pods: seen })).toMatchObject({
      status: 'failed',
      reason: { code: 'Partition' },
    });
    expect(judged('StatefulSet', { workloads: [partition(0)], pods: seen }).status).toBe('progressing');
  });

  test('OnDelete replaces no pod: refused by name, unless there is none to replace', () => {
    const live = (status = {}) => set({ updateStrategy: { type: 'OnDelete' } }, status);
    const seen = [of('web-0', 'web-old'), of('web-1', 'web-old')];
    expect(judged('StatefulSet', { workloads: [live(between)], pods: seen })).toMatchObject({
      status: 'failed',
      reason: { code: 'OnDelete' },
    });
    expect(judged('StatefulSet', { workloads: [live()], pods })).toEqual({ status: 'ready' });
  });

  const quota = 'create Pod web-1 in StatefulSet web failed error: pods "web-1" is forbidden: exceeded quota: small';
  test('pods that are refused: its event tells; an old event, or one that was overcome, does not', () => {
    const live = set({}, { replicas: 1 });
    const seen = [of('web-0')];
    expect(
      judged('StatefulSet', { workloads: [live], pods: seen, events: [event(live, 'FailedCreate', quota)] }),
    ).toMatchObject({
      status: 'failed',
      reason: { code: 'QuotaExceeded', object: 'StatefulSet/web' },
    });
    const old = event(live, 'FailedCreate', quota, { lastTimestamp: at(-60) });
    expect(judged('StatefulSet', { workloads: [live], pods: seen, events: [old] }).status).toBe('progressing');
    const before = look({ events: [event(live, 'FailedCreate', quota)] });
    const again = event(live, 'FailedCreate', quota, { count: 2 });
    const recent = { workloads: [live], pods: seen, events: [event(live, 'FailedCreate', quota)] };
    expect(judged('StatefulSet', recent, { before }).status).toBe('progressing');
    expect(judged('StatefulSet', { ...recent, events: [again] }, { before }).status).toBe('failed');
    expect(judged('StatefulSet', { workloads: [set()], pods, events: [again] })).toEqual({ status: 'ready' });
  });

  test('our own maximum: it has no deadline, and that is said', () => {
    const seen = [of('web-0', 'web-old'), of('web-1', 'web-new', { ready: false })];
    expect(judged('StatefulSet', { workloads: [set({}, between)], pods: seen }, { until: START })).toMatchObject({
      status: 'failed',
      reason: { code: 'Timeout', message: expect.stringContaining('a StatefulSet has no progress deadline') },
      pods: ['web-1'],
    });
  });

  test('a broken pod of an older revision stands in the way of ordered pods only', () => {
    const seen = [of('web-0'), of('web-1', 'web-old', crash)];
    const found = (live: WorkloadObject, all: readonly Pod[] = seen) =>
      standingInTheWay(look({ workloads: [live], pods: all }), [expected('StatefulSet')]).map(
        ({ metadata }) => metadata.name,
      );
    expect(found(set({}, between))).toEqual(['web-1']);
    expect(found(set({ podManagementPolicy: 'Parallel' }, between))).toEqual([]);
    expect(found(set({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }, between))).toEqual(
      [],
    );
    expect(found(set({}, { ...between, observedGeneration: 1 }))).toEqual([]);
    expect(found(set({}, between), [of('web-0'), of('web-1', 'web-old')])).toEqual([]);
    expect(found(set({}, between), [of('web-0'), of('web-1', 'web-new', crash)])).toEqual([]);
    const going = of('web-1', 'web-old', { ...crash, metadata: { deletionTimestamp: at(4) } });
    expect(found(set({}, between), [of('web-0'), going])).toEqual([]);
  });
});

describe('DaemonSet', () => {
  const of = (name: string, hash = 'new', more = {}) => member('DaemonSet', name, hash, more);
  const set = (spec: object = {}, status: object = {}): WorkloadObject =>
    workload('DaemonSet', {
      spec,
      status: {
        desiredNumberScheduled: 2,
        currentNumberScheduled: 2,
        updatedNumberScheduled: 2,
        numberAvailable: 2,
        ...status,
      },
    });
  const revision = (hash: string, number: number) => ({
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `web-${hash}`,
      labels: { 'controller-revision-hash': hash },
      ownerReferences: [{ kind: 'DaemonSet', name: 'web', uid: 'workload' }],
    },
    revision: number,
  });
  const pods = [of('web-a'), of('web-b')];
  const controllerRevisions = [revision('old', 1), revision('new', 2)];
  const see = (live: WorkloadObject, seen: readonly KubeObject[] = pods, more = {}, seconds = 5) =>
    judged('DaemonSet', { workloads: [live], pods: seen, controllerRevisions, ...more }, {}, seconds);

  test('all nodes have a new pod that is available: ready', () => {
    expect(see(set())).toEqual({ status: 'ready' });
  });

  test.each<[string, WorkloadObject, readonly KubeObject[]]>([
    ['the generation is not observed', set({}, { observedGeneration: 1 }), pods],
    ['a node has the old pod', set({}, { updatedNumberScheduled: 1 }), [of('web-a'), of('web-b', 'old')]],
    ['a pod is not available', set({}, { numberAvailable: 1 }), pods],
    ['its status counts fewer new pods', set({}, { updatedNumberScheduled: 1 }), pods],
    ['an old pod is left beside the new ones', set(), [...pods, of('web-c', 'old')]],
    ['a pod is not ready', set(), [of('web-a'), of('web-b', 'new', { ready: false })]],
    ['an old pod crashes', set({}, { updatedNumberScheduled: 1 }), [of('web-a'), of('web-b', 'old', crash)]],
  ])('progressing: %s', (_, live, seen) => {
    expect(see(live, seen).status).toBe('progressing');
  });

  test('a new pod that crashes: bad; after a change back the new ones are those of the highest revision', () => {
    const seen = [of('web-a', 'old'), of('web-b', 'new', crash)];
    const live = set({}, { updatedNumberScheduled: 1 });
    expect(see(live, seen)).toMatchObject({ status: 'failed', reason: { object: 'Pod/web-b' } });
    expect(see(live, seen, { controllerRevisions: [revision('old', 3), revision('new', 2)] }).status).toBe(
      'progressing',
    );
  });

  test('no node wants a pod: not verified, and bad when it lasts', () => {
    const none = set({}, { desiredNumberScheduled: 0, updatedNumberScheduled: 0, numberAvailable: 0 });
    const first = judge(look({ workloads: [none], controllerRevisions }, 5), [expected('DaemonSet')], rules());
    expect(first.verdict.status).toBe('progressing');
    const second = judge(
      look({ workloads: [none], controllerRevisions }, 65),
      [expected('DaemonSet')],
      rules(),
      first.memory,
    );
    expect(second.verdict).toMatchObject({ status: 'failed', reason: { code: 'NoPods' } });
  });

  test('OnDelete replaces no pod: refused by name', () => {
    const live = set({ updateStrategy: { type: 'OnDelete' } }, { updatedNumberScheduled: 0 });
    expect(see(live, [of('web-a', 'old'), of('web-b', 'old')])).toMatchObject({
      status: 'failed',
      reason: { code: 'OnDelete' },
    });
  });

  test('changed by somebody else: superseded', () => {
    const live = { ...set({ template: OLD }), metadata: { ...set().metadata, generation: 3 } };
    expect(see(live)).toMatchObject({ status: 'superseded', reason: { object: 'DaemonSet/web' } });
  });
});

describe('Job', () => {
  const job = (type?: string, more: object = {}, spec: object = {}): WorkloadObject =>
    workload('Job', {
      spec,
      status: { ...(type ? { conditions: [{ type, status: 'True' as const, ...more }] } : {}) },
    });
  const of = (name: string, more = {}) => pod(name, { owner: ['Job', 'web', 'workload'], ...more });
  const ended = (exitCode: number) => ({
    ready: false,
    status: {
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      containerStatuses: [
        {
          name: 'app',
          imageID: `repo/app@sha256:${'a'.repeat(64)}`,
          state: { terminated: { exitCode, reason: 'Error', finishedAt: at(3) } },
        },
      ],
    },
  });

  test('complete: ready, if it ran the image that was tested', () => {
    expect(judged('Job', { workloads: [job('Complete')], pods: [of('web-x', ended(0))] })).toEqual({ status: 'ready' });
    const other = of('web-x', { container: { imageID: `repo/app@sha256:${'b'.repeat(64)}` } });
    expect(judged('Job', { workloads: [job('Complete')], pods: [other] })).toMatchObject({
      reason: { code: 'ImageDigest' },
    });
  });

  test('running, and tried again after a failure: progressing', () => {
    expect(judged('Job', { workloads: [job()], pods: [of('web-x')] }).status).toBe('progressing');
    expect(judged('Job', { workloads: [job()], pods: [of('web-x', ended(3)), of('web-y')] }).status).toBe(
      'progressing',
    );
  });

  test.each(['Failed', 'FailureTarget'])('%s: bad, with the reason and the exit of its last pod', (type) => {
    const live = job(type, { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' });
    expect(judged('Job', { workloads: [live], pods: [of('web-x', ended(3))] })).toMatchObject({
      status: 'failed',
      reason: {
        code: 'BackoffLimitExceeded',
        object: 'Job/web',
        message: expect.stringContaining('Pod/web-x: container app exited with 3'),
      },
      pods: ['web-x'],
    });
  });

  test('an image that is not there, and suspension, never end: bad', () => {
    const pulling = of('web-x', {
      ready: false,
      container: { state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } },
    });
    expect(judged('Job', { workloads: [job()], pods: [pulling] })).toMatchObject({ reason: { code: 'ImagePull' } });
    expect(judged('Job', { workloads: [job(undefined, {}, { suspend: true })] })).toMatchObject({
      reason: { code: 'Suspended' },
    });
  });

  test('collected after its end: its event tells that it went well; without one it is gone', () => {
    expect(judged('Job', { events: [event(job(), 'Completed', 'Job completed')] })).toEqual({ status: 'ready' });
    expect(judged('Job', {})).toMatchObject({ status: 'failed', reason: { code: 'Gone' } });
  });
});
