import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { FaultClient } from '../../lib/local/cluster/faults/client';
import { fetchText } from '../local/cluster/harness';
import { type Room, Stage, web } from './stage';

/** A shared machine may be slow; nothing here waits for it. */
const LONG = 480_000;
const PROJECT = join(__dirname, '..', '..');
let opened: Promise<Stage> | undefined;
/** Concurrent tests begin before any hook; they mostly wait for pods, each in a namespace of its own. */
const onStage = (): Promise<Stage> => {
  opened ??= Stage.open();
  return opened;
};
afterAll(async () => (await opened)?.close());

/** What a user gets. */
async function serving(room: Room): Promise<unknown> {
  const port = await room.kubectl('get service web --output jsonpath={.spec.ports[0].nodePort}');
  return (JSON.parse(await fetchText(`http://127.0.0.1:${port}`, '/version')) as { version: string }).version;
}

const holder = (room: Room): Promise<string> =>
  room.kubectl('get lease slipway-web-dev --output jsonpath={.spec.holderIdentity}');

const lastLineOf = (log: string): string => log.split('\n').at(-1) ?? '';

test.concurrent(
  'a good release is verified and becomes the last known good one; a bad one after it is taken back',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    room.write(...web());
    const first = await room.deploy('1.0.0', '1');
    expect(lastLineOf(first.log)).toBe(
      'Verified: web 1.0.0 serves in dev, was seen to, and is the last known good release now',
    );
    expect(first.code).toBe(0);
    expect(first.result).toMatchObject({ outcome: 'Verified', version: '1.0.0', warnings: [], pruned: [] });
    expect(first.result.steps.map(({ name }) => name)).toEqual([
      'Render',
      'Lock',
      'Check',
      'Apply',
      'Deployment/web',
      'Smoke test',
      'Roll out',
      'Settle',
      'Prune',
    ]);

    const second = await room.deploy('1.1.0', '2');
    expect(second).toMatchObject({ code: 0, result: { previous: first.result.release } });
    expect(second.log).toMatch(/^-.*sha256:1{64}$/m);
    expect(readFileSync(join(second.output, 'diff.txt'), 'utf8')).toMatch(/^\+.*sha256:2{64}$/m);

    const bad = await room.deploy('1.2.0', '0');
    expect(bad.code).toBe(10);
    expect(lastLineOf(bad.log)).toMatch(
      /^RolledBack: Pod\/web-\S+: .*image.*; the last known good release 1\.1\.0 serves again$/,
    );
    expect(readFileSync(join(bad.output, 'junit.xml'), 'utf8')).toContain('<failure');
    expect(await serving(room)).toBe('1.1.0');
    expect(await holder(room)).toBe('');
  },
  LONG,
);

test.concurrent(
  'the first release ever is bad: nothing to go back to, nothing undone',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    room.write(...web({ CRASH: 'yes' }));
    const { code, log, result } = await room.deploy('1.0.0', '1');
    expect(code).toBe(13);
    expect(log).toContain('cannot find the database');
    expect(result.reason.message).toContain('there is no last known good release to go back to');
    expect(await room.kubectl('get deployment web --output name')).toBe('deployment.apps/web\n');
  },
  LONG,
);

test.concurrent(
  'two bad releases in a row: back to the last good one, with its configuration',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    const configured = (greeting: string, env: Record<string, string> = {}): object[] => [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { greeting } },
      ...web(env, {}, { volumes: [{ name: 'settings', configMap: { name: 'settings' } }] }),
    ];
    room.write(...configured('hello'));
    expect((await room.deploy('1.0.0', '1')).code).toBe(0);
    const good = await room.kubectl('get configmaps --selector slipway.dev/service=web --output name');
    room.write(...configured('good bye', { CRASH: 'yes' }));
    expect((await room.deploy('2.0.0', '2')).code).toBe(10);
    room.write(...configured('bonjour', { SAYS: 'something else' }));
    const smoke = await room.deploy('2.1.0', '3', { smokeTimeout: 1 });
    expect(smoke.code).toBe(10);
    expect(lastLineOf(smoke.log)).toContain('answered version something else, expected 2.1.0');
    expect(await serving(room)).toBe('1.0.0');
    expect(await room.kubectl('get configmaps --selector slipway.dev/service=web --output name')).toBe(good);
    const containers = await room.kubectl(
      'get deployment web --output jsonpath={.spec.template.spec.containers[0].env[*].name}',
    );
    expect(containers).toBe('VERSION');
  },
  LONG,
);

