import { timestamp } from '../clock';
import { resolvePort } from '../controllers/service';
import type { Container, ContainerStatus, Pod, Probe } from '../types';
import { COMPONENT, type KubeletContext } from './context';
import { delay } from './delay';
import { mapMounts } from './environment';
import { execute } from './exec';
import { type HealthContext, superviseHealth } from './health';
import { obtain, type Puller } from './image-pull';
import { launchOf, type Place, pull, type Runnable } from './launch';
import type { ContainerLog } from './log';
import { limitMemory } from './memory-limit';
import { check, type Exec, type ProbeTarget } from './probe';
import { type Command, type Exit, GroupProcess } from './process';

/** A crash this long after the start is a first crash again. */
const FORGIVEN = 600_000;
const CONFIG_RETRY = 1_000;

export interface ContainerOptions {
  readonly context: KubeletContext;
  readonly container: Container;
  readonly init: boolean;
  readonly place: () => Place;
  readonly log: ContainerLog;
  readonly records: string;
  /** From an earlier life of the cluster. */
  readonly before?: ContainerStatus;
  /** The status changed. */
  readonly onChange: () => void;
}

/** One container of a pod: pulled, started, probed, restarted with back-off, and ended. */
export class ContainerRunner {
  status: ContainerStatus;
  private readonly stopping = new AbortController();
  private process: GroupProcess | undefined;
  private command: Command | undefined;
  private crashes = 0;
  private killed = false;
  private readonly starting = new Set<() => void>();

  constructor(private readonly options: ContainerOptions) {
    const { container, before } = options;
    this.status = {
      name: container.name,
      state: { waiting: { reason: options.init ? 'PodInitializing' : 'ContainerCreating' } },
      lastState: before ? (before.state.terminated ? { terminated: before.state.terminated } : before.lastState) : {},
      ready: false,
      started: false,
      restartCount: before ? before.restartCount + (before.state.running ? 1 : 0) : 0,
      image: container.image,
      imageID: '',
    };
  }

  /** Runs until the container is done for good or the pod ends; gives the last exit, if there was one. */
  async run(restart: Pod['spec']['restartPolicy']): Promise<Exit | undefined> {
    const { signal } = this.stopping;
    const image = await obtain(this.puller, signal);
    if (image) this.set({ imageID: image.imageID });
    while (image && !signal.aborted) {
      const command = await this.prepare(image, signal);
      if (!command) return undefined;
      const started = this.now();
      const exit = await this.once(command, signal);
      if (signal.aborted) return exit;
      const again = restart === 'Always' || (restart === 'OnFailure' && (exit.code !== 0 || this.killed));
      this.killed = false;
      if (!again) return exit;
      if (!(await this.backOff(this.now() - started, signal))) return exit;
    }
    return undefined;
  }

  get sidecar(): boolean {
    return this.options.init && this.options.container.restartPolicy === 'Always';
  }

