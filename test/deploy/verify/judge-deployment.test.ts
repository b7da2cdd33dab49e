import { judge } from '../../../lib/deploy/verify/judge';
import {
  at,
  DIGEST,
  event,
  expected,
  look,
  NEW,
  OLD,
  OTHER,
  pod,
  replicaSet,
  rules,
  START,
  template,
  workload,
} from './world';

const DONE = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const deployment = (parts: Parameters<typeof workload>[1] = {}) =>
  workload('Deployment', { ...parts, status: { ...DONE, ...parts.status } });

/** A rollout that is complete. */
const complete = () => ({
  workloads: [deployment()],
  replicaSets: [
    replicaSet('old', { status: { replicas: 0, readyReplicas: 0, availableReplicas: 0 } }),
    replicaSet('new'),
  ],
  pods: [pod('web-new-1'), pod('web-new-2')],
});
const verdict = (parts: Parameters<typeof look>[0], more = {}, expectation = {}) =>
  judge(look(parts), [expected('Deployment', expectation)], rules(more)).verdict;

test('all pods of the new ReplicaSet available and no old one left: ready', () => {
  expect(verdict(complete())).toEqual({ status: 'ready' });
});

const oldPod = pod('web-old-1', { owner: ['ReplicaSet', 'web-old', 'rs-old'] });
const progressing = deployment({
  spec: { progressDeadlineSeconds: 60 },
  status: {
    updatedReplicas: 1,
    conditions: [
      {
        type: 'Progressing',
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: 'ReplicaSet "web-new" has timed out progressing.',
      },
    ],
  },
});

test.each([
  [
    'the generation is not observed',
    { workloads: [deployment({ status: { observedGeneration: 1 } })] },
    /generation 2/,
  ],
  [
    'the API shows less than it answered',
    { workloads: [deployment({ metadata: { generation: 1 } })] },
    /older generation/,
  ],
  ['no ReplicaSet has our template', { replicaSets: [replicaSet('old')] }, /ReplicaSet of the new template/],
  [
    'its ReplicaSet has not all available',
    { replicaSets: [replicaSet('new', { status: { availableReplicas: 1 } })] },
    /available 1/,
  ],
  ['fewer are updated', { workloads: [deployment({ status: { updatedReplicas: 1 } })] }, /new pods/],
  [
    'fewer are available (minReadySeconds)',
    { workloads: [deployment({ status: { availableReplicas: 1 } })] },
    /new pods/,
  ],
  ['there are more than wanted', { workloads: [deployment({ status: { replicas: 3 } })] }, /new pods/],
  ['an old pod lives', { pods: [...complete().pods, oldPod] }, /old pods: 1/],
  ['a pod is missing', { pods: [pod('web-new-1')] }, /new pods 1 of 2/],
  ['a pod is not ready', { pods: [pod('web-new-1'), pod('web-new-2', { ready: false })] }, /new pods 2 of 2/],
  [
    'a pod has not said what it runs',
    { pods: [pod('web-new-1'), pod('web-new-2', { container: { imageID: '' } })] },
    /new pods/,
  ],
])('progressing: %s', (_, change, words) => {
  expect(verdict({ ...complete(), ...change })).toEqual({
    status: 'progressing',
    waitingFor: expect.stringMatching(words),
  });
});

test('an old pod that is going does not hold it up', () => {
  const going = { ...oldPod, metadata: { ...oldPod.metadata, deletionTimestamp: at(4) } };
  expect(verdict({ ...complete(), pods: [...complete().pods, going] })).toEqual({ status: 'ready' });
});

test('fewer pods wanted than expected is not ready', () => {
  expect(verdict(complete(), {}, { minimumPods: 3 })).toMatchObject({
    status: 'progressing',
    waitingFor: expect.stringContaining('at least 3'),
  });
});

test('0 pods wanted is never ready, whatever the status says', () => {
  const none = { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 };
  const parts = {
    workloads: [deployment({ spec: { replicas: 0 }, status: none })],
    replicaSets: [replicaSet('new', { spec: { replicas: 0 }, status: none })],
  };
  expect(verdict(parts, {}, { minimumPods: 0 })).toMatchObject({ status: 'failed', reason: { code: 'NoPods' } });
});