test.concurrent(
  'what a release no longer has goes away, what is not of the set stays, and a bad release brings it back',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    const extra = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'extra' }, spec: { ports: [{ port: 80 }] } };
    room.write(...web(), extra);
    await room.deploy('1.0.0', '1');
    await room.kubectl('create configmap stranger --from-literal=a=b');
    room.write(...web({ CRASH: 'yes' }));
    expect((await room.deploy('1.1.0', '2')).code).toBe(10);
    expect(await room.kubectl('get service extra --output name')).toBe('service/extra\n');
    room.write(...web());
    const { result, log } = await room.deploy('1.2.0', '3');
    expect(result.pruned.map(({ kind, name }) => `${kind}/${name}`)).toEqual(['Service/extra']);
    expect(log).toContain('pruned: Service/extra');
    expect(await room.kubectl('get services --output name')).toBe('service/web\n');
    expect(await room.kubectl('get configmap stranger --output name')).toBe('configmap/stranger\n');
  },
  LONG,
);

test.concurrent(
  'what is found before anything is changed',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    room.write(...web());
    await room.deploy('1.0.0', '1');
    const before = await room.kubectl('get deployment web --output jsonpath={.metadata.resourceVersion}');

    room.write(...web({}, { selector: { matchLabels: { 'app.kubernetes.io/name': 'web', more: 'yes' } } }));
    const selector = await room.deploy('1.1.0', '2');
    expect(selector.code).toBe(11);
    expect(lastLineOf(selector.log)).toMatch(/^Refused: Deployment\/web: the cluster refuses this release: /);

    room.write(...web({}, { replicas: 0 }));
    expect((await room.deploy('1.1.0', '2')).result.reason).toMatchObject({
      code: 'NoReplicas',
      object: 'Deployment/web',
    });

    room.write(...web({}, {}, { serviceAccountName: 'robot' }));
    const missing = await room.deploy('1.1.0', '2');
    expect(lastLineOf(missing.log)).toContain('Refused: Deployment/web: its pods need ServiceAccount/robot');
    expect(await room.kubectl('get deployment web --output jsonpath={.metadata.resourceVersion}')).toBe(before);

    room.write(...web());
    await room.kubectl('rollout pause deployment/web');
    const paused = await room.deploy('1.1.0', '2');
    expect(lastLineOf(paused.log)).toMatch(
      /^Refused: Deployment\/web: it is paused \(by kubectl-rollout, 2.*resume deployment\/web/,
    );
    await room.kubectl('rollout resume deployment/web');
    expect((await room.deploy('1.1.0', '2')).code).toBe(0);
  },
  LONG,
);

test.concurrent(
  'a verified release waits for its acceptance; until then a restore goes back behind it',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    room.write(...web());
    await room.deploy('1.0.0', '1');
    expect((await room.run('restore', '1.0.0', '1')).result).toMatchObject({
      outcome: 'Verified',
      reason: { code: 'AlreadyGood' },
    });

    expect((await room.deploy('1.1.0', '2', { accept: false })).code).toBe(0);
    const restored = await room.run('restore', '1.1.0', '2');
    expect(restored.code).toBe(10);
    expect(await serving(room)).toBe('1.0.0');
    expect((await room.run('accept', '1.1.0', '2')).code).toBe(12);

    await room.deploy('1.2.0', '3', { accept: false });
    expect((await room.run('accept', '1.0.0', '1')).code).toBe(12);
    const accepted = await room.run('accept', '1.2.0', '3');
    expect(accepted.code).toBe(0);
    expect((await room.run('restore', '1.2.0', '3')).result.reason.code).toBe('AlreadyGood');
    expect((await room.run('accept', '1.2.0', '3')).code).toBe(0);
  },
  LONG,
);

test.concurrent(
  'an autoscaler keeps its number of pods, also against an earlier apply that owns it',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    room.write(...web({}, { replicas: 2 }));
    await room.deploy('1.0.0', '1');
    const scaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 2,
        maxReplicas: 4,
      },
    };
    room.write(...web({}, { replicas: 1 }), scaler);
    const { code, log } = await room.deploy('1.1.0', '2');
    expect({ code, log }).toMatchObject({ code: 0 });
    expect(log).toContain('replicas stay as they are');
    expect(await room.kubectl('get deployment web --output jsonpath={.spec.replicas}')).toBe('2');
  },
  LONG,
);

