import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectationsOf } from '../../../lib/deploy/expectations';
import { kubectlProcess } from '../../../lib/deploy/kubectl-process';
import type { KubeObject } from '../../../lib/deploy/objects';
import type { Ports } from '../../../lib/deploy/ports';
import type { End } from '../../../lib/deploy/roll-out';
import type { Expectation } from '../../../lib/deploy/verdict';
import { collectEvidence } from '../../../lib/deploy/verify/evidence';
import { settle } from '../../../lib/deploy/verify/settle';
import { smoke } from '../../../lib/deploy/verify/smoke';
import { type WatchOptions, waitForRollout } from '../../../lib/deploy/verify/wait';
import { deployment, kubectlProgram, podSpec, service, TestCluster } from '../../local/cluster/harness';
import { systemClock } from './system-clock';

let cluster: TestCluster;
let ports: Ports;
const lines: string[] = [];

beforeAll(async () => {
  cluster = await TestCluster.start();
  const log = { step: () => {}, info: (line: string) => void lines.push(line), command: () => {} };
  const signal = new AbortController().signal;
  const kubectl = kubectlProcess({
    program: await kubectlProgram(),
    environment: { PATH: process.env['PATH'], HOME: cluster.folder, KUBECONFIG: cluster.running.kubeconfig },
    clock: systemClock,
    random: () => 0.5,
    log,
    signal,
    unreachable: 10,
  });
  ports = { kubectl, clock: systemClock, random: () => 0.5, fetch, log, signal } as unknown as Ports;
});
afterAll(() => cluster.stop());

async function applied(namespace: string, ...objects: object[]): Promise<Expectation[]> {
  const answer = JSON.parse(
    await cluster.ok(
      `apply --server-side --field-manager slipway --force-conflicts --namespace ${namespace} -o json -f -`,
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
    ),
  ) as KubeObject & { items?: KubeObject[] };
  return expectationsOf(answer.items ?? [answer], namespace);
}

const options = (namespace: string, rollout = 20): WatchOptions => ({
  namespace,
  startedAt: Date.now() - 500,
  limits: { rollout, settle: 1, unreachable: 5 },
});

async function inNamespace(name: string, rollout: number, ...objects: object[]): Promise<End> {
  await cluster.ok(`create namespace ${name}`);
  const opts = options(name, rollout);
  return waitForRollout(await applied(name, ...objects), opts, ports);
}

test('a good release is ready, settles, and answers with its version', async () => {
  await cluster.ok('create namespace good');
  const opts = options('good');
  const expectations = await applied('good', service(), deployment({ replicas: 2, env: { VERSION: '"1.0.0"' } }));
  expect(await waitForRollout(expectations, opts, ports)).toEqual({ status: 'ready' });
  expect(await settle(expectations, opts, ports)).toEqual({ status: 'ready' });
  const asked = { test: { readyPath: '/readyz' }, service: 'web', namespace: 'good', version: '1.0.0', limit: 5 };
  expect(await smoke(asked, ports)).toEqual({ status: 'ready' });
  const wrong = await smoke({ ...asked, test: { readyPath: '/readyz', versionPath: '/' }, limit: 0 }, ports);
  expect(wrong).toMatchObject({ status: 'failed', reason: { message: expect.stringContaining('expected JSON') } });
  expect(wrong.status).toBe('failed');
});

test('an image that does not exist', async () => {
  const end = await inNamespace('image', 20, deployment({ image: 'nowhere/app:9' }));
  expect(end).toMatchObject({
    status: 'failed',
    reason: { code: 'ImagePull', message: expect.stringMatching(/container server: .*nowhere\/app:9/) },
    pods: [expect.stringMatching(/^web-/)],
  });
});