test('a higher generation with another template: somebody else changed it', () => {
  const changed = deployment({
    metadata: { generation: 3 },
    spec: { template: OLD },
    status: { observedGeneration: 3 },
  });
  expect(verdict({ ...complete(), workloads: [changed] })).toMatchObject({
    status: 'superseded',
    reason: { code: 'TemplateChanged', object: 'Deployment/web' },
  });
});

test('a higher generation with our template is a scaling: it goes on', () => {
  const scaled = deployment({ metadata: { generation: 3 }, status: { observedGeneration: 3 } });
  expect(verdict({ ...complete(), workloads: [scaled] })).toEqual({ status: 'ready' });
});

test('paused by somebody: nothing of ours is judged', () => {
  expect(verdict({ ...complete(), workloads: [deployment({ spec: { paused: true } })] })).toMatchObject({
    status: 'superseded',
    reason: { code: 'Paused' },
  });
});

test('deleted by somebody, or about to be: bad, also when some event says Completed', () => {
  const going = deployment({ metadata: { deletionTimestamp: at(4) } });
  const events = [event(going, 'Completed', 'x')];
  for (const workloads of [[], [going]]) {
    expect(verdict({ ...complete(), workloads, events })).toMatchObject({ status: 'failed', reason: { code: 'Gone' } });
  }
});

test('a digest other than the one that was tested: bad, in every way a kubelet writes it', () => {
  for (const imageID of [`repo/app@${OTHER}`, `docker-pullable://repo/app@${OTHER}`, OTHER, 'repo/app:latest']) {
    const pods = [pod('web-new-1'), pod('web-new-2', { container: { imageID } })];
    expect(verdict({ ...complete(), pods })).toMatchObject({
      status: 'failed',
      reason: { code: 'ImageDigest', object: 'Pod/web-new-2', message: expect.stringContaining(DIGEST) },
    });
  }
  for (const imageID of [`docker-pullable://repo/app@${DIGEST}`, `docker://${DIGEST}`, DIGEST]) {
    const pods = [pod('web-new-1'), pod('web-new-2', { container: { imageID } })];
    expect(verdict({ ...complete(), pods })).toEqual({ status: 'ready' });
  }
});

test('the progress deadline of the new ReplicaSet: bad, with the cause', () => {
  const pods = [pod('web-new-1'), pod('web-new-2', { ready: false })];
  const probe = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e' },
    involvedObject: { kind: 'Pod', name: 'web-new-2', uid: 'uid-web-new-2' },
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    lastTimestamp: at(4),
  };
  expect(verdict({ ...complete(), workloads: [progressing], pods, events: [probe] })).toEqual({
    status: 'failed',
    reason: {
      code: 'ProgressDeadlineExceeded',
      object: 'Deployment/web',
      message:
        'it made no progress for 60 s (progressDeadlineSeconds); Pod/web-new-2 is not ready: Readiness probe failed: HTTP probe failed with statuscode: 503',
    },
    pods: ['web-new-2'],
  });
});

test('the deadline of the ReplicaSet before, kept for a while after a change back, is not ours', () => {
  const [conditions] = [
    progressing.status?.conditions?.map((c) => ({ ...c, message: 'ReplicaSet "web-old" has timed out progressing.' })),
  ];
  const back = deployment({ status: { updatedReplicas: 1, ...(conditions ? { conditions } : {}) } });
  expect(verdict({ ...complete(), workloads: [back] }).status).toBe('progressing');
});

test('a deadline that was passed by the generation before is not ours', () => {
  const stale = { ...progressing, status: { ...progressing.status, observedGeneration: 1 } };
  expect(verdict({ ...complete(), workloads: [stale] }).status).toBe('progressing');
});

