import type { KubeObject } from '../types';
import { Journal } from './journal';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** As stored; for DELETED the last state, with the revision of the removal. */
  readonly object: KubeObject;
  readonly previous?: KubeObject;
  readonly revision: number;
}

/** Changes that a watch may still ask for. */
const HISTORY = 5_000;

/**
 * Every object of the cluster, in memory and on disk, under one rising revision. Objects that it hands out are shared: whoever
 * changes one works on a copy. Listeners are called after each change, in order, before the writer goes on.
 */
export class Store {
  private readonly kinds = new Map<string, Map<string, KubeObject>>();
  /** `kind/namespace` (or no namespace: all) -> keys in the order of a list; forgotten when an object comes or goes. */
  private readonly sorted = new Map<string, readonly string[]>();
  private readonly history: Change[] = [];
  private readonly listeners = new Set<(change: Change) => void>();
  private counter: number;

  private constructor(
    private readonly journal: Journal,
    private readonly all: Map<string, KubeObject>,
    revision: number,
  ) {
    this.counter = revision;
    for (const [key, object] of all) this.table(object.kind).set(key, object);
  }

  static open(file: string): Store {
    const { journal, objects, revision } = Journal.open(file);
    return new Store(journal, objects, revision);
  }

  get revision(): number {
    return this.counter;
  }

  get<T extends KubeObject = KubeObject>(kind: string, namespace: string | undefined, name: string): T | undefined {
    return this.kinds.get(kind)?.get(keyOf(kind, namespace, name)) as T | undefined;
  }

  /** By namespace and name, as the API lists. The array is the caller's own. */
  list<T extends KubeObject = KubeObject>(kind: string, namespace?: string): T[] {
    const table = this.kinds.get(kind);
    if (!table) return [];
    const id = `${kind}/${namespace ?? ''}`;
    let keys = this.sorted.get(id);
    if (!keys) {
      const found = [...table].filter(([, o]) => namespace === undefined || o.metadata.namespace === namespace);
      keys = found.sort(([, a], [, b]) => compare(idOf(a), idOf(b))).map(([key]) => key);
      this.sorted.set(id, keys);
    }
    return keys.map((key) => table.get(key) as T);
  }

  everything(): KubeObject[] {
    return [...this.all.values()];
  }

  put(object: KubeObject): KubeObject {
    const { kind, metadata } = object;
    const key = keyOf(kind, metadata.namespace, metadata.name);
    const previous = this.all.get(key);
    const revision = ++this.counter;
    const stored = { ...object, metadata: { ...metadata, resourceVersion: String(revision) } };
    this.all.set(key, stored);
    this.table(kind).set(key, stored);
    if (!previous) this.unsort(kind, metadata.namespace);
    this.journal.append({ revision, key, object: stored }, this.all);
    this.announce({
      type: previous ? 'MODIFIED' : 'ADDED',
      object: stored,
      ...(previous ? { previous } : {}),
      revision,
    });
    return stored;
  }

  remove(kind: string, namespace: string | undefined, name: string): KubeObject | undefined {
    const key = keyOf(kind, namespace, name);
    const previous = this.all.get(key);
    if (!previous) return undefined;
    const revision = ++this.counter;
    const object = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(revision) } };
    this.all.delete(key);
    this.table(kind).delete(key);
    this.unsort(kind, namespace);
    this.journal.append({ revision, key, object: null }, this.all);
    this.announce({ type: 'DELETED', object, previous, revision });
    return object;
  }

  subscribe(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Changes after that revision; undefined when some of them are forgotten. */
  since(revision: number): readonly Change[] | undefined {
    if (revision > this.counter) return undefined;
    const oldest = this.history[0]?.revision ?? this.counter + 1;
    if (revision + 1 < oldest && revision < this.counter) return undefined;
    return this.history.filter((change) => change.revision > revision);
  }

  close(): void {
    this.listeners.clear();
    this.journal.close();
  }

  private unsort(kind: string, namespace: string | undefined): void {
    this.sorted.delete(`${kind}/`);
    this.sorted.delete(`${kind}/${namespace ?? ''}`);
  }

  private announce(change: Change): void {
    this.history.push(change);
    if (this.history.length > HISTORY) this.history.splice(0, HISTORY / 2);
    for (const listener of [...this.listeners]) listener(change);
  }

  private table(kind: string): Map<string, KubeObject> {
    let table = this.kinds.get(kind);
    if (!table) {
      table = new Map();
      this.kinds.set(kind, table);
    }
    return table;
  }
}

export const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`;

const idOf = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