test('a container that exits: its exit code and its last words; the evidence has its log', async () => {
  const end = await inNamespace('crash', 20, deployment({ env: { CRASH: '1', API_TOKEN: 'hunter2' } }));
  expect(end).toMatchObject({
    status: 'failed',
    reason: { code: 'CrashLoop', message: expect.stringMatching(/exited with 3.*; its last words: crashing/) },
  });
  if (end.status !== 'failed') return;
  const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
  const workloads = [{ kind: 'Deployment' as const, namespace: 'crash', name: 'web' }];
  await collectEvidence({ reason: end.reason, pods: end.pods, workloads, namespace: 'crash', folder }, ports);
  const all = readdirSync(folder).flatMap((name) =>
    readdirSync(join(folder, name)).map((file) => join(folder, name, file)),
  );
  expect(all.map((file) => readFileSync(file, 'utf8')).join()).toContain('crashing');
  expect(all.map((file) => readFileSync(file, 'utf8')).join()).not.toContain('hunter2');
  rmSync(folder, { recursive: true });
});

test('never ready: the progress deadline ends it, with what the probe said', async () => {
  const end = await inNamespace(
    'unready',
    20,
    deployment({ env: { UNREADY: '1' }, spec: { progressDeadlineSeconds: 2 } }),
  );
  expect(end).toMatchObject({
    status: 'failed',
    // 503, or on a busy machine nobody listens yet.
    reason: {
      code: 'ProgressDeadlineExceeded',
      object: 'Deployment/web',
      message: expect.stringMatching(/Readiness probe failed: /),
    },
  });
});

test('never ready and no deadline: our own maximum ends it and says so', async () => {
  const end = await inNamespace('endless', 2, deployment({ env: { UNREADY: '1' } }));
  expect(end).toMatchObject({
    status: 'failed',
    reason: {
      code: 'Timeout',
      message: expect.stringMatching(
        /Readiness probe failed: .*progressDeadlineSeconds is 600; the limit of 2 s ended the wait/,
      ),
    },
  });
});

test('a quota without room: the message of the API, at once', async () => {
  const quota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'small' },
    spec: { hard: { pods: '1' } },
  };
  const end = await inNamespace('quota', 20, quota, deployment({ replicas: 3 }));
  expect(end).toMatchObject({
    status: 'failed',
    reason: {
      code: 'QuotaExceeded',
      object: 'Deployment/web',
      message: expect.stringContaining('exceeded quota: small'),
    },
  });
});

const other = (kind: string, name: string, env: Record<string, string> = {}, spec: object = {}): object => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name },
  spec: {
    ...(kind === 'Job' ? {} : { selector: { matchLabels: { app: name } } }),
    ...spec,
    template: {
      metadata: { labels: { app: name } },
      spec: podSpec({ env, ...(kind === 'Job' ? { pod: { restartPolicy: 'Never' } } : {}) }),
    },
  },
});

test('a StatefulSet and a DaemonSet become ready, and fail for what their pods do', async () => {
  const good = await inNamespace(
    'sets',
    20,
    other('StatefulSet', 'store', {}, { replicas: 2, serviceName: 'store' }),
    other('DaemonSet', 'agent'),
  );
  expect(good).toEqual({ status: 'ready' });
  const opts = options('sets');
  const bad = await applied(
    'sets',
    other('StatefulSet', 'store', { CRASH: '1' }, { replicas: 2, serviceName: 'store' }),
  );
  expect(await waitForRollout(bad, opts, ports)).toMatchObject({
    status: 'failed',
    reason: { code: 'CrashLoop', object: 'Pod/store-1' },
  });
  const again = options('sets');
  const back = await applied('sets', other('StatefulSet', 'store', {}, { replicas: 2, serviceName: 'store' }));
  expect(await waitForRollout(back, again, ports)).toEqual({ status: 'ready' });
  const worse = options('sets');
  const daemon = await applied('sets', other('DaemonSet', 'agent', { CRASH: '1' }));
  expect(await waitForRollout(daemon, worse, ports)).toMatchObject({ status: 'failed', reason: { code: 'CrashLoop' } });
});

test('a Job that fails', async () => {
  const end = await inNamespace('job', 20, other('Job', 'migrate', { CRASH: '1' }, { backoffLimit: 0 }));
  expect(end).toMatchObject({
    status: 'failed',
    reason: {
      code: 'BackoffLimitExceeded',
      object: 'Job/migrate',
      message: expect.stringMatching(/exited with 3; its last words: crashing/),
    },
  });
});