  /** Waits until it runs and its startup probe has passed; false when the signal came first. */
  started(signal: AbortSignal): Promise<boolean> {
    const done = () => this.status.started && this.status.state.running !== undefined;
    return new Promise((resolve) => {
      const end = () => {
        this.starting.delete(look);
        signal.removeEventListener('abort', end);
        resolve(!signal.aborted);
      };
      const look = () => {
        if (done()) end();
      };
      this.starting.add(look);
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted || done()) end();
    });
  }

  /** Ends it: preStop, SIGTERM, and SIGKILL after the grace period (seconds). */
  async end(grace: number): Promise<void> {
    if (this.process && !this.stopping.signal.aborted) {
      this.say('Normal', 'Killing', `Stopping container ${this.options.container.name}`);
    }
    this.stopping.abort();
    await this.kill(grace);
  }

  /** Runs a command as the container runs its own: same environment and folder. */
  readonly exec: Exec = async (argv, timeout, signal) => {
    const { command } = this;
    if (!command) return { code: 126, output: 'container is not running' };
    const { container, place, records } = this.options;
    const mapped = argv.map((word) => mapMounts(word, container, place().volumes));
    return execute({ ...command, argv: mapped }, records, timeout, signal);
  };

  /** Waits until what the environment needs is there. */
  private async prepare(image: Runnable, signal: AbortSignal): Promise<Command | undefined> {
    const { context, container, place } = this.options;
    for (let wait = CONFIG_RETRY; !signal.aborted; wait = Math.min(wait * 2, context.backOff().initial)) {
      const launch = launchOf(context, container, image, place());
      if (launch.ok) return launch.value;
      const [problem] = launch.errors;
      this.waiting(problem?.reason ?? 'CreateContainerError', problem?.message);
      this.say('Warning', 'Failed', `Error: ${problem?.message}`);
      if (!(await delay(wait, signal))) return undefined;
    }
    return undefined;
  }

  /** One life of the process. */
  private async once(command: Command, signal: AbortSignal): Promise<Exit> {
    const { context, container, log, records } = this.options;
    this.command = command;
    this.say('Normal', 'Created', `Created container: ${container.name}`);
    log.rotate();
    const process = await GroupProcess.start(command, records);
    this.process = process;
    log.capture(process.output.stdout);
    log.capture(process.output.stderr);
    const startedAt = timestamp(this.now());
    this.say('Normal', 'Started', `Started container ${container.name}`);
    this.set({
      state: { running: { startedAt } },
      started: !container.startupProbe,
      ready: !container.readinessProbe && !container.startupProbe,
      containerID: `process://${process.pid}`,
    });
    let starved = false;
    const release = limitMemory(context, container, process, () => {
      starved = true;
    });
    const probes = new AbortController();
    const watching = superviseHealth(this.health, AbortSignal.any([probes.signal, signal])).catch((error: unknown) => {
      context.onError(`probes of ${container.name}: ${error instanceof Error ? error.stack : String(error)}`);
    });
    this.hook(container.lifecycle?.postStart, 'postStart', signal);
    const exit = await process.ended;
    release();
    probes.abort();
    await watching;
    this.process = undefined;
    const terminated = {
      exitCode: exit.code,
      reason: starved ? 'OOMKilled' : exit.code === 0 ? 'Completed' : 'Error',
      startedAt,
      finishedAt: timestamp(this.now()),
      containerID: `process://${process.pid}`,
    };
    this.set({ state: { terminated }, ready: false, started: false });
    return exit;
  }

  private hook(handler: NonNullable<Container['lifecycle']>['postStart'], name: string, signal: AbortSignal): void {
    if (!handler) return;
    check(handler, this.target, 60_000, signal).then((result) => {
      if (result.ok || signal.aborted) return;
      this.say('Warning', 'FailedPostStartHook', 'PostStartHook failed');
      this.say('Normal', 'Killing', 'FailedPostStartHook');
      this.killed = true;
      void this.kill(this.options.place().pod.spec.terminationGracePeriodSeconds);
    }, this.broken(name));
  }

  private async backOff(lived: number, signal: AbortSignal): Promise<boolean> {
    const { context, container, place } = this.options;
    const { terminated } = this.status.state;
    this.crashes = lived >= FORGIVEN ? 0 : this.crashes;
    const wait =
      this.crashes === 0 ? 0 : Math.min(context.backOff().initial * 2 ** (this.crashes - 1), context.backOff().maximum);
    this.crashes++;
    this.status = { ...this.status, ...(terminated ? { lastState: { terminated } } : {}) };
    if (wait > 0) {
      const { pod } = place();
      const where = `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
      const text = `restarting failed container ${container.name} in pod ${where}`;
      this.say('Warning', 'BackOff', `Back-off ${text}`);
      this.waiting('CrashLoopBackOff', `back-off ${wait / 1000}s ${text}`);
      if (!(await delay(wait, signal))) return false;
    }
    this.set({ restartCount: this.status.restartCount + 1 });
    return true;
  }

  private condemn(probe: Probe, kind: string): 'stop' {
    const { name } = this.options.container;
    this.say('Normal', 'Killing', `Container ${name} failed ${kind} probe, will be restarted`);
    this.killed = true;
    const grace = probe.terminationGracePeriodSeconds ?? this.options.place().pod.spec.terminationGracePeriodSeconds;
    this.kill(grace).catch(this.broken(`${kind} probe`));
    return 'stop';
  }

  private async kill(grace: number): Promise<void> {
    const { process } = this;
    if (!process) return;
    const over = new AbortController();
    const ended = process.ended.then(() => over.abort());
    const forced = delay(grace * 1000, over.signal).then((passed) => {
      if (passed) process.kill();
    });
    const { preStop } = this.options.container.lifecycle ?? {};
    if (preStop && grace > 0) await this.preStop(preStop, grace, over.signal);
    process.terminate();
    await ended;
    await forced;
  }

  private async preStop(
    handler: NonNullable<Container['lifecycle']>['preStop'] & object,
    grace: number,
    over: AbortSignal,
  ): Promise<void> {
    if (handler.sleep) {
      await delay(Math.min(handler.sleep.seconds, grace) * 1000, over);
      return;
    }
    const result = await check(handler, this.target, grace * 1000, over);
    if (!result.ok && !over.aborted) this.say('Warning', 'FailedPreStopHook', `PreStopHook failed: ${result.message}`);
  }

  private readonly puller: Puller = {
    pull: () => pull(this.options.context, this.options.container.image),
    image: () => this.options.container.image,
    backOff: () => this.options.context.backOff(),
    waiting: (reason, message) => this.waiting(reason, message),
    say: (type, reason, message) => this.say(type, reason, message),
  };

  private readonly health: HealthContext = {
    container: () => this.options.container,
    target: () => this.target,
    set: (change) => this.set(change),
    unhealthy: (message) => this.say('Warning', 'Unhealthy', message),
    condemn: (probe, kind) => this.condemn(probe, kind),
  };

  private readonly target: ProbeTarget = {
    port: (port) => {
      const { pod, ports } = this.options.place();
      const number = resolvePort([...pod.spec.containers, ...(pod.spec.initContainers ?? [])], port);
      return number === undefined ? undefined : (ports[String(number)] ?? number);
    },
    exec: (argv, timeout, signal) => this.exec(argv, timeout, signal),
  };

  private readonly broken = (what: string) => (error: unknown) =>
    this.options.context.onError(
      `${what} of ${this.options.container.name}: ${error instanceof Error ? error.stack : String(error)}`,
    );

  private waiting(reason: string, message?: string): void {
    this.set({ state: { waiting: { reason, ...(message ? { message } : {}) } }, ready: false, started: false });
  }

  private set(change: Partial<ContainerStatus>): void {
    this.status = { ...this.status, ...change };
    this.options.onChange();
    for (const look of [...this.starting]) look();
  }

  private say(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { context, container, init, place } = this.options;
    const field = `spec.${init ? 'initContainers' : 'containers'}{${container.name}}`;
    context.recorder.record(place().pod, type, reason, message, COMPONENT, field);
  }

  private now(): number {
    return this.options.context.clock.now();
  }
}
