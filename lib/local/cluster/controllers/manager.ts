import type { Change, Store } from '../store/store';

/** Brings one kind of object to what it asks for. All work is in memory and at once; what takes time comes back as a change. */
export interface Controller {
  readonly name: string;
  /** Which of its objects a change concerns. */
  keys(change: Change): readonly string[];
  /** Works on one object; gives the milliseconds after which it wants to be called again whatever happens. */
  reconcile(key: string): number | undefined;
}

/** Calls the controllers, one key at a time, each key once however often it was asked for. */
export class Manager {
  private readonly queue = new Map<string, { controller: Controller; key: string }>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly unsubscribe: () => void;
  private scheduled = false;
  private stopped = false;
  private suspended = false;

  constructor(
    store: Store,
    private readonly controllers: readonly Controller[],
    private readonly onError: (message: string) => void,
  ) {
    this.unsubscribe = store.subscribe((change) => this.see(change));
    // Objects of an earlier life are new to these controllers.
    for (const object of store.everything()) this.see({ type: 'ADDED', object, revision: store.revision });
  }

  stop(): void {
    this.stopped = true;
    this.unsubscribe();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.queue.clear();
  }

  /** Stands still; what happens meanwhile is worked on after `resume`. */
  suspend(): void {
    this.suspended = true;
  }

  resume(): void {
    this.suspended = false;
    this.schedule();
  }

  private see(change: Change): void {
    for (const controller of this.controllers) {
      for (const key of controller.keys(change)) this.enqueue(controller, key);
    }
  }

  private enqueue(controller: Controller, key: string): void {
    if (this.stopped) return;
    this.queue.set(`${controller.name} ${key}`, { controller, key });
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled || this.suspended) return;
    this.scheduled = true;
    setImmediate(() => this.drain());
  }

  private drain(): void {
    this.scheduled = false;
    if (this.suspended) return;
    const batch = [...this.queue];
    this.queue.clear();
    for (const [id, { controller, key }] of batch) if (!this.stopped) this.run(id, controller, key);
  }

  private run(id: string, controller: Controller, key: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    let again: number | undefined;
    try {
      again = controller.reconcile(key);
    } catch (error) {
      this.onError(`${controller.name} controller, ${key}: ${error instanceof Error ? error.stack : String(error)}`);
      again = 5_000;
    }
    if (again === undefined || this.stopped) return;
    const timer = setTimeout(() => this.enqueue(controller, key), Math.max(again, 1));
    this.timers.set(id, timer);
  }
}

/** `namespace/name`. */
export const keyFor = (object: { metadata: { namespace?: string; name: string } }): string =>
  `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

export function splitKey(key: string): [namespace: string, name: string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
