import { deploymentStatus, newReplicaSet } from '../../../lib/local/cluster/controllers/deployment-status';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../../lib/local/cluster/types';

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number) => START + seconds * 1000;

function deployment(spec: Partial<Deployment['spec']> = {}, status: DeploymentStatus = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', uid: 'd', resourceVersion: '1', creationTimestamp: '', generation: 2 },
    spec: {
      replicas: 2,
      progressDeadlineSeconds: 10,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: {},
      template: { spec: {} as never },
      ...spec,
    },
    status,
  };
}

const set = (name: string, replicas: number, ready = replicas, conditions: object[] = []): ReplicaSet =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '' },
    spec: { replicas, selector: {}, template: { spec: {} as never } },
    status: { replicas, readyReplicas: ready, availableReplicas: ready, conditions },
  }) as unknown as ReplicaSet;

const progressOf = (status: DeploymentStatus) => status.conditions?.find((c) => c.type === 'Progressing');

/** Looks again and again at the same ReplicaSets, as the controller does. */
function look(from: Deployment, sets: ReplicaSet[], current: ReplicaSet | undefined, seconds: number): Deployment {
  return { ...from, status: deploymentStatus(from, sets, current, at(seconds)).status };
}

test('a rollout that does not move times out, says so, and stays so', () => {
  const [old, fresh] = [set('old', 2), set('new', 1, 0)];
  let web = deployment();
  web = { ...web, status: { conditions: newReplicaSet(web, 'new', at(0)) } };
  expect(progressOf(web.status ?? {})).toMatchObject({ status: 'True', reason: 'NewReplicaSetCreated' });
  web = look(web, [old, fresh], fresh, 1);
  expect(progressOf(web.status ?? {})).toMatchObject({ reason: 'ReplicaSetUpdated' });
  expect(deploymentStatus(web, [old, fresh], fresh, at(2)).again).toBe(9_000);
  web = look(web, [old, fresh], fresh, 11);
  expect(progressOf(web.status ?? {})).toMatchObject({
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: 'ReplicaSet "new" has timed out progressing.',
  });
  // A change of the specification that makes no new ReplicaSet does not start the deadline anew.
  web = look({ ...web, metadata: { ...web.metadata, generation: 3 } }, [old, fresh], fresh, 12);
  expect(progressOf(web.status ?? {})?.reason).toBe('ProgressDeadlineExceeded');
});

test('progress moves the update time and keeps the transition time', () => {
  const fresh = set('new', 1, 0);
  let web = deployment();
  web = { ...web, status: { conditions: newReplicaSet(web, 'new', at(0)) } };
  web = look(web, [fresh], fresh, 3);
  expect(progressOf(web.status ?? {})).toMatchObject({
    lastUpdateTime: '2026-01-01T00:00:03Z',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  });
});

test('a finished rollout does not time out when a pod fails later', () => {
  const done = set('new', 2);
  let web = look(deployment(), [done], done, 0);
  expect(progressOf(web.status ?? {})).toMatchObject({
    reason: 'NewReplicaSetAvailable',
    message: 'ReplicaSet "new" has successfully progressed.',
  });
  const failing = set('new', 2, 1);
  web = look(web, [failing], failing, 100);
  expect(progressOf(web.status ?? {})?.reason).toBe('NewReplicaSetAvailable');
  expect(web.status?.conditions).toContainEqual(expect.objectContaining({ type: 'Available', status: 'False' }));
});

test('the deadline does not run while paused, and starts anew on resume', () => {
  const fresh = set('new', 1, 0);
  let web = deployment();
  web = { ...web, status: { ...deploymentStatus(web, [fresh], fresh, at(0)).status } };
  web = look({ ...web, spec: { ...web.spec, paused: true } }, [fresh], fresh, 8);
  expect(progressOf(web.status ?? {})).toMatchObject({ status: 'Unknown', reason: 'DeploymentPaused' });
  web = look({ ...web, spec: { ...web.spec, paused: false } }, [fresh], fresh, 100);
  expect(progressOf(web.status ?? {})).toMatchObject({ status: 'Unknown', reason: 'DeploymentResumed' });
  web = look(web, [fresh], fresh, 109);
  expect(progressOf(web.status ?? {})?.reason).toBe('DeploymentResumed');
  web = look(web, [fresh], fresh, 110);
  expect(progressOf(web.status ?? {})?.reason).toBe('ProgressDeadlineExceeded');
});

test('without a deadline nothing is said about progress', () => {
  const fresh = set('new', 1, 0);
  for (const spec of [{ progressDeadlineSeconds: 2_147_483_647 }]) {
    const web = look(deployment(spec), [fresh], fresh, 1_000);
    expect(progressOf(web.status ?? {})).toBeUndefined();
  }
});

test('what keeps the new ReplicaSet from its pods comes before the trouble of an old one, and goes with it', () => {
  const failure = (message: string) => ({ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message });
  const [old, fresh] = [set('old', 2, 2, [failure('old')]), set('new', 1, 0, [failure('quota')])];
  let web = look(deployment(), [old, fresh], fresh, 0);
  expect(web.status?.conditions).toContainEqual(expect.objectContaining(failure('quota')));
  web = look(web, [set('old', 2), set('new', 1)], set('new', 1), 1);
  expect(web.status?.conditions?.map((c) => c.type)).not.toContain('ReplicaFailure');
});

test('Recreate is available only with all its pods', () => {
  const fresh = set('new', 2, 1);
  const web = look(deployment({ strategy: { type: 'Recreate' } }), [fresh], fresh, 0);
  expect(web.status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' }),
  );
});
