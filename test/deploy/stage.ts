import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeployOptions } from '../../lib/deploy/options';
import { type CommandName, runProgram } from '../../lib/deploy/program';
import type { DeployResult } from '../../lib/deploy/report';
import { systemClock } from '../../lib/deploy/system';
import { type RunningCluster, startCluster } from '../../lib/local/cluster/cluster';
import type { Images } from '../../lib/local/cluster/images';
import type { ClusterSettings } from '../../lib/local/cluster/settings';
import { kubectlProgram, list, runKubectl } from '../local/cluster/harness';

/** A web server as a pod runs it; its environment makes it good, never ready, crashing, or a liar about its version. */
const SERVER = `
const http = require('node:http');
const { VERSION, SAYS = VERSION, UNREADY, CRASH, HOST, PORT } = process.env;
if (CRASH) { console.log('cannot find the database'); process.exit(3); }
const server = http.createServer((request, response) => {
  response.statusCode = request.url === '/readyz' && UNREADY ? 503 : 200;
  response.end(JSON.stringify({ version: SAYS }));
});
server.listen(Number(PORT), HOST);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

/** An image whose digest is of one digit; that of zeros is not there. */
export const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`;

const images = (folder: string): Images => ({
  async resolve(reference) {
    const digest = reference.split('@')[1];
    if (digest === undefined || digest === digestOf('0')) return undefined;
    return {
      digest,
      root: folder,
      entrypoint: [process.execPath],
      cmd: [join(folder, 'server.cjs')],
      env: {},
      workingDir: folder,
    };
  },
});

export interface Ran {
  readonly code: number;
  readonly log: string;
  readonly result: DeployResult;
  readonly output: string;
}

/** An embedded cluster and deploys of service `web` to it, each test in a namespace of its own. */
export class Stage {
  private count = 0;

  private constructor(
    readonly folder: string,
    readonly cluster: RunningCluster,
    readonly kubectlPath: string,
  ) {}

  static async open(settings: Partial<ClusterSettings> = {}): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), 'slipway deploy ü-'));
    writeFileSync(join(folder, 'server.cjs'), SERVER);
    const cluster = await startCluster({
      stateFolder: folder,
      settings: { name: 'test', backOff: { initial: 100, maximum: 400 }, ...settings },
      images: () => images(folder),
      onError: () => {},
    });
    return new Stage(folder, cluster, await kubectlProgram());
  }

  async close(): Promise<void> {
    await this.cluster.stop(1);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async kubectl(args: string, input?: string): Promise<string> {
    const ran = await runKubectl(this.kubectlPath, this.cluster.kubeconfig, this.folder, args, input);
    if (ran.code !== 0) throw new Error(`kubectl ${args}: ${ran.stderr}`);
    return ran.stdout;
  }

  async room(): Promise<Room> {
    const namespace = `room-${++this.count}`;
    await this.kubectl(`create namespace ${namespace}`);
    return new Room(this, namespace, join(this.folder, namespace));
  }
}

export interface Options extends Partial<DeployOptions> {
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
}

/** A namespace, the manifests that are deployed to it, and its store of releases. */
export class Room {
  private deploys = 0;

  constructor(
    readonly stage: Stage,
    readonly namespace: string,
    readonly folder: string,
  ) {
    mkdirSync(join(folder, 'manifests'), { recursive: true });
  }

  get manifests(): string {
    return join(this.folder, 'manifests');
  }

  /** What is deployed from now on. */
  write(...objects: readonly object[]): void {
    writeFileSync(join(this.manifests, 'all.yaml'), list(objects));
  }

  kubectl(args: string, input?: string): Promise<string> {
    return this.stage.kubectl(`${args} --namespace ${this.namespace}`, input);
  }

  /** The command line's options as the program takes them. */
  options(version: string, digit: string, given: Partial<DeployOptions> = {}): DeployOptions {
    return {
      service: 'web',
      environment: 'dev',
      namespace: this.namespace,
      releases: join(this.folder, 'releases'),
      version,
      strategy: { kind: 'rolling' },
      rolloutTimeout: 30,
      smokeTimeout: 5,
      settle: 0,
      lockTimeout: 30,
      lockDuration: 60,
      unreachable: 5,
      smoke: true,
      readyPath: '/readyz',
      versionPath: '/version',
      output: join(this.folder, `report-${++this.deploys}`),
      kubectl: this.stage.kubectlPath,
      requestedAt: new Date().toISOString(),
      manifests: this.manifests,
      helmValues: [],
      image: { name: 'web', repository: 'registry.example/web', digest: digestOf(digit) },
      alarms: [],
      ignoreAlarms: false,
      accept: true,
      ...given,
    };
  }

  async run(command: CommandName, version: string, digit: string, given: Options = {}): Promise<Ran> {
    const { signal = new AbortController().signal, onLine = () => {}, ...changed } = given;
    const options = this.options(version, digit, changed);
    const lines: string[] = [];
    const write = (line: string): void => {
      lines.push(line);
      onLine(line);
    };
    const code = await runProgram(command, options, {
      environment: { PATH: process.env['PATH'], HOME: this.stage.folder, KUBECONFIG: this.stage.cluster.kubeconfig },
      log: { step: (title) => write(`── ${title}`), info: write, command: (line) => write(`$ ${line}`) },
      clock: systemClock,
      random: Math.random,
      fetch,
      signal,
      defaultId: `test-${this.deploys}`,
    });
    const result = JSON.parse(readFileSync(join(options.output, 'result.json'), 'utf8')) as DeployResult;
    return { code, log: lines.join('\n'), result, output: options.output };
  }

  deploy(version: string, digit: string, given: Options = {}): Promise<Ran> {
    return this.run('deploy', version, digit, given);
  }
}

/** Service and Deployment `web`; `env` makes the server what a test needs. */
export function web(env: Readonly<Record<string, string>> = {}, spec: object = {}, pod: object = {}): object[] {
  const labels = { 'app.kubernetes.io/name': 'web' };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { type: 'LoadBalancer', selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        ...spec,
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                name: 'server',
                image: 'web',
                ports: [{ name: 'http', containerPort: 8080 }],
                env: [
                  {
                    name: 'VERSION',
                    valueFrom: { fieldRef: { fieldPath: "metadata.labels['app.kubernetes.io/version']" } },
                  },
                  ...Object.entries(env).map(([name, value]) => ({ name, value })),
                ],
                readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1 },
              },
            ],
            ...pod,
          },
        },
      },
    },
  ];
}
