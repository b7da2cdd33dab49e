import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isFinished } from '../controllers/pods';
import type { Change } from '../store/store';
import type { KubeObject, Pod } from '../types';
import { type KubeletContext, NODE } from './context';
import type { ContainerLog } from './log';
import { MemoryWatch } from './memory';
import { CLAIMS, PodWorker } from './pod';
import { killRecorded } from './process';

/** Runs the pods of the store as processes of this machine. */
export class Kubelet {
  private readonly workers = new Map<string, PodWorker>();
  private readonly closing = new Set<Promise<void>>();
  private unsubscribe: () => void = () => {};

  private readonly context: KubeletContext;

  constructor(context: KubeletContext) {
    this.context = { memory: new MemoryWatch(), ...context };
  }

  /** Ends what an earlier life left behind, then starts every pod that should run. */
  start(): void {
    const { store } = this.context.registry;
    killRecorded(join(this.context.folder, 'processes'));
    const pods = store.list<Pod>('Pod');
    const uids = (objects: readonly KubeObject[]) => new Set(objects.map((object) => object.metadata.uid));
    this.sweep('pods', uids(pods));
    this.sweep(CLAIMS, uids(store.list('PersistentVolumeClaim')));
    this.unsubscribe = store.subscribe((change) => this.see(change));
    for (const pod of pods) {
      if (pod.metadata.deletionTimestamp) store.remove('Pod', pod.metadata.namespace, pod.metadata.name);
      else if (pod.spec.restartPolicy === 'Never' && pod.status?.phase === 'Running') this.lose(pod);
      else if (!isFinished(pod) && isHere(pod)) this.begin(pod);
    }
  }

  /** Ends every process; the pods stay in the store and start again with the next life. */
  async stop(grace: number): Promise<void> {
    this.unsubscribe();
    for (const worker of this.workers.values()) worker.silence();
    await Promise.all([...this.workers.values()].map((worker) => worker.end(grace)));
    await Promise.all(this.closing);
  }

  log(pod: Pod, container: string): ContainerLog | undefined {
    return this.workers.get(pod.metadata.uid)?.log(container);
  }

  private see({ type, object, previous }: Change): void {
    if (object.kind === 'PersistentVolumeClaim' && type === 'DELETED') {
      rmSync(join(this.context.folder, CLAIMS, object.metadata.uid), { recursive: true, force: true });
    }
    if (object.kind !== 'Pod') return;
    const pod = object as Pod;
    const { uid, deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
    const worker = this.workers.get(uid);
    if (type !== 'DELETED' && !worker && !deletionTimestamp && isHere(pod) && !isHere(previous)) this.begin(pod);
    else if (type === 'DELETED') this.finish(pod, 0);
    else if (deletionTimestamp && deletionTimestamp !== previous?.metadata.deletionTimestamp) {
      this.finish(pod, deletionGracePeriodSeconds);
    }
  }

  /** A pod that may not run twice and was running when the cluster ended. */
  private lose(pod: Pod): void {
    const message = 'The embedded cluster ended while this pod was running';
    this.context.registry.change<Pod>(pod, (copy) => {
      if (copy.status) copy.status = { ...copy.status, phase: 'Failed', reason: 'NodeLost', message };
    });
  }

  private begin(pod: Pod): void {
    const worker = new PodWorker(this.context, pod);
    this.workers.set(pod.metadata.uid, worker);
    // Not inside the writer's call: whoever made the pod sees its own object first.
    setImmediate(() => {
      if (this.workers.get(pod.metadata.uid) !== worker) return;
      worker.start();
    });
  }

  private finish(pod: Pod, grace: number): void {
    const { uid, namespace, name } = pod.metadata;
    const worker = this.workers.get(uid);
    const { store } = this.context.registry;
    const current = () => store.get<Pod>('Pod', namespace, name)?.metadata.uid === uid;
    if (!worker) {
      if (current()) setImmediate(() => current() && store.remove('Pod', namespace, name));
      return;
    }
    const closed = worker.end(grace).then(() => {
      this.workers.delete(uid);
      if (current()) store.remove('Pod', namespace, name);
      worker.forget();
    });
    const tracked = closed.catch((error: unknown) => {
      this.context.onError(`ending pod ${name}: ${error instanceof Error ? error.stack : String(error)}`);
    });
    this.closing.add(tracked);
    void tracked.then(() => this.closing.delete(tracked));
  }

  /** Removes folders of what is no more; they are named by uid. */
  private sweep(kind: string, known: ReadonlySet<string>): void {
    const folder = join(this.context.folder, kind);
    let names: string[] = [];
    try {
      names = readdirSync(folder);
    } catch {
      return;
    }
    for (const name of names) if (!known.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

const isHere = (pod: KubeObject | undefined): boolean => (pod as Pod | undefined)?.spec.nodeName === NODE;
