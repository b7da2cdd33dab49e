import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DeployFlags, deployCommand } from './command';
import { Deployer, type Ended } from './deployer';
import { type Drill, GOOD } from './drill';
import { type Manifest, manifestsOf, toYaml } from './manifests';
import { Traffic } from './traffic';
import type { Venue } from './venue';

/** How a release differs from the plain good one. */
export interface ReleaseOptions {
  /** Of the drills' service, see server/server.mjs. */
  readonly behaviour?: string;
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly replicas?: number;
  /** Further environment of its image. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A digest in place of the image's own. */
  readonly digest?: string;
  /** Changes the list and its manifests in place. `manifests[0]` is the workload, `[1]` the Service. */
  readonly edit?: (manifests: Manifest[], image: string) => void;
}

/** A release as the deployer gets it. */
export interface DrillRelease {
  readonly version: string;
  readonly repository: string;
  readonly digest: string;
  /** Folder of its manifests. */
  readonly manifests: string;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const NAME_IN_MANIFESTS = 'drill';

/** What a drill plays on: a namespace with a good release in it, users who ask all the time, and what can go wrong. */
export class Stage {
  readonly service: string;
  readonly namespace: string;
  readonly complaints: string[] = [];
  private readonly folder: string;
  private readonly deployers: Deployer[] = [];
  private readonly outputs: string[] = [];
  private readonly last: (() => Promise<unknown>)[] = [];
  private running: Traffic | undefined;

  constructor(
    readonly venue: Venue,
    readonly drill: Drill,
    readonly signal: AbortSignal,
  ) {
    this.service = `drill-${String(drill.number).padStart(2, '0')}`;
    this.namespace = venue.namespace ?? this.service;
    this.folder = join(venue.folder, 'drills', this.service);
    mkdirSync(join(this.folder, 'home'), { recursive: true });
    signal.addEventListener('abort', () => this.killAll(), { once: true });
  }

  /** Makes the namespace, deploys and accepts the good release, and lets the users in. */
  async open(): Promise<void> {
    if (this.venue.namespace === undefined) await this.kubectl(['create', 'namespace', this.namespace]);
    if (this.drill.fromNothing) return;
    await this.deployGood();
  }

  /** The good release, of the given form. */
  async deployGood(options: ReleaseOptions = {}): Promise<DrillRelease> {
    const release = await this.release(GOOD, options);
    const ended = await this.deploy(release, { accept: true });
    if (ended.outcome !== 'Verified') throw new Error(`the good release did not get there: ${ended.said}`);
    await this.letUsersIn();
    return release;
  }

  /** What the drill made beyond its releases is taken away by it, when it is over. */
  atEnd(work: () => Promise<unknown>): void {
    this.last.push(work);
  }

  /** Ends what still runs, and takes away what the drill made. */
  async close(): Promise<void> {
    this.killAll();
    await Promise.allSettled(this.deployers.map(({ ended }) => ended));
    await this.running?.stop();
    await this.faults?.clear().catch(() => {});
    for (const work of this.last) await work().catch(() => {});
    if (this.venue.namespace === undefined) {
      await this.kubectl(['delete', 'namespace', this.namespace, '--wait=false']);
    } else {
      await this.kubectl(['delete', KINDS, '-n', this.namespace, '-l', `slipway.dev/service=${this.service}`]);
    }
  }

  private killAll(): void {
    for (const deployer of this.deployers) deployer.kill('SIGKILL');
  }

  get log(): string {
    return this.outputs.join('\n');
  }

  get traffic(): Traffic {
    if (!this.running) throw new Error('nothing serves yet');
    return this.running;
  }

  get faults() {
    return this.venue.faults(this.service);
  }

  /** As if the time to live of the deploys' lock had passed: its holder was killed and cannot renew it. */
  async expireLock(): Promise<void> {
    const renewTime = new Date(Date.now() - 3_600_000).toISOString().replace('Z', '000Z');
    const spec = JSON.stringify({ spec: { renewTime } });
    await this.ok(['patch', 'lease', `slipway-${this.service}-drill`, '--type=merge', '-p', spec]);
  }

  /** Something that must hold beyond what every drill is judged by. */
  check(holds: boolean, complaint: string): void {
    if (!holds) this.complaints.push(complaint);
  }

