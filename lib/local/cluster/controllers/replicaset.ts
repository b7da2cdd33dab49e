import type { Clock } from '../clock';
import { timestamp } from '../clock';
import { deleteObject } from '../deletion';
import type { Recorder } from '../events';
import { kindOf } from '../kinds';
import type { Registry } from '../registry';
import { matchesLabels } from '../selectors';
import type { Change } from '../store/store';
import type { Pod, ReplicaSet } from '../types';
import { setCondition, withoutCondition } from './conditions';
import { type Controller, keyFor, splitKey } from './manager';
import { controlledBy, controllerOf, isFinished, isReady, isTerminating, podOf, untilAvailable } from './pods';
import { Retries } from './retries';

const COMPONENT = 'replicaset-controller';

/** Keeps as many pods of a template as a ReplicaSet asks for. */
export class ReplicaSetController implements Controller {
  readonly name = 'replicaset';
  private readonly retries = new Retries();

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly recorder: Recorder,
  ) {}

  keys({ object }: Change): readonly string[] {
    if (object.kind === 'ReplicaSet') return [keyFor(object)];
    if (object.kind !== 'Pod') return [];
    const owner = controllerOf(object);
    if (owner) return owner.kind === 'ReplicaSet' ? [`${object.metadata.namespace}/${owner.name}`] : [];
    return this.registry.store
      .list<ReplicaSet>('ReplicaSet', object.metadata.namespace)
      .filter((set) => matchesLabels(set.spec.selector, object.metadata.labels))
      .map(keyFor);
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = splitKey(key);
    const set = this.registry.store.get<ReplicaSet>('ReplicaSet', namespace, name);
    if (!set) {
      this.retries.forget(key);
      return undefined;
    }
    const pods = this.claim(set);
    const active = pods.filter((pod) => !isFinished(pod) && !isTerminating(pod));
    let refused: string | undefined;
    let retry: number | undefined;
    if (!set.metadata.deletionTimestamp) {
      const missing = set.spec.replicas - active.length;
      if (missing > 0) ({ refused, retry } = this.add(set, missing, key));
      else this.retries.forget(key);
      if (missing < 0) this.remove(set, active, -missing);
    }
    const again = this.report(set, refused);
    return retry === undefined ? again : again === undefined ? retry : Math.min(again, retry);
  }

  /** Its pods: owned ones, and matching ones that nobody owns; owned ones that no longer match are let go. */
  private claim(set: ReplicaSet): Pod[] {
    const mine: Pod[] = [];
    for (const pod of this.registry.store.list<Pod>('Pod', set.metadata.namespace)) {
      const owner = controllerOf(pod);
      const matches = matchesLabels(set.spec.selector, pod.metadata.labels);
      if (owner?.uid === set.metadata.uid) {
        if (matches) mine.push(pod);
        else
          this.registry.change<Pod>(pod, (copy) => {
            copy.metadata.ownerReferences = copy.metadata.ownerReferences?.filter((o) => o.uid !== owner.uid) ?? [];
          });
      } else if (!owner && matches && !isTerminating(pod) && !set.metadata.deletionTimestamp) {
        const adopted = this.registry.change<Pod>(pod, (copy) => {
          copy.metadata.ownerReferences = [...(copy.metadata.ownerReferences ?? []), controlledBy(set)];
        });
        if (adopted) mine.push(adopted);
      }
    }
    return mine;
  }

  private add(set: ReplicaSet, count: number, key: string): { refused?: string; retry?: number } {
    const now = this.clock.now();
    const { generation } = set.metadata;
    const wait = this.retries.left(key, now, generation);
    if (wait > 0) {
      const last = set.status?.conditions?.find((c) => c.type === 'ReplicaFailure')?.message;
      return { refused: last ?? 'waiting to create pods', retry: wait };
    }
    for (let i = 0; i < count; i++) {
      const made = this.registry.createOwn(podOf(set, set.spec.template));
      if (!made.ok) {
        const message = made.errors[0]?.message ?? 'refused';
        this.recorder.record(set, 'Warning', 'FailedCreate', `Error creating: ${message}`, COMPONENT);
        return { refused: message, retry: this.retries.refused(key, now, generation) };
      }
      this.recorder.record(
        set,
        'Normal',
        'SuccessfulCreate',
        `Created pod: ${made.value.object.metadata.name}`,
        COMPONENT,
      );
    }
    this.retries.forget(key);
    return {};
  }

  private remove(set: ReplicaSet, pods: readonly Pod[], count: number): void {
    for (const pod of [...pods].sort(byWorth).slice(0, count)) {
      deleteObject(this.registry, this.clock, kindOf('Pod'), pod.metadata.namespace, pod.metadata.name, {});
      this.recorder.record(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, COMPONENT);
    }
  }

  /** Writes the status; gives the milliseconds until it changes by itself. */
  private report(set: ReplicaSet, refused: string | undefined): number | undefined {
    const now = this.clock.now();
    const pods = this.registry.store
      .list<Pod>('Pod', set.metadata.namespace)
      .filter((pod) => controllerOf(pod)?.uid === set.metadata.uid && !isFinished(pod) && !isTerminating(pod));
    const waits = pods.map((pod) => untilAvailable(pod, set.spec.minReadySeconds ?? 0, now));
    const labels = set.spec.template.metadata?.labels ?? {};
    this.registry.change<ReplicaSet>(set, (copy) => {
      const ready = pods.filter(isReady).length;
      const available = waits.filter((wait) => wait === 0).length;
      const conditions = refused
        ? setCondition(
            copy.status?.conditions,
            { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refused },
            timestamp(now),
          )
        : withoutCondition(copy.status?.conditions, 'ReplicaFailure');
      copy.status = {
        replicas: pods.length,
        ...positive({
          fullyLabeledReplicas: pods.filter((pod) => matchesLabels({ matchLabels: labels }, pod.metadata.labels))
            .length,
          readyReplicas: ready,
          availableReplicas: available,
        }),
        observedGeneration: copy.metadata.generation ?? 0,
        ...(conditions.length > 0 ? { conditions } : {}),
      };
    });
    const pending = waits.filter((wait): wait is number => wait !== undefined && wait > 0);
    return pending.length > 0 ? Math.min(...pending) : undefined;
  }
}

/** The API leaves zeros out. */
const positive = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

/** The least worth keeping first: not running, not ready, restarted more often, younger. */
function byWorth(a: Pod, b: Pod): number {
  const rank = (pod: Pod) => [pod.status?.phase === 'Running' ? 1 : 0, isReady(pod) ? 1 : 0];
  const [ar, br] = [rank(a), rank(b)];
  for (const [i, value] of ar.entries()) if (value !== br[i]) return value - (br[i] ?? 0);
  const restarts = (pod: Pod) => Math.max(0, ...(pod.status?.containerStatuses ?? []).map((c) => c.restartCount));
  if (restarts(a) !== restarts(b)) return restarts(b) - restarts(a);
  return a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1;
}
