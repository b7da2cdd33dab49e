import type { Clock } from '../clock';
import { deleteObject, FOREGROUND } from '../deletion';
import type { Registry } from '../registry';
import type { Change } from '../store/store';
import type { KubeObject, Namespace } from '../types';
import type { Controller } from './manager';

/** Empties a namespace that is being deleted, then removes it; gives every live one its default service account. */
export class NamespaceController implements Controller {
  readonly name = 'namespace';

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
  ) {}

  keys({ object }: Change): readonly string[] {
    return [object.kind === 'Namespace' ? object.metadata.name : (object.metadata.namespace ?? '')];
  }

  reconcile(name: string): undefined {
    const { store } = this.registry;
    const namespace = store.get<Namespace>('Namespace', undefined, name);
    if (!namespace) return;
    if (!namespace.metadata.deletionTimestamp) {
      const own = [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } }];
      for (const object of own) if (!store.get(object.kind, name, 'default')) this.registry.createOwn(object);
      return;
    }
    const kinds = this.registry.kinds.stored().filter((kind) => kind.namespaced);
    const content = kinds.flatMap((kind) => store.list(kind.kind, name));
    // Owners first, so that nobody makes their dependents anew.
    const waiting = content.filter((object) => !object.metadata.deletionTimestamp);
    for (const object of [...waiting].sort((a, b) => depth(a) - depth(b))) {
      deleteObject(this.registry, this.clock, this.registry.kinds.of(object.kind), name, object.metadata.name, {});
    }
    const left = kinds.some((kind) => store.list(kind.kind, name).length > 0);
    if (!left) store.remove('Namespace', undefined, name);
  }
}

const OWNERS = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'];
const depth = (object: KubeObject): number => (OWNERS.includes(object.kind) ? 0 : object.kind === 'Pod' ? 2 : 1);

/** Removes what has lost all its owners, and owners deleted in the foreground once their dependents are gone. */
export class GarbageCollector implements Controller {
  readonly name = 'garbage-collector';

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
  ) {}

  /** Keys are uids of possible owners, and `self:` ids of new dependents. */
  keys({ type, object }: Change): readonly string[] {
    const { uid, ownerReferences = [], finalizers = [] } = object.metadata;
    const owners = ownerReferences.map((owner) => owner.uid);
    if (type === 'DELETED') return [uid, ...owners];
    return finalizers.includes(FOREGROUND) ? [uid] : owners;
  }

  reconcile(uid: string): undefined {
    const all = this.registry.store.everything();
    const owner = all.find((object) => object.metadata.uid === uid);
    const dependents = all.filter((object) => object.metadata.ownerReferences?.some((ref) => ref.uid === uid));
    const foreground = owner?.metadata.finalizers?.includes(FOREGROUND) && owner.metadata.deletionTimestamp;
    if (owner && !foreground) return;
    const alive = new Set(all.map((object) => object.metadata.uid));
    for (const object of dependents) {
      const others = object.metadata.ownerReferences?.some((ref) => ref.uid !== uid && alive.has(ref.uid));
      if (others || object.metadata.deletionTimestamp) continue;
      deleteObject(
        this.registry,
        this.clock,
        this.registry.kinds.of(object.kind),
        object.metadata.namespace,
        object.metadata.name,
        {
          ...(foreground ? { propagation: 'Foreground' } : {}),
        },
      );
    }
    if (!owner || this.dependentsOf(uid).length > 0) return;
    this.registry.change(owner, (copy) => {
      copy.metadata.finalizers = copy.metadata.finalizers?.filter((name) => name !== FOREGROUND) ?? [];
    });
  }

  private dependentsOf(uid: string): KubeObject[] {
    return this.registry.store.everything().filter((o) => o.metadata.ownerReferences?.some((ref) => ref.uid === uid));
  }
}
