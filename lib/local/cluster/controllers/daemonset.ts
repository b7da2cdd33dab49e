import type { Clock } from '../clock';
import { deleteObject } from '../deletion';
import type { Recorder } from '../events';
import { kindOf } from '../kinds';
import { NODE } from '../kubelet/context';
import type { Registry } from '../registry';
import { matchesLabels } from '../selectors';
import type { Change } from '../store/store';
import type { ControllerRevision, DaemonSet, Node, Pod, PodSpec } from '../types';
import { type Controller, keyFor, splitKey } from './manager';
import { misplaced } from './placement';
import { controlledBy, controllerOf, isFinished, isReady, isTerminating, podOf, untilAvailable } from './pods';
import { Retries } from './retries';
import { hashOf, REVISION_HASH, revisionsOf, truncate, updateRevision } from './revisions';
import { portion } from './rolling';

const COMPONENT = 'daemonset-controller';
const GENERATION = 'deprecated.daemonset.template.generation';
const POD_GENERATION = 'pod-template-generation';

/** Keeps one pod on the one node, and moves it from one template to the next as the update strategy says. */
export class DaemonSetController implements Controller {
  readonly name = 'daemonset';
  private readonly retries = new Retries();

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly recorder: Recorder,
  ) {}

  keys({ object }: Change): readonly string[] {
    const { store } = this.registry;
    if (object.kind === 'DaemonSet') return [keyFor(object)];
    if (object.kind === 'Node') return store.list('DaemonSet').map(keyFor);
    if (object.kind !== 'Pod') return [];
    const owner = controllerOf(object);
    if (owner) return owner.kind === 'DaemonSet' ? [`${object.metadata.namespace}/${owner.name}`] : [];
    return store
      .list<DaemonSet>('DaemonSet', object.metadata.namespace)
      .filter((set) => matchesLabels(set.spec.selector, object.metadata.labels))
      .map(keyFor);
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = splitKey(key);
    const set = this.registry.store.get<DaemonSet>('DaemonSet', namespace, name);
    if (!set) {
      this.retries.forget(key);
      return undefined;
    }
    if (set.metadata.deletionTimestamp) return undefined;
    const known = revisionsOf(this.registry, set);
    const update = updateRevision(this.registry, set, known, set.status?.collisionCount ?? 0);
    if (update === 'collision') {
      this.registry.change<DaemonSet>(set, (copy) => {
        copy.status = { ...emptyStatus(), ...copy.status, collisionCount: (copy.status?.collisionCount ?? 0) + 1 };
      });
      return undefined;
    }
    // As kubectl and older clients expect it: counts the templates.
    const counted = this.registry.change<DaemonSet>(set, (copy) => {
      copy.metadata.annotations = { ...copy.metadata.annotations, [GENERATION]: String(update.revision) };
    });
    const retry = this.step(counted ?? set, update, key);
    const again = this.report(counted ?? set, update);
    const used = new Set([hashOf(update), ...this.claim(set).map(hashOfPod)]);
    const revisions = revisionsOf(this.registry, set);
    truncate(this.registry, revisions, (r) => used.has(hashOf(r)), set.spec.revisionHistoryLimit);
    return retry === undefined ? again : Math.min(retry, again ?? retry);
  }

  private claim(set: DaemonSet): Pod[] {
    const pods: Pod[] = [];
    for (const pod of this.registry.store.list<Pod>('Pod', set.metadata.namespace)) {
      const owner = controllerOf(pod);
      if (owner?.uid === set.metadata.uid) pods.push(pod);
      else if (!owner && !isTerminating(pod) && matchesLabels(set.spec.selector, pod.metadata.labels)) {
        const adopted = this.registry.change<Pod>(pod, (copy) => {
          copy.metadata.ownerReferences = [...(copy.metadata.ownerReferences ?? []), controlledBy(set)];
        });
        if (adopted) pods.push(adopted);
      }
    }
    return pods;
  }

  /** Whether a pod of the set belongs on the node. */
  private wanted(set: DaemonSet): boolean {
    const node = this.registry.store.get<Node>('Node', undefined, NODE);
    return node !== undefined && misplaced(tolerant(set.spec.template.spec), node) === undefined;
  }

  private step(set: DaemonSet, update: ControllerRevision, key: string): number | undefined {
    const pods = this.claim(set).filter((pod) => !isTerminating(pod));
    if (!this.wanted(set)) {
      for (const pod of pods) this.drop(set, pod);
      return undefined;
    }
    const finished = pods.filter(isFinished);
    for (const pod of finished) {
      this.say(
        set,
        'Warning',
        'FailedDaemonPod',
        `Found failed daemon pod ${pathOf(pod)} on node ${NODE}, will try to kill it`,
      );
      this.drop(set, pod);
    }
    const live = pods.filter((pod) => !isFinished(pod));
    const [fresh, ...spareNew] = live.filter((pod) => hashOfPod(pod) === hashOf(update));
    const [old, ...spareOld] = live.filter((pod) => hashOfPod(pod) !== hashOf(update));
    for (const pod of [...spareNew, ...spareOld]) this.drop(set, pod);
    // A pod that is ending holds the node until it is gone.
    const ending = this.claim(set).some(isTerminating);
    if (!fresh && !old) return ending ? undefined : this.make(set, update, key);
    if (!old || set.spec.updateStrategy.type === 'OnDelete') return undefined;
    const oldServes = this.wait(set, old) === 0;
    if (surgeOf(set) === 0) {
      // The one that it may be short of, or one that serves nobody anyway.
      this.drop(set, old);
      return undefined;
    }
    if (!fresh) return this.make(set, update, key);
    if (!oldServes || this.wait(set, fresh) === 0) this.drop(set, old);
    return undefined;
  }

  private make(set: DaemonSet, update: ControllerRevision, key: string): number | undefined {
    const now = this.clock.now();
    const { generation } = set.metadata;
    const left = this.retries.left(key, now, generation);
    if (left > 0) return left;
    const { template } = set.spec;
    const made = this.registry.createOwn(
      podOf(set, template, {
        labels: { [REVISION_HASH]: hashOf(update), [POD_GENERATION]: String(update.revision) },
        spec: tolerant(template.spec),
      }),
    );
    if (made.ok) {
      this.retries.forget(key);
      this.say(set, 'Normal', 'SuccessfulCreate', `Created pod: ${made.value.object.metadata.name}`);
      return undefined;
    }
    this.say(set, 'Warning', 'FailedCreate', `Error creating: ${made.errors[0]?.message}`);
    return this.retries.refused(key, now, generation);
  }

  private drop(set: DaemonSet, pod: Pod): void {
    deleteObject(this.registry, this.clock, kindOf('Pod'), pod.metadata.namespace, pod.metadata.name, {});
    this.say(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }

  private wait(set: DaemonSet, pod: Pod): number | undefined {
    return untilAvailable(pod, set.spec.minReadySeconds ?? 0, this.clock.now());
  }

  /** Writes the status; gives the milliseconds until it changes by itself. */
  private report(set: DaemonSet, update: ControllerRevision): number | undefined {
    const desired = this.wanted(set) ? 1 : 0;
    const pods = this.claim(set).filter((pod) => !isFinished(pod) && !isTerminating(pod));
    const any = (holds: (pod: Pod) => boolean) => (desired === 1 && pods.some(holds) ? 1 : 0);
    const available = any((pod) => this.wait(set, pod) === 0);
    this.registry.change<DaemonSet>(set, (copy) => {
      const updated = any((pod) => hashOfPod(pod) === hashOf(update));
      copy.status = {
        currentNumberScheduled: desired === 1 && pods.length > 0 ? 1 : 0,
        desiredNumberScheduled: desired,
        numberMisscheduled: desired === 0 && pods.length > 0 ? 1 : 0,
        numberReady: any(isReady),
        observedGeneration: set.metadata.generation ?? 0,
        ...(updated ? { updatedNumberScheduled: updated } : {}),
        ...(available ? { numberAvailable: available } : {}),
        ...(desired - available > 0 ? { numberUnavailable: desired - available } : {}),
        ...(copy.status?.collisionCount ? { collisionCount: copy.status.collisionCount } : {}),
      };
    });
    const waits = pods.map((pod) => this.wait(set, pod) ?? 0).filter((wait) => wait > 0);
    return waits.length > 0 ? Math.min(...waits) : undefined;
  }

  private say(set: DaemonSet, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.recorder.record(set, type, reason, message, COMPONENT);
  }
}

const emptyStatus = () => ({
  currentNumberScheduled: 0,
  desiredNumberScheduled: 0,
  numberMisscheduled: 0,
  numberReady: 0,
});

const surgeOf = (set: DaemonSet): number => portion(set.spec.updateStrategy.rollingUpdate?.maxSurge ?? 0, 1, Math.ceil);
const hashOfPod = (pod: Pod): string => pod.metadata.labels?.[REVISION_HASH] ?? '';
const pathOf = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;

const CONDITIONS = ['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'];

/** https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations */
function tolerant(spec: PodSpec): PodSpec {
  const execute = ['not-ready', 'unreachable'].map((name) => ({ name, effect: 'NoExecute' }));
  const schedule = CONDITIONS.map((name) => ({ name, effect: 'NoSchedule' }));
  const own = [...execute, ...schedule].map(({ name, effect }) => ({
    key: `node.kubernetes.io/${name}`,
    operator: 'Exists',
    effect,
  }));
  return { ...structuredClone(spec), tolerations: [...(spec.tolerations ?? []), ...own] };
}
