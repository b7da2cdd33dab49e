import type { KubeObject } from '../objects';
import type { Snapshot } from '../verdict';
import { conditionOf, type Event, type Pod } from './shapes';

export const isOwnedBy = (object: KubeObject, owner: KubeObject): boolean =>
  object.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) ?? false;

export const podsOf = (snapshot: Snapshot, owner: KubeObject): readonly Pod[] =>
  (snapshot.pods as readonly Pod[]).filter((pod) => isOwnedBy(pod, owner));

export const isTerminating = (pod: KubeObject): boolean => pod.metadata.deletionTimestamp !== undefined;

export const isReady = (pod: Pod): boolean => conditionOf(pod.status?.conditions, 'Ready')?.status === 'True';

/** A pod that is over stays until it is collected; its controller makes another. */
export const isOver = (pod: Pod): boolean => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';

export const isAlive = (pod: Pod): boolean => !isTerminating(pod) && !isOver(pod);

export const namesOf = (pods: readonly Pod[]): readonly string[] => pods.map((pod) => pod.metadata.name);

export const eventsAbout = (snapshot: Snapshot, object: KubeObject): readonly Event[] =>
  (snapshot.events as readonly Event[]).filter(
    ({ involvedObject: about }) =>
      about?.kind === object.kind &&
      about.name === object.metadata.name &&
      // A namesake from before has another uid.
      (about.uid === undefined || object.metadata.uid === undefined || about.uid === object.metadata.uid),
  );
