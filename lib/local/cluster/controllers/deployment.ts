import type { Clock } from '../clock';
import { equal } from '../equal';
import type { Recorder } from '../events';
import { hashName } from '../names';
import type { Registry } from '../registry';
import { matchesLabels } from '../selectors';
import type { Change } from '../store/store';
import type { Deployment, Pod, PodTemplate, ReplicaSet } from '../types';
import { deploymentStatus } from './deployment-status';
import { type Controller, keyFor, splitKey } from './manager';
import { controlledBy, controllerOf, isFinished } from './pods';
import { boundsOf, newSize, oldSizes, proportional, type Size } from './rolling';

const COMPONENT = 'deployment-controller';
export const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAXIMUM = 'deployment.kubernetes.io/max-replicas';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const HASH = 'pod-template-hash';

/** Moves a Deployment's pods from one template to the next, one ReplicaSet a template, within the bounds of its strategy. */
export class DeploymentController implements Controller {
  readonly name = 'deployment';

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly recorder: Recorder,
  ) {}

  keys({ object }: Change): readonly string[] {
    const { namespace } = object.metadata;
    if (object.kind === 'Deployment') return [keyFor(object)];
    const owner = controllerOf(object);
    if (object.kind === 'ReplicaSet') {
      if (owner) return owner.kind === 'Deployment' ? [`${namespace}/${owner.name}`] : [];
      const { store } = this.registry;
      return store
        .list<Deployment>('Deployment', namespace)
        .filter((d) => matchesLabels(d.spec.selector, object.metadata.labels))
        .map(keyFor);
    }
    // Recreate waits until the last old pod is gone.
    if (object.kind !== 'Pod' || owner?.kind !== 'ReplicaSet') return [];
    const set = this.registry.store.get<ReplicaSet>('ReplicaSet', namespace, owner.name);
    const above = set && controllerOf(set);
    return above?.kind === 'Deployment' ? [`${namespace}/${above.name}`] : [];
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = splitKey(key);
    const deployment = this.registry.store.get<Deployment>('Deployment', namespace, name);
    if (!deployment) return undefined;
    if (!deployment.metadata.deletionTimestamp) this.progress(deployment);
    const sets = this.setsOf(deployment);
    const now = this.clock.now();
    const current = sets.find((set) => sameTemplate(set.spec.template, deployment.spec.template));
    const { status, again } = deploymentStatus(deployment, sets, current, now);
    this.registry.change<Deployment>(deployment, (copy) => {
      copy.status = status;
    });
    return again;
  }

  private progress(deployment: Deployment): void {
    const { spec } = deployment;
    let sets = this.setsOf(deployment);
    let current = sets.find((set) => sameTemplate(set.spec.template, spec.template));
    if (!current && !spec.paused) {
      current = this.make(deployment, sets);
      if (!current) return;
    }
    if (current && !spec.paused) current = this.revise(deployment, current, sets);
    sets = this.setsOf(deployment);
    const old = sets.filter((set) => set.metadata.uid !== current?.metadata.uid);
    if (spec.paused || this.resized(deployment, sets)) {
      this.rescale(deployment, sets);
      return;
    }
    if (!current) return;
    if (spec.strategy.type === 'Recreate') this.recreate(deployment, current, old);
    else this.roll(deployment, current, old);
    this.forget(deployment, current);
  }

  /** Oldest first, by revision. Matching ReplicaSets without an owner become its own. */
  private setsOf(deployment: Deployment): ReplicaSet[] {
    const mine: ReplicaSet[] = [];
    for (const set of this.registry.store.list<ReplicaSet>('ReplicaSet', deployment.metadata.namespace)) {
      const owner = controllerOf(set);
      if (owner?.uid === deployment.metadata.uid) mine.push(set);
      else if (
        !owner &&
        !deployment.metadata.deletionTimestamp &&
        matchesLabels(deployment.spec.selector, set.metadata.labels)
      ) {
        const adopted = this.registry.change<ReplicaSet>(set, (copy) => {
          copy.metadata.ownerReferences = [...(copy.metadata.ownerReferences ?? []), controlledBy(deployment)];
        });
        if (adopted) mine.push(adopted);
      }
    }
    return mine.sort((a, b) => revisionOf(a) - revisionOf(b));
  }

  private make(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
    const { spec, metadata } = deployment;
    const hash = hashName([spec.template, deployment.status?.collisionCount ?? 0]);
    const template = structuredClone(spec.template);
    template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, [HASH]: hash } };
    const name = `${metadata.name}-${hash}`;
    const bounds = boundsOf(spec.strategy, spec.replicas);
    const empty: Size = { replicas: 0, available: 0 };
    const first = spec.strategy.type === 'Recreate' ? 0 : newSize(spec.replicas, bounds, empty, sets.map(sizeOf));
    const made = this.registry.createOwn({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name,
        namespace: metadata.namespace,
        labels: template.metadata.labels,
        annotations: {
          ...copied(deployment),
          ...sizing(spec.replicas, bounds.surge),
          [REVISION]: String(highest(sets) + 1),
        },
        ownerReferences: [controlledBy(deployment)],
      },
      spec: {
        replicas: first,
        ...(spec.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
        selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [HASH]: hash } },
        template,
      },
    });
    if (made.ok) {
      if (first > 0) this.say(deployment, `Scaled up replica set ${name} from 0 to ${first}`);
      return made.value.object as ReplicaSet;
    }
    const [status] = made.errors;
    if (status?.reason === 'AlreadyExists') {
      // Another Deployment's ReplicaSet has this name: take the next hash, as Kubernetes does.
      this.registry.change<Deployment>(deployment, (copy) => {
        copy.status = { ...copy.status, collisionCount: (copy.status?.collisionCount ?? 0) + 1 };
      });
    } else {
      this.recorder.record(
        deployment,
        'Warning',
        'ReplicaSetCreateError',
        `Failed to create new replica set "${name}": ${status?.message}`,
        COMPONENT,
      );
    }
    return undefined;
  }

  /** A template that comes back (undo) becomes the newest revision; annotations follow the Deployment's. */
  private revise(deployment: Deployment, current: ReplicaSet, sets: readonly ReplicaSet[]): ReplicaSet {
    const others = highest(sets.filter((set) => set !== current));
    const revision = Math.max(revisionOf(current), others + 1);
    const changed = this.registry.change<ReplicaSet>(current, (copy) => {
      const before = copy.metadata.annotations ?? {};
      const past = before[REVISION];
      copy.metadata.annotations = { ...before, ...copied(deployment), [REVISION]: String(revision) };
      if (past !== undefined && past !== String(revision)) {
        copy.metadata.annotations[HISTORY] = [before[HISTORY], past].filter(Boolean).join(',');
      }
      if (deployment.spec.minReadySeconds) copy.spec.minReadySeconds = deployment.spec.minReadySeconds;
      else delete copy.spec.minReadySeconds;
    });
    this.registry.change<Deployment>(deployment, (copy) => {
      copy.metadata.annotations = { ...copy.metadata.annotations, [REVISION]: String(revision) };
    });
    return changed ?? current;
  }

  private roll(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): void {
    const { replicas, strategy } = deployment.spec;
    const bounds = boundsOf(strategy, replicas);
    const up = newSize(replicas, bounds, sizeOf(current), old.map(sizeOf));
    if (up !== current.spec.replicas) {
      this.scale(deployment, current, up);
      return;
    }
    // Numbers that do not reflect the last change yet would count pods twice.
    if ([current, ...old].some((set) => set.status?.observedGeneration !== set.metadata.generation)) return;
    const kept = oldSizes(replicas, bounds, sizeOf(current), old.map(sizeOf));
    for (const [i, set] of old.entries()) this.scale(deployment, set, kept[i] ?? 0);
    this.scale(deployment, current, up);
  }

  private recreate(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): void {
    for (const set of old) this.scale(deployment, set, 0);
    const oldIds = new Set(old.map((set) => set.metadata.uid));
    const pods = this.registry.store.list<Pod>('Pod', deployment.metadata.namespace);
    if (pods.some((pod) => !isFinished(pod) && oldIds.has(controllerOf(pod)?.uid ?? ''))) return;
    this.scale(deployment, current, deployment.spec.replicas);
  }

  /** Whether `spec.replicas` changed since the ReplicaSets were last told. */
  private resized(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
    const wanted = String(deployment.spec.replicas);
    return sets.some((set) => set.spec.replicas > 0 && (set.metadata.annotations?.[DESIRED] ?? wanted) !== wanted);
  }

  private rescale(deployment: Deployment, sets: readonly ReplicaSet[]): void {
    const { replicas, strategy } = deployment.spec;
    const active = sets.filter((set) => set.spec.replicas > 0).sort((a, b) => b.spec.replicas - a.spec.replicas);
    const latest = sets.at(-1);
    const targets = active.length > 0 ? active : latest ? [latest] : [];
    const surge = targets.length > 1 && strategy.type === 'RollingUpdate' ? boundsOf(strategy, replicas).surge : 0;
    const sizes = proportional(
      replicas === 0 ? 0 : replicas + surge,
      targets.map((set) => set.spec.replicas),
    );
    for (const [i, set] of targets.entries()) this.scale(deployment, set, sizes[i] ?? 0);
  }

  private scale(deployment: Deployment, set: ReplicaSet, replicas: number): void {
    const before = set.spec.replicas;
    const { surge } = boundsOf(deployment.spec.strategy, deployment.spec.replicas);
    this.registry.change<ReplicaSet>(set, (copy) => {
      copy.spec.replicas = replicas;
      copy.metadata.annotations = { ...copy.metadata.annotations, ...sizing(deployment.spec.replicas, surge) };
    });
    if (replicas === before) return;
    const direction = replicas > before ? 'up' : 'down';
    this.say(deployment, `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${replicas}`);
  }

  /** Old, empty ReplicaSets beyond the history limit go once the rollout is done. */
  private forget(deployment: Deployment, current: ReplicaSet): void {
    const { replicas, revisionHistoryLimit = 10 } = deployment.spec;
    if (sizeOf(current).available < replicas) return;
    const idle = this.setsOf(deployment).filter(
      (set) =>
        set.metadata.uid !== current.metadata.uid && set.spec.replicas === 0 && (set.status?.replicas ?? 0) === 0,
    );
    for (const set of idle.slice(0, Math.max(0, idle.length - revisionHistoryLimit))) {
      this.registry.store.remove('ReplicaSet', set.metadata.namespace, set.metadata.name);
    }
  }

  private say(deployment: Deployment, message: string): void {
    this.recorder.record(deployment, 'Normal', 'ScalingReplicaSet', message, COMPONENT);
  }
}

const revisionOf = (set: ReplicaSet): number => Number(set.metadata.annotations?.[REVISION] ?? 0);
const highest = (sets: readonly ReplicaSet[]): number => Math.max(0, ...sets.map(revisionOf));
const sizeOf = (set: ReplicaSet): Size => ({
  replicas: set.spec.replicas,
  available: set.status?.availableReplicas ?? 0,
});

const sizing = (replicas: number, surge: number) => ({
  [DESIRED]: String(replicas),
  [MAXIMUM]: String(replicas + surge),
});

/** Annotations that a ReplicaSet takes over from its Deployment. */
const copied = (deployment: Deployment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(deployment.metadata.annotations ?? {}).filter(
      ([key]) => ![LAST_APPLIED, REVISION, HISTORY, DESIRED, MAXIMUM].includes(key),
    ),
  );

function sameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return equal(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplate): PodTemplate {
  const labels = { ...template.metadata?.labels };
  delete labels[HASH];
  return { ...template, metadata: { ...template.metadata, labels } };
}
