import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { call } from '../../../lib/local/cluster/client';
import { type ClusterHandle, ensureCluster, stopCluster } from '../../../lib/local/cluster/daemon';
import { isAlive, type ProcessIdentity, processStart } from '../../../lib/local/process-identity';
import { deployment, fetchText, kubectlProgram, list, podSpec, runKubectl, service } from './harness';

const ROOT = join(__dirname, '../../..');
let folder: string;
let entry: string;
let state: string;
const opened: ClusterHandle[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway daemon ü-'));
  entry = join(folder, 'cluster.mjs');
  const require = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['lib/local/cluster/main.ts'],
    outfile: entry,
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: { js: require },
    logLevel: 'error',
  });
});
beforeEach(() => {
  state = mkdtempSync(join(folder, 'state-'));
});
afterEach(async () => {
  await stopCluster(state);
  for (const handle of opened.splice(0)) await handle.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Python's own web server stands for the image `third/party`. */
const COMMANDS = { 'third/party': ['python3', '-m', 'http.server', '$PORT', '--bind', '$HOST'] };

async function open(commands: Record<string, string[]> = COMMANDS): Promise<ClusterHandle> {
  const options = { name: 'test', commands, path: process.env['PATH'] ?? '' };
  const handle = await ensureCluster({ stateFolder: state, entry, options, signal: AbortSignal.timeout(20_000) });
  opened.push(handle);
  return handle;
}

async function kubectl(handle: ClusterHandle, args: string, input?: string): Promise<string> {
  const ran = await runKubectl(await kubectlProgram(), handle.kubeconfig, state, args, input);
  if (ran.code !== 0) throw new Error(`kubectl ${args}: ${ran.stderr}`);
  return ran.stdout;
}

const APP = deployment({
  image: 'third/party:1',
  container: { readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 1 } },
});

async function deploy(handle: ClusterHandle): Promise<string> {
  await kubectl(handle, 'apply -f -', list([APP, service()]));
  await kubectl(handle, 'rollout status deploy/web --timeout=20s');
  return `http://127.0.0.1:${await kubectl(handle, 'get service web -o jsonpath={.spec.ports[0].nodePort}')}`;
}

const recorded = (): ProcessIdentity[] => {
  const processes = join(state, 'cluster', 'processes');
  const files = existsSync(processes) ? readdirSync(processes) : [];
  return files.map((file) => JSON.parse(readFileSync(join(processes, file), 'utf8')) as ProcessIdentity);
};

/** Polls the process table, which announces nothing. */
async function ended(processes: readonly ProcessIdentity[]): Promise<boolean> {
  for (let look = 0; look < 200; look++) {
    if (!processes.some(isAlive)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

const serves = async (url: string): Promise<boolean> => (await fetchText(url)).includes('Directory listing');

test('a daemon killed outright leaves no process, and the next one starts its pods again', async () => {
  const first = await open();
  const url = await deploy(first);
  const pods = recorded();
  expect(pods).toHaveLength(1);
  expect(await serves(url)).toBe(true);
  process.kill(first.pid, 'SIGKILL');
  expect(await ended(pods)).toBe(true);
  const second = await open();
  expect(second.pid).not.toBe(first.pid);
  await kubectl(second, 'wait --for=condition=Ready pod -l app=web --timeout=40s');
  await kubectl(second, 'rollout status deploy/web --timeout=40s');
  expect(await serves(url)).toBe(true);
  expect(await kubectl(second, 'get pods -o jsonpath={.items[*].status.containerStatuses[0].restartCount}')).toBe('1');
});

test('stop ends the pods and the daemon, and the objects stay', async () => {
  const first = await open();
  await deploy(first);
  const pods = recorded();
  const revision = await kubectl(first, 'get deploy web -o jsonpath={.metadata.uid}');
  await first.stop();
  expect(pods.some(isAlive)).toBe(false);
  expect(processStart(first.pid)).toBeUndefined();
  const second = await open();
  expect(second.token).toBe(first.token);
  expect(await kubectl(second, 'get deploy web -o jsonpath={.metadata.uid}')).toBe(revision);
});

test('the daemon ends with the process that started it, unless it is detached', async () => {
  const starter = (then: string) =>
    new Promise<{ pid: number }>((resolve, reject) => {
      const script = `
        import { spawn } from 'node:child_process';
        const child = spawn(process.execPath, [${JSON.stringify(entry)}], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
        child.stdin.write(JSON.stringify({ stateFolder: ${JSON.stringify(state)}, settings: { name: 'test' } }) + '\\n');
        child.stdout.once('data', (line) => { process.stdout.write(line); ${then} });`;
      const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      parent.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString())));
      parent.once('error', reject);
    });
  const { pid } = await starter("process.kill(process.pid, 'SIGKILL');");
  expect(await ended([{ pid, start: processStart(pid) ?? 'gone' }])).toBe(true);
});

test('a detached daemon is found again, takes new settings, and is ended by stop', async () => {
  const first = await open();
  const url = await deploy(first);
  await first.detach();
  const second = await open({ ...COMMANDS, 'other/party': COMMANDS['third/party'] });
  expect(second.pid).toBe(first.pid);
  expect(await serves(url)).toBe(true);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'other' },
    spec: podSpec({ image: 'other/party:1', container: { readinessProbe: undefined } }),
  };
  await kubectl(second, 'apply -f -', JSON.stringify(pod));
  await kubectl(second, 'wait --for=condition=Ready pod/other --timeout=40s');
  const pods = recorded();
  expect(pods).toHaveLength(2);
  await second.stop();
  expect(pods.some(isAlive)).toBe(false);
  expect(processStart(first.pid)).toBeUndefined();
});

test('clean ends a detached daemon, and says whether there was one', async () => {
  const handle = await open();
  await handle.detach();
  expect(await stopCluster(state)).toBe(true);
  expect(processStart(handle.pid)).toBeUndefined();
  expect(await stopCluster(state)).toBe(false);
});

test('a daemon that cannot start is an error that says why', async () => {
  const options = { name: 'test', unknown: 1 } as unknown as { name: string };
  const starting = ensureCluster({ stateFolder: state, entry, options, signal: AbortSignal.timeout(20_000) });
  await expect(starting).rejects.toThrow(/did not start: .*[Uu]nrecognized key.*cluster\.log/s);
  const missing = ensureCluster({
    stateFolder: state,
    entry: join(folder, 'absent.mjs'),
    options: { name: 'test' },
    signal: AbortSignal.timeout(20_000),
  });
  await expect(missing).rejects.toThrow(/did not start: it ended with exit code 1/);
});

test('a second daemon on the same folder is refused', async () => {
  const handle = await open();
  const child = spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write(`${JSON.stringify({ stateFolder: state, settings: { name: 'test' } })}\n`);
  const answer = await new Promise<string>((resolve) =>
    child.stdout.once('data', (line: Buffer) => resolve(line.toString())),
  );
  child.stdin.end();
  expect(JSON.parse(answer)).toEqual({ error: `process ${handle.pid} runs the cluster of this folder already` });
  expect((await call(handle, 'GET', '/healthz')).body).toBe('ok');
});
