import type { Clock } from '../clock';
import { deleteObject } from '../deletion';
import type { Recorder } from '../events';
import { kindOf } from '../kinds';
import type { Registry } from '../registry';
import { matchesLabels } from '../selectors';
import type { Change } from '../store/store';
import type { ControllerRevision, Pod, StatefulSet } from '../types';
import { claimName, makeClaims, releaseClaims } from './claims';
import { type Controller, keyFor, splitKey } from './manager';
import {
  controlledBy,
  controllerOf,
  isFinished,
  isRunningAndReady,
  isTerminating,
  podOf,
  untilAvailable,
} from './pods';
import { Retries } from './retries';
import { REVISION_HASH, revisionsOf, templateOf, truncate, updateRevision } from './revisions';
import { portion } from './rolling';

const COMPONENT = 'statefulset-controller';
const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';

/** What one look at a StatefulSet works with. */
interface Look {
  readonly set: StatefulSet;
  readonly pods: readonly Pod[];
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
}

/**
 * Pods with names, order and volumes of their own. One step a look, in the order of Kubernetes' `updateStatefulSet`: also its known
 * trap that an ordered set waits for a broken pod for ever, until somebody deletes it
 * (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback).
 */
export class StatefulSetController implements Controller {
  readonly name = 'statefulset';
  private readonly retries = new Retries();

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly recorder: Recorder,
  ) {}

  keys({ object }: Change): readonly string[] {
    if (object.kind === 'StatefulSet') return [keyFor(object)];
    if (object.kind !== 'Pod') return [];
    const owner = controllerOf(object);
    if (owner) return owner.kind === 'StatefulSet' ? [`${object.metadata.namespace}/${owner.name}`] : [];
    return this.registry.store
      .list<StatefulSet>('StatefulSet', object.metadata.namespace)
      .filter((set) => this.owns(set, object as Pod))
      .map(keyFor);
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = splitKey(key);
    const set = this.registry.store.get<StatefulSet>('StatefulSet', namespace, name);
    if (!set) {
      this.retries.forget(key);
      return undefined;
    }
    if (set.metadata.deletionTimestamp) return undefined;
    const revisions = revisionsOf(this.registry, set);
    const update = updateRevision(this.registry, set, revisions, set.status?.collisionCount ?? 0);
    if (update === 'collision') {
      this.registry.change<StatefulSet>(set, (copy) => {
        copy.status = { ...emptyStatus(copy), ...copy.status, collisionCount: (copy.status?.collisionCount ?? 0) + 1 };
      });
      return undefined;
    }
    const current = revisions.find((revision) => revision.metadata.name === set.status?.currentRevision) ?? update;
    const look = { set, pods: this.claim(set), current, update };
    const retry = this.step(look, key);
    const again = this.report({ ...look, pods: this.claim(set) });
    const used = new Set([current.metadata.name, update.metadata.name, ...look.pods.map(revisionName)]);
    const known = revisionsOf(this.registry, set);
    truncate(this.registry, known, (r) => used.has(r.metadata.name), set.spec.revisionHistoryLimit);
    return retry === undefined ? again : Math.min(retry, again ?? retry);
  }

  private owns(set: StatefulSet, pod: Pod): boolean {
    return matchesLabels(set.spec.selector, pod.metadata.labels) && ordinalOf(set, pod) >= 0;
  }

  private claim(set: StatefulSet): Pod[] {
    const pods: Pod[] = [];
    for (const pod of this.registry.store.list<Pod>('Pod', set.metadata.namespace)) {
      const owner = controllerOf(pod);
      if (owner?.uid === set.metadata.uid) pods.push(pod);
      else if (!owner && this.owns(set, pod) && !isTerminating(pod)) {
        const adopted = this.registry.change<Pod>(pod, (copy) => {
          copy.metadata.ownerReferences = [...(copy.metadata.ownerReferences ?? []), controlledBy(set)];
        });
        if (adopted) pods.push(adopted);
      }
    }
    return pods;
  }

  /** Makes, deletes or waits; gives the milliseconds until it may try again what was refused. */
  private step(look: Look, key: string): number | undefined {
    const { set, pods } = look;
    const start = set.spec.ordinals?.start ?? 0;
    const end = start + set.spec.replicas;
    const ordered = set.spec.podManagementPolicy === 'OrderedReady';
    const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod), pod]));
    const wanted = Array.from({ length: set.spec.replicas }, (_, i) => start + i);
    for (const ordinal of wanted) {
      const pod = byOrdinal.get(ordinal);
      if (pod && isFinished(pod)) {
        if (!isTerminating(pod)) this.drop(set, pod);
        return undefined;
      }
      if (!pod) {
        const wait = this.make(look, ordinal, key);
        if (wait !== undefined || ordered) return wait;
      } else if (ordered && !this.isHealthy(set, pod)) return undefined;
    }
    const condemned = pods
      .filter((pod) => ordinalOf(set, pod) < start || ordinalOf(set, pod) >= end)
      .sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a));
    const unhealthy = [...pods]
      .sort((a, b) => ordinalOf(set, a) - ordinalOf(set, b))
      .find((pod) => !this.isHealthy(set, pod));
    for (const pod of condemned) {
      if (isTerminating(pod)) {
        if (ordered) return undefined;
        continue;
      }
      if (ordered && !this.isHealthy(set, pod) && pod !== unhealthy) return undefined;
      releaseClaims(this.registry, set, pod, ordinalOf(set, pod));
      this.drop(set, pod);
      if (ordered) return undefined;
    }
    if (set.spec.updateStrategy.type === 'RollingUpdate') this.roll(look, wanted, byOrdinal);
    return undefined;
  }

  /** Deletes pods of another revision, from the highest ordinal down to the partition. */
  private roll({ set, update }: Look, wanted: readonly number[], byOrdinal: ReadonlyMap<number, Pod>): void {
    const { partition = 0, maxUnavailable } = set.spec.updateStrategy.rollingUpdate ?? {};
    const healthy = (pod: Pod | undefined) => pod !== undefined && this.isHealthy(set, pod);
    const descending = [...wanted].reverse().filter((ordinal) => ordinal >= partition);
    const isOld = (pod: Pod) => revisionName(pod) !== update.metadata.name && !isTerminating(pod);
    const several =
      maxUnavailable === undefined ? 1 : Math.max(1, portion(maxUnavailable, set.spec.replicas, Math.floor));
    if (several > 1) {
      let room = several - wanted.filter((ordinal) => !healthy(byOrdinal.get(ordinal))).length;
      for (const ordinal of descending) {
        const pod = byOrdinal.get(ordinal);
        if (room <= 0 || !pod || !isOld(pod)) continue;
        this.drop(set, pod);
        room--;
      }
      return;
    }
    for (const ordinal of descending) {
      const pod = byOrdinal.get(ordinal);
      if (pod && isOld(pod)) {
        this.drop(set, pod);
        return;
      }
      if (!healthy(pod)) return;
    }
  }

  private make({ set, current, update }: Look, ordinal: number, key: string): number | undefined {
    const now = this.clock.now();
    const { generation } = set.metadata;
    const wait = this.retries.left(key, now, generation);
    if (wait > 0) return wait;
    const { updateStrategy, serviceName, ordinals, volumeClaimTemplates = [] } = set.spec;
    const below = (ordinals?.start ?? 0) + (updateStrategy.rollingUpdate?.partition ?? 0);
    const revision = updateStrategy.type === 'RollingUpdate' && ordinal < below ? current : update;
    const template = templateOf(revision);
    const name = `${set.metadata.name}-${ordinal}`;
    const own = new Set(volumeClaimTemplates.map((claim) => claim.metadata.name));
    const volumes = [
      ...(template.spec.volumes ?? []).filter((volume) => !own.has(volume.name)),
      ...volumeClaimTemplates.map((claim) => ({
        name: claim.metadata.name,
        persistentVolumeClaim: { claimName: claimName(claim.metadata.name, set, ordinal) },
      })),
    ];
    const failure = makeClaims(this.registry, set, ordinal);
    const made = failure
      ? undefined
      : this.registry.createOwn(
          podOf(set, template, {
            name,
            labels: {
              [REVISION_HASH]: revision.metadata.name,
              [POD_NAME]: name,
              [POD_INDEX]: String(ordinal),
            },
            spec: {
              hostname: name,
              ...(serviceName ? { subdomain: serviceName } : {}),
              ...(volumes.length > 0 ? { volumes } : {}),
            },
          }),
        );
    if (made?.ok) {
      this.retries.forget(key);
      this.say(set, 'Normal', 'SuccessfulCreate', `create Pod ${name} in StatefulSet ${set.metadata.name} successful`);
      return undefined;
    }
    const why = failure ?? (made?.ok === false ? made.errors[0]?.message : undefined);
    this.say(
      set,
      'Warning',
      'FailedCreate',
      `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${why}`,
    );
    return this.retries.refused(key, now, generation);
  }

  private drop(set: StatefulSet, pod: Pod): void {
    deleteObject(this.registry, this.clock, kindOf('Pod'), pod.metadata.namespace, pod.metadata.name, {});
    const what = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
    this.say(set, 'Normal', 'SuccessfulDelete', what);
  }

  private isHealthy(set: StatefulSet, pod: Pod): boolean {
    return isRunningAndReady(pod) && !isTerminating(pod) && this.wait(set, pod) === 0;
  }

  private wait(set: StatefulSet, pod: Pod): number | undefined {
    return untilAvailable(pod, set.spec.minReadySeconds ?? 0, this.clock.now());
  }

  /** Writes the status; gives the milliseconds until it changes by itself. */
  private report({ set, pods, current, update }: Look): number | undefined {
    const ready = pods.filter(isRunningAndReady);
    const waits = ready.map((pod) => this.wait(set, pod) ?? 0);
    const of = (revision: ControllerRevision) =>
      pods.filter((pod) => !isTerminating(pod) && revisionName(pod) === revision.metadata.name).length;
    const counts = {
      readyReplicas: ready.length,
      currentReplicas: of(current),
      updatedReplicas: of(update),
    };
    const { replicas, updateStrategy } = set.spec;
    const complete =
      updateStrategy.type === 'RollingUpdate' &&
      counts.updatedReplicas === replicas &&
      counts.readyReplicas === replicas &&
      pods.length === replicas;
    this.registry.change<StatefulSet>(set, (copy) => {
      copy.status = {
        observedGeneration: set.metadata.generation ?? 0,
        replicas: pods.length,
        availableReplicas: waits.filter((wait) => wait === 0).length,
        currentRevision: (complete ? update : current).metadata.name,
        updateRevision: update.metadata.name,
        collisionCount: copy.status?.collisionCount ?? 0,
        ...positive({ ...counts, ...(complete ? { currentReplicas: counts.updatedReplicas } : {}) }),
      };
    });
    const pending = waits.filter((wait) => wait > 0);
    return pending.length > 0 ? Math.min(...pending) : undefined;
  }

  private say(set: StatefulSet, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.recorder.record(set, type, reason, message, COMPONENT);
  }
}

const emptyStatus = (set: StatefulSet) => ({
  replicas: 0,
  availableReplicas: 0,
  currentRevision: set.status?.currentRevision ?? '',
  updateRevision: set.status?.updateRevision ?? '',
  collisionCount: 0,
});

const revisionName = (pod: Pod): string => pod.metadata.labels?.[REVISION_HASH] ?? '';

/** `web-2` of `web` is 2; -1 for a name that is not of the set. */
function ordinalOf(set: StatefulSet, pod: Pod): number {
  const prefix = `${set.metadata.name}-`;
  const rest = pod.metadata.name.startsWith(prefix) ? pod.metadata.name.slice(prefix.length) : '';
  return /^(0|[1-9]\d*)$/.test(rest) ? Number(rest) : -1;
}

const positive = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