  /** Makes a release: its image, and its manifests in a folder. */
  async release(version: string, options: ReleaseOptions = {}): Promise<DrillRelease> {
    const { behaviour = 'good', edit = () => {}, kind, replicas } = options;
    const environment = { VERSION: version, BEHAVIOUR: behaviour, ...options.environment };
    const { repository, digest } = await this.venue.image(environment);
    const manifests: Manifest[] = manifestsOf({
      service: this.service,
      image: NAME_IN_MANIFESTS,
      ...(kind ? { kind } : {}),
      ...(replicas === undefined ? {} : { replicas }),
      // A real registry has the one image, so there the manifest says which release it is.
      ...(this.venue.kind === 'context' ? { environment, serviceType: 'ClusterIP' } : {}),
    });
    const folder = join(this.folder, `${version}-${this.outputs.length}-${digest.slice(7, 15)}`);
    mkdirSync(folder, { recursive: true });
    edit(manifests, NAME_IN_MANIFESTS);
    writeFileSync(join(folder, 'service.yaml'), toYaml(manifests));
    return { version, repository, digest: options.digest ?? digest, manifests: folder };
  }

  /** Starts a deployer. */
  start(release: DrillRelease, flags: DeployFlags = {}): Deployer {
    const argv = deployCommand(this, release, NAME_IN_MANIFESTS, flags);
    const deployer = Deployer.start(argv, { ...this.environment(), ...flags.environment }, this.folder);
    this.deployers.push(deployer);
    const place = this.outputs.push('') - 1;
    void deployer.ended.then(({ output }) => {
      this.outputs[place] = `$ ${argv.join(' ')}\n${output}`;
    });
    return deployer;
  }

  /** Deploys, and waits for the end. */
  deploy(release: DrillRelease, flags: DeployFlags = {}): Promise<Ended> {
    return this.start(release, flags).ended;
  }

  /** Where the deployers keep releases. */
  get releases(): string {
    return join(this.folder, 'releases');
  }

  /** Results, reports and evidence of the next deployer. */
  get output(): string {
    return join(this.folder, `output-${this.deployers.length}`);
  }

  kubectl(args: readonly string[], input?: string): Promise<Ran> {
    return run(this.venue.programs.kubectl, args, this.environment(), input);
  }

  /** kubectl in the drill's namespace that has to succeed; gives its output. */
  async ok(args: readonly string[], input?: string): Promise<string> {
    const ran = await this.kubectl(['-n', this.namespace, ...args], input);
    if (ran.code !== 0) throw new Error(`kubectl ${args.join(' ')}: exit ${ran.code}\n${ran.stderr}`);
    return ran.stdout;
  }

  /** Objects of the drill's namespace. */
  async objects(kind: string, selector?: string): Promise<readonly Manifest[]> {
    const output = await this.ok(['get', kind, '-o', 'json', ...(selector ? ['-l', selector] : [])]);
    return (JSON.parse(output) as { items: Manifest[] }).items;
  }

  async object(kind: string, name: string): Promise<Manifest> {
    return JSON.parse(await this.ok(['get', kind, name, '-o', 'json'])) as Manifest;
  }

  apply(...objects: readonly Manifest[]): Promise<string> {
    return this.ok(['apply', '-f', '-'], toYaml(objects));
  }

  /** Looks until something holds; rejects after `seconds`. */
  async until(what: string, holds: () => Promise<boolean>, seconds = 30): Promise<void> {
    for (let looks = 0; looks < seconds * 5; looks++) {
      if (await holds()) return;
      await delay(200, undefined, { signal: this.signal });
    }
    throw new Error(`not within ${seconds} s: ${what}`);
  }

  /** Users begin to ask; once. */
  async letUsersIn(): Promise<void> {
    if (this.running) return;
    this.running = new Traffic(new URL(await this.url()));
    this.running.start();
  }

  /** Base URL of the drill's Service. */
  async url(): Promise<string> {
    const { proxy } = this.venue;
    if (proxy) return proxy.url(this.namespace, this.service);
    const service = await this.object('service', this.service);
    const [ingress] = service['status'].loadBalancer.ingress;
    return `http://${ingress.ip}:${ingress.ports[0].port}/`;
  }

  private environment(): NodeJS.ProcessEnv {
    const { kubeconfig, programs } = this.venue;
    const path = `${programs.kubectl.slice(0, programs.kubectl.lastIndexOf('/'))}:/usr/local/bin:/usr/bin:/bin`;
    return { PATH: path, HOME: join(this.folder, 'home'), KUBECONFIG: kubeconfig };
  }
}

const KINDS =
  'deployments,statefulsets,daemonsets,jobs,services,configmaps,secrets,horizontalpodautoscalers,resourcequotas,leases';

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv, input = ''): Promise<Ran> {
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const ran = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      ran[stream] += text;
    });
  }
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...ran }));
  });
}
