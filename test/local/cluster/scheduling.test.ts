import { deployment, podSpec, TestCluster } from './harness';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.start({ node: { cpu: '1', memory: '1Gi', pods: '6' }, memoryInterval: 50 });
});
afterAll(() => cluster.stop());

const pod = (name: string, options: Parameters<typeof podSpec>[0] = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: podSpec(options),
});
const asks = (cpu: string) => ({ resources: { requests: { cpu } } });
const field = (what: string, path: string): Promise<string> => cluster.ok(`get ${what} -o 'jsonpath=${path}'`);
const unschedulable = (name: string) =>
  cluster.ok(`wait pod/${name} --for=jsonpath={.status.conditions[0].reason}=Unschedulable --timeout=40s`);
const NOT_HELPFUL =
  'no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';

test('a pod that asks for more than is left waits, says why, and starts when there is room', async () => {
  await cluster.apply(pod('big', { container: asks('700m') }));
  await cluster.ok('wait --for=condition=Ready pod/big --timeout=40s');
  await cluster.apply(pod('late', { container: asks('400m') }));
  await unschedulable('late');
  const message =
    '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.';
  expect(await field('pod/late', '{.status.phase} {.status.conditions[0].type} {.status.conditions[0].message}')).toBe(
    `Pending PodScheduled ${message}`,
  );
  const events = await cluster.ok('get events --field-selector involvedObject.name=late,reason=FailedScheduling');
  expect(events).toContain('1 Insufficient cpu');
  expect(await field('pod/late', '{.spec.nodeName}')).toBe('');
  await cluster.ok('delete pod big');
  await cluster.ok('wait --for=condition=Ready pod/late --timeout=40s');
  expect(await field('pod/late', '{.status.conditions[?(@.type=="PodScheduled")].status}')).toBe('True');
  await cluster.ok('delete pod late');
});

test('a rollout that the node has no room for keeps the old pods, and goes on when the node grows', async () => {
  const app = (version: string) => deployment({ name: 'full', env: { VERSION: version }, container: asks('600m') });
  await cluster.apply(app('1'));
  await cluster.ok('rollout status deploy/full --timeout=40s');
  await cluster.apply(app('2'));
  await cluster.ok('wait deploy/full --for=jsonpath={.status.updatedReplicas}=1 --timeout=40s');
  const waiting = (await cluster.ok('get pods -l app=full --field-selector status.phase=Pending -o name')).trim();
  await unschedulable(waiting.replace('pod/', ''));
  expect(await field('deploy/full', '{.status.availableReplicas}')).toBe('1');
  await cluster.ok(`patch node slipway-local --subresource=status -p '{"status":{"allocatable":{"cpu":"2"}}}'`);
  await cluster.ok('rollout status deploy/full --timeout=40s');
  await cluster.ok(`patch node slipway-local --subresource=status -p '{"status":{"allocatable":{"cpu":"1"}}}'`);
  await cluster.ok('delete deploy full --cascade=foreground');
});

test('a cordoned, tainted or unselected node takes no pod', async () => {
  await cluster.ok('cordon slipway-local');
  expect(await cluster.ok('get nodes')).toContain('Ready,SchedulingDisabled');
  await cluster.apply(pod('shut'));
  await unschedulable('shut');
  expect(await field('pod/shut', '{.status.conditions[0].message}')).toBe(
    `0/1 nodes are available: 1 node(s) were unschedulable. ${NOT_HELPFUL}`,
  );
  await cluster.ok('taint node slipway-local team=a:NoSchedule');
  await cluster.ok('uncordon slipway-local');
  await cluster.apply(
    pod('may', { pod: { tolerations: [{ key: 'team', operator: 'Equal', value: 'a', effect: 'NoSchedule' }] } }),
  );
  await cluster.ok('wait --for=condition=Ready pod/may --timeout=40s');
  expect(await field('pod/shut', '{.status.conditions[0].message}')).toContain('1 node(s) had untolerated taint(s)');
  await cluster.ok('taint node slipway-local team-');
  await cluster.ok('wait --for=condition=Ready pod/shut --timeout=40s');
  await cluster.apply(pod('picky', { pod: { nodeSelector: { disk: 'fast' } } }));
  await unschedulable('picky');
  expect(await field('pod/picky', '{.status.conditions[0].message}')).toContain(
    "1 node(s) didn't match Pod's node affinity/selector",
  );
  await cluster.ok('label node slipway-local disk=fast');
  await cluster.ok('wait --for=condition=Ready pod/picky --timeout=40s');
  await cluster.ok('delete pod shut may picky');
});

test('more pods than the node takes wait; a claim that is not there is named', async () => {
  await cluster.apply(deployment({ name: 'many', replicas: 7 }));
  await cluster.ok('wait deploy/many --for=jsonpath={.status.readyReplicas}=6 --timeout=20s');
  const waiting = await cluster.ok('get pods -l app=many --field-selector status.phase=Pending -o name');
  expect(await field(waiting.trim(), '{.status.conditions[0].message}')).toContain('1 Too many pods');
  await cluster.ok('delete deploy many --cascade=foreground');
  await cluster.apply(
    pod('claims', { pod: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'none' } }] } }),
  );
  await unschedulable('claims');
  expect(await field('pod/claims', '{.status.conditions[0].message}')).toContain(
    'persistentvolumeclaim "none" not found',
  );
  await cluster.ok('delete pod claims');
});

test('a container that holds more memory than its limit is killed, said to be, and started again', async () => {
  const leak = 'const held = []; setInterval(() => held.push(Buffer.alloc(4e6, 1)), 5);';
  await cluster.apply(
    pod('leak', {
      container: {
        command: [process.execPath, '-e', leak],
        resources: { limits: { memory: '150Mi' }, requests: { memory: '1Mi' } },
        readinessProbe: undefined,
      },
    }),
  );
  await cluster.ok('wait pod/leak --for=jsonpath={.status.containerStatuses[0].restartCount}=1 --timeout=20s');
  const state = JSON.parse(await field('pod/leak', '{.status.containerStatuses[0].lastState.terminated}')) as object;
  expect(state).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  const events = await cluster.ok('get events --field-selector reason=OOMKilling');
  expect(events).toMatch(/node\/slipway-local\s+Memory cgroup out of memory: Killed process \d+ \(node\)/);
  await cluster.ok('delete pod leak --grace-period=1');
});

test('nothing inside the cluster broke', () => {
  expect(cluster.errors).toEqual([]);
});