test.concurrent(
  'of two deploys at once the newer one ends Verified, and the older one judges and undoes nothing',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    room.write(...web());
    await room.deploy('1.0.0', '1');
    room.write(...web({ UNREADY: 'yes' }));
    let rolling = (): void => {};
    const isRolling = new Promise<void>((resolve) => {
      rolling = resolve;
    });
    const older = room.deploy('1.1.0', '2', {
      id: 'older',
      onLine: (line) => line.startsWith('Deployment/web: new pods') && rolling(),
    });
    await isRolling;
    room.write(...web());
    const newer = await room.deploy('1.2.0', '3', { id: 'newer' });
    expect({ code: newer.code, log: newer.log }).toMatchObject({ code: 0 });
    const end = await older;
    expect(end.code).toBe(12);
    expect(lastLineOf(end.log)).toBe('Superseded: Lease/slipway-web-dev: a newer deploy waits: newer (1.2.0)');
    expect(await serving(room)).toBe('1.2.0');

    const late = await room.deploy('1.1.5', '4', { requestedAt: '2020-01-01T00:00:00.000Z' });
    expect(late.code).toBe(12);
    expect(lastLineOf(late.log)).toContain('a newer deploy was here already');
  },
  LONG,
);

test.concurrent(
  'told to stop, it gives the lock back and judges nothing; running it again converges',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    room.write(...web());
    await room.deploy('1.0.0', '1');
    const stop = new AbortController();
    room.write(...web({ UNREADY: 'yes' }));
    const stopped = await room.deploy('1.1.0', '2', {
      signal: stop.signal,
      onLine: (line) => line.startsWith('Deployment/web: new pods') && stop.abort(),
    });
    expect(stopped.code).toBe(14);
    expect(lastLineOf(stopped.log)).toBe('Error: the deployer was told to stop');
    expect(await holder(room)).toBe('');
    room.write(...web());
    expect((await room.deploy('1.1.0', '2')).code).toBe(0);
    expect(await serving(room)).toBe('1.1.0');
  },
  LONG,
);

test.concurrent(
  'a preview sends nothing to the cluster and tells what would change',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    room.write(...web());
    await room.deploy('1.0.0', '1');
    const extra = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'extra' }, data: { a: 'b' } };
    room.write(...web({ COLOUR: 'red' }), extra);
    const { code, log, output } = await room.run('preview', '1.1.0', '2');
    expect(code).toBe(0);
    expect(lastLineOf(log)).toMatch(/^Verified: 1 new, 1 changed, 0 removed, 1 unchanged; nothing was changed$/);
    const report = readFileSync(join(output, 'preview.md'), 'utf8');
    expect(report).toContain('+ ConfigMap/extra');
    expect(report).toContain('+   spec.template.spec.containers[server].env[COLOUR].value: "red"');
    expect(report).toContain(
      `-   spec.template.spec.containers[server].image: "registry.example/web@sha256:${'1'.repeat(64)}"`,
    );
    expect(await serving(room)).toBe('1.0.0');
  },
  LONG,
);

test.concurrent(
  'credentials that are not accepted any more judge nothing and undo nothing; a rerun goes on from there',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    const faults = new FaultClient(stage.cluster, room.namespace);
    room.write(...web());
    await room.deploy('1.0.0', '1');
    let expired: Promise<void> | undefined;
    room.write(...web({ UNREADY: 'yes' }));
    const ended = await room.deploy('1.1.0', '2', {
      onLine: (line) => {
        if (!line.startsWith('Deployment/web: new pods')) return;
        expired ??= faults.put({ kind: 'unauthorized', match: { path: room.namespace } });
      },
    });
    await expired;
    expect(ended).toMatchObject({ code: 14, result: { reason: { code: 'Unauthorized' } } });
    expect(ended.log).not.toContain('Roll back');
    expect(ended.log).toContain('it ends by itself');
    await faults.clear();
    room.write(...web());
    // As if the lock had expired.
    await room.kubectl('delete lease slipway-web-dev');
    expect((await room.deploy('1.1.0', '2')).code).toBe(0);
  },
  LONG,
);

test.concurrent(
  'an API that comes back in time is waited for',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    const faults = new FaultClient(stage.cluster, room.namespace);
    room.write(...web());
    await room.deploy('1.0.0', '1');
    await faults.put(
      { kind: 'drop', when: 'after', match: { path: room.namespace, methods: ['PATCH'] }, count: 2 },
      { kind: 'error', match: { path: room.namespace }, skip: 4, count: 6 },
    );
    const { code, log } = await room.deploy('1.1.0', '2', { unreachable: 60 });
    expect({ code, log }).toMatchObject({ code: 0 });
    expect(log).toContain('trying again');
    await faults.clear();
  },
  LONG,
);

