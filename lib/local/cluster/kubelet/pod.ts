import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { timestamp } from '../clock';
import { PORTS, type PortMap, portMapOf } from '../controllers/service';
import { freePort } from '../network/ports';
import type { Container, ContainerStatus, Pod } from '../types';
import { ContainerRunner } from './container';
import { COMPONENT, type KubeletContext } from './context';
import { delay } from './delay';
import type { Place } from './launch';
import { ContainerLog } from './log';
import { podStatus } from './pod-status';
import { makeVolumes } from './volumes';

/** Folder of the claims' folders, named by uid. */
export const CLAIMS = 'claims';
const MOUNT_RETRY = 1_000;

/** One pod from its binding to this machine until its last process is gone. */
export class PodWorker {
  private readonly ending = new AbortController();
  /** In order; sidecars (restartPolicy Always) among them go on beside the main containers. */
  private readonly init: ContainerRunner[];
  private readonly main: ContainerRunner[];
  private readonly beside: Promise<unknown>[] = [];
  private readonly logs = new Map<string, ContainerLog>();
  private readonly folder: string;
  private volumes: Record<string, string> = {};
  private ports: PortMap = {};
  private running: Promise<void> = Promise.resolve();
  private closing: Promise<void> | undefined;
  private silent = false;
  /** As last seen, for when the object is gone. */
  private last: Pod;

  constructor(
    private readonly context: KubeletContext,
    pod: Pod,
  ) {
    this.last = pod;
    this.folder = join(context.folder, 'pods', pod.metadata.uid);
    const known = (list: ContainerStatus[] | undefined, name: string) => list?.find((status) => status.name === name);
    const runner = (container: Container, init: boolean): ContainerRunner => {
      const log = new ContainerLog(join(this.folder, 'logs', container.name), () => context.clock.now());
      this.logs.set(container.name, log);
      const before = known(init ? pod.status?.initContainerStatuses : pod.status?.containerStatuses, container.name);
      return new ContainerRunner({
        context,
        container,
        init,
        place: () => this.place(),
        log,
        records: join(context.folder, 'processes'),
        ...(before ? { before } : {}),
        onChange: () => this.report(),
      });
    };
    this.init = (pod.spec.initContainers ?? []).map((container) => runner(container, true));
    this.main = pod.spec.containers.map((container) => runner(container, false));
  }

  start(): void {
    this.running = this.run().catch((error: unknown) => {
      this.context.onError(`pod ${this.last.metadata.name}: ${error instanceof Error ? error.stack : String(error)}`);
    });
  }

  log(container: string): ContainerLog | undefined {
    return this.logs.get(container);
  }

  /** From now on the pod's status stays as it is: the cluster stops, the pod does not. */
  silence(): void {
    this.silent = true;
  }

  /** Ends every container within `grace` seconds (preStop and SIGTERM, then SIGKILL); idempotent, a shorter grace hastens. */
  end(grace: number): Promise<void> {
    const again = this.closing !== undefined;
    this.ending.abort();
    const steps = this.init.filter((runner) => !runner.sidecar);
    const ends = Promise.all([...steps, ...this.main].map((runner) => runner.end(grace))).then(() =>
      this.endSidecars(grace),
    );
    if (again) return ends.then(() => this.closing);
    this.closing = ends.then(async () => {
      await this.running;
      await Promise.all(this.beside);
      for (const log of this.logs.values()) log.end();
    });
    return this.closing;
  }

  /** Removes everything that the pod left on disk. */
  forget(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    await this.bind();
    if (!(await this.mount(signal))) return;
    const { restartPolicy } = this.last.spec;
    for (const runner of this.init) {
      if (runner.sidecar) {
        this.beside.push(runner.run('Always'));
        if (!(await runner.started(signal))) return;
        continue;
      }
      const exit = await runner.run(restartPolicy === 'Never' ? 'Never' : 'OnFailure');
      if (signal.aborted || exit?.code !== 0) return;
    }
    await Promise.all(this.main.map((runner) => runner.run(restartPolicy)));
    // What served the main containers is done with them.
    if (!signal.aborted) await this.endSidecars(this.last.spec.terminationGracePeriodSeconds);
  }

  /** After the main containers, the last one first. */
  private async endSidecars(grace: number): Promise<void> {
    for (const runner of [...this.init].reverse()) if (runner.sidecar) await runner.end(grace);
  }

  /** Gives each container port a loopback port, and says that the pod is here. */
  private async bind(): Promise<void> {
    const containers = [...this.last.spec.containers, ...(this.last.spec.initContainers ?? [])];
    const declared = containers.flatMap((container) => container.ports ?? []);
    const ports: Record<string, number> = { ...portMapOf(this.last) };
    for (const port of declared) ports[String(port.containerPort)] ??= await freePort();
    this.ports = ports;
    this.context.registry.change<Pod>(this.last, (copy) => {
      copy.metadata.annotations = { ...copy.metadata.annotations, [PORTS]: JSON.stringify(ports) };
    });
    this.report();
  }

  private async mount(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const made = makeVolumes(
        this.place().pod,
        this.folder,
        join(this.context.folder, CLAIMS),
        this.context.registry.store,
      );
      if (made.ok) {
        this.volumes = made.value;
        return true;
      }
      for (const message of made.errors)
        this.context.recorder.record(this.last, 'Warning', 'FailedMount', message, COMPONENT);
      if (!(await delay(MOUNT_RETRY, signal))) return false;
    }
    return false;
  }

  private place(): Place {
    const { namespace, name, uid } = this.last.metadata;
    const pod = this.context.registry.store.get<Pod>('Pod', namespace, name);
    if (pod?.metadata.uid === uid) this.last = pod;
    return { pod: this.last, ports: this.ports, volumes: this.volumes, folder: this.folder };
  }

  private report(): void {
    if (this.silent) return;
    const now = timestamp(this.context.clock.now());
    this.context.registry.change<Pod>(this.last, (copy) => {
      const statuses = (runners: readonly ContainerRunner[]) => runners.map((runner) => runner.status);
      copy.status = podStatus(copy, statuses(this.init), statuses(this.main), now);
    });
  }
}