describe('pods that are refused', () => {
  const refused = (message: string) =>
    replicaSet('new', {
      status: {
        replicas: 1,
        conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }],
      },
    });
  const quota =
    'pods "web-new-x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2';
  const short = {
    ...complete(),
    workloads: [deployment({ status: { updatedReplicas: 1 } })],
    pods: [pod('web-new-1')],
  };

  test('by a quota: bad at once, with the message', () => {
    expect(verdict({ ...short, replicaSets: [refused(quota)] })).toMatchObject({
      status: 'failed',
      reason: { code: 'QuotaExceeded', object: 'Deployment/web', message: expect.stringContaining('limited: pods=2') },
    });
  });

  test('by a quota while pods are going, which still count: not yet; bad when they have been gone for a while', () => {
    const going = { ...oldPod, metadata: { ...oldPod.metadata, deletionTimestamp: at(4) } };
    const first = judge(
      look({ ...short, replicaSets: [refused(quota)], pods: [...short.pods, going] }, 5),
      [expected('Deployment')],
      rules(),
    );
    expect(first.verdict.status).toBe('progressing');
    const gone = { ...short, replicaSets: [refused(quota)] };
    const second = judge(look(gone, 6), [expected('Deployment')], rules(), first.memory);
    expect(second.verdict.status).toBe('progressing');
    const third = judge(look(gone, 25), [expected('Deployment')], rules(), second.memory);
    expect(third.verdict).toMatchObject({ status: 'failed', reason: { code: 'QuotaExceeded' } });
  });

  test('by a policy: bad at once; by a webhook that does not answer: only when it lasts', () => {
    const denied = 'admission webhook "policy.example.com" denied the request: no root';
    expect(verdict({ ...short, replicaSets: [refused(denied)] })).toMatchObject({
      status: 'failed',
      reason: { code: 'FailedCreate' },
    });
    const silent = 'Internal error occurred: failed calling webhook "x": connection refused';
    const parts = { ...short, replicaSets: [refused(silent)] };
    const first = judge(look(parts, 5), [expected('Deployment')], rules());
    expect(first.verdict.status).toBe('progressing');
    expect(judge(look(parts, 26), [expected('Deployment')], rules(), first.memory).verdict.status).toBe('failed');
  });

  test('while all others are ready: not verified as long as it is so', () => {
    const silent = 'failed calling webhook "x": connection refused';
    const conditions = [{ type: 'ReplicaFailure', status: 'True' as const, message: silent }];
    expect(verdict({ ...complete(), replicaSets: [replicaSet('new', { status: { conditions } })] }).status).toBe(
      'progressing',
    );
  });

  test('of the old ReplicaSet: no fault of the release', () => {
    const old = replicaSet('old', {
      status: { replicas: 0, conditions: [{ type: 'ReplicaFailure', status: 'True', message: quota }] },
    });
    expect(verdict({ ...complete(), replicaSets: [old, replicaSet('new')] })).toEqual({ status: 'ready' });
  });
});

describe('our own maximum', () => {
  const late = { until: START + 1_000, limit: 1 };
  const short = { ...complete(), pods: [pod('web-new-1'), pod('web-new-2', { ready: false })] };

  test.each([
    [undefined, /it has no progress deadline; the limit of 1 s/],
    [2_147_483_647, /it has no progress deadline; the limit of 1 s/],
    [600, /its progressDeadlineSeconds is 600; the limit of 1 s/],
  ])('with a progress deadline of %s says so', (progressDeadlineSeconds, words) => {
    const live = deployment({
      spec: progressDeadlineSeconds === undefined ? {} : { progressDeadlineSeconds },
      status: { availableReplicas: 1 },
    });
    expect(verdict({ ...short, workloads: [live] }, late)).toMatchObject({
      status: 'failed',
      reason: { code: 'Timeout', object: 'Deployment/web', message: expect.stringMatching(words) },
      pods: ['web-new-2'],
    });
  });

  test('does not end what is ready', () => {
    expect(verdict(complete(), late)).toEqual({ status: 'ready' });
  });
});

test('the template is compared as the controller does: without its hash, null is nothing', () => {
  const mutant = template('repo/app@sha256:0');
  expect(verdict({ ...complete(), replicaSets: [replicaSet('new', { spec: { template: mutant } })] }).status).toBe(
    'progressing',
  );
  const same = { ...NEW, spec: { ...(NEW as { spec: object }).spec, volumes: [] } };
  expect(verdict(complete(), {}, { template: same }).status).toBe('ready');
});

test('one of two workloads that is not there yet holds both up, and a bad one fails both', () => {
  const both = [expected('Deployment'), expected('StatefulSet')];
  const set = workload('StatefulSet', { metadata: { uid: 'set' }, status: { observedGeneration: 1 } });
  const parts = { ...complete(), workloads: [deployment(), set] };
  expect(judge(look(parts), both, rules()).verdict.status).toBe('progressing');
  const crash = pod('web-new-2', { ready: false, container: { state: { terminated: { exitCode: 1 } } } });
  expect(judge(look({ ...parts, pods: [crash] }), both, rules()).verdict.status).toBe('failed');
});