test.concurrent(
  'one object that is rejected in the middle takes all of the release back',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    const faults = new FaultClient(stage.cluster, room.namespace);
    room.write(...web());
    await room.deploy('1.0.0', '1');
    const extra = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'extra' }, data: { a: 'b' } };
    room.write(extra, ...web({ COLOUR: 'red' }));
    // The dry run and the difference pass; the Deployment of the apply does not.
    await faults.put({
      kind: 'deny',
      resources: ['deployments'],
      namespaces: [room.namespace],
      message: 'not today',
      dryRun: false,
      count: 1,
    });
    const { code, log } = await room.deploy('1.1.0', '2');
    expect({ code, log }).toMatchObject({ code: 10 });
    expect(lastLineOf(log)).toContain('not today');
    expect(await serving(room)).toBe('1.0.0');
    expect(await room.kubectl('get configmaps --selector slipway.dev/service=web --output name')).toBe('');
  },
  LONG,
);

test.concurrent(
  'a definition, an object of it and a migration come in one release, each in its turn',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
              },
            },
          },
        ],
      },
    };
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'one' }, spec: { size: 1 } };
    const migration = (script: string): object => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'migrate', annotations: { 'slipway.dev/phase': 'before' } },
      spec: {
        backoffLimit: 0,
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [{ name: 'migrate', image: 'web', command: [process.execPath, '-e', script] }],
          },
        },
      },
    });
    room.write(definition, widget, migration('process.exit(0)'), ...web());
    const { code, log } = await room.deploy('1.0.0', '1');
    expect({ code, log }).toMatchObject({ code: 0 });
    expect(log).toContain('not checked, since their definitions come with this release: Widget/one');
    expect(log.indexOf('established: widgets.example.com')).toBeLessThan(log.indexOf('# Deployment/web'));

    room.write(definition, migration("console.log('no such table'); process.exit(4)"), ...web());
    const bad = await room.deploy('1.1.0', '2');
    expect({ code: bad.code, log: bad.log }).toMatchObject({ code: 10 });
    expect(lastLineOf(bad.log)).toMatch(/no such table|exited with 4/);
    expect(bad.log).not.toContain('Deployment/web: new pods');
    expect(await room.kubectl('get widgets --output name')).toBe('widget.example.com/one\n');

    room.write(definition, migration('process.exit(0)'), ...web());
    expect((await room.deploy('1.2.0', '3')).result.pruned).toContainEqual(
      expect.objectContaining({ kind: 'Widget', name: 'one' }),
    );
  },
  LONG,
);

test.concurrent(
  'one that was killed leaves its lock to expire; running it again converges',
  async () => {
    const stage = await onStage();
    const room = await stage.room();
    room.write(...web());
    await room.deploy('1.0.0', '1');
    room.write(...web({ UNREADY: 'yes' }));
    const program = join(room.folder, 'deploy.mjs');
    await build({
      ...(JSON.parse(readFileSync(join(PROJECT, 'lib/bundle.json'), 'utf8')) as object),
      entryPoints: [join(PROJECT, 'lib/deploy/main.ts')],
      absWorkingDir: PROJECT,
      outfile: program,
    });
    const { service, environment, namespace, releases, image, kubectl } = room.options('1.1.0', '2');
    const child = spawn(
      process.execPath,
      // biome-ignore format: a command
      [program, 'deploy', '--service', service, '--environment', environment, '--namespace', namespace, '--version', '1.1.0',
      '--releases', releases, '--manifests', room.manifests, '--image', `web=${image.repository}@${image.digest}`,
      '--kubectl', kubectl, '--lock-duration', '3s', '--output', join(room.folder, 'killed')],
      {
        env: { ...process.env, HOME: stage.folder, KUBECONFIG: stage.cluster.kubeconfig },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const ended = new Promise((resolve) => child.once('close', resolve));
    await new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => text.includes('new pods') && resolve());
    });
    child.kill('SIGKILL');
    await ended;
    expect(await holder(room)).not.toBe('');
    room.write(...web());
    const again = await room.deploy('1.1.0', '2');
    expect({ code: again.code, log: again.log }).toMatchObject({ code: 0 });
    expect(again.log).toContain('let it expire; taken over');
  },
  LONG,
);
