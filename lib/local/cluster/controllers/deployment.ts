import type { Clock } from '../clock';
import type { Recorder } from '../events';
import { hashName } from '../names';
import type { Registry } from '../registry';
import { matchesLabels } from '../selectors';
import type { Change } from '../store/store';
import type { Deployment, Pod, ReplicaSet } from '../types';
import {
  copied,
  DESIRED,
  HASH,
  HISTORY,
  highest,
  MAXIMUM,
  REVISION,
  revisionOf,
  sameTemplate,
} from './deployment-revisions';
import { deploymentStatus, newReplicaSet } from './deployment-status';
import { type Controller, keyFor, splitKey } from './manager';
import { controlledBy, controllerOf, isFinished } from './pods';
import { boundsOf, newSize, oldSizes, proportional, type Size } from './rolling';

const COMPONENT = 'deployment-controller';

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
    const latest = this.registry.store.get<Deployment>('Deployment', namespace, name) ?? deployment;
    const { status, again } = deploymentStatus(latest, sets, current, now);
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
      if (spec.strategy.type === 'Recreate' && !this.emptied(deployment, sets)) return;
      current = this.make(deployment, sets);
      if (!current) return;
    }
    if (current && !spec.paused) current = this.revise(deployment, current, sets);
    sets = this.setsOf(deployment);
    const old = sets.filter((set) => set.metadata.uid !== current?.metadata.uid);
    if (spec.paused || this.resized(deployment, sets)) {
      this.rescale(deployment, sets, current);
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
    const first =
      spec.strategy.type === 'Recreate' ? spec.replicas : newSize(spec.replicas, bounds, empty, sets.map(sizeOf));
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
      this.registry.change<Deployment>(deployment, (copy) => {
        copy.status = { ...copy.status, conditions: newReplicaSet(copy, name, this.clock.now()) };
      });
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
    if (this.emptied(deployment, old)) this.scale(deployment, current, deployment.spec.replicas);
  }

  /** Scales old ReplicaSets down; whether the last of their pods is gone. */
  private emptied(deployment: Deployment, old: readonly ReplicaSet[]): boolean {
    for (const set of old) this.scale(deployment, set, 0);
    const ids = new Set(old.map((set) => set.metadata.uid));
    const pods = this.registry.store.list<Pod>('Pod', deployment.metadata.namespace);
    return !pods.some((pod) => !isFinished(pod) && ids.has(controllerOf(pod)?.uid ?? ''));
  }

  /** Whether `spec.replicas` changed since the ReplicaSets were last told. */
  private resized(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
    const wanted = String(deployment.spec.replicas);
    return sets.some((set) => set.spec.replicas > 0 && (set.metadata.annotations?.[DESIRED] ?? wanted) !== wanted);
  }

  /** `scale` of Kubernetes' sync.go: one active ReplicaSet gets all, of several each its share. */
  private rescale(deployment: Deployment, sets: readonly ReplicaSet[], current: ReplicaSet | undefined): void {
    const { replicas, strategy } = deployment.spec;
    const active = sets.filter((set) => set.spec.replicas > 0);
    const [only = current ?? sets.at(-1)] = active;
    if (active.length <= 1) {
      if (only) this.scale(deployment, only, replicas);
      return;
    }
    const saturated =
      current?.metadata.annotations?.[DESIRED] === String(replicas) &&
      current.spec.replicas === replicas &&
      sizeOf(current).available === replicas;
    if (saturated) {
      for (const set of active) if (set.metadata.uid !== current.metadata.uid) this.scale(deployment, set, 0);
      return;
    }
    if (strategy.type !== 'RollingUpdate') return;
    const { surge } = boundsOf(strategy, replicas);
    const shares = active.map((set) => ({
      set,
      replicas: set.spec.replicas,
      before: Number(set.metadata.annotations?.[MAXIMUM] ?? deployment.status?.replicas ?? 0),
      created: set.metadata.creationTimestamp,
    }));
    for (const { share, size } of proportional(replicas, surge, shares)) this.scale(deployment, share.set, size);
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

const sizeOf = (set: ReplicaSet): Size => ({
  replicas: set.spec.replicas,
  available: set.status?.availableReplicas ?? 0,
});

const sizing = (replicas: number, surge: number) => ({
  [DESIRED]: String(replicas),
  [MAXIMUM]: String(replicas + surge),
});
