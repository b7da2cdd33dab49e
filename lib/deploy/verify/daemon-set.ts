import { titleOf } from '../objects';
import type { Expectation, Snapshot } from '../verdict';
import {
  type Assessment,
  digestsAreKnown,
  problemsOf,
  unreadyOf,
  type WorkloadRules,
  workloadProblem,
} from './assessment';
import { createEvents } from './create-problems';
import { isAlive, isOwnedBy, isReady, podsOf } from './pods';
import type { ControllerRevision, WorkloadObject } from './shapes';
import { onDelete, revisionOf } from './stateful-set';

/** https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/ */
export function assessDaemonSet(
  live: WorkloadObject,
  expectation: Expectation,
  snapshot: Snapshot,
  rules: WorkloadRules,
): Assessment {
  const { status = {}, spec = {} } = live;
  const title = titleOf(live);
  const seen = (status.observedGeneration ?? 0) >= (live.metadata.generation ?? 0);
  const desired = status.desiredNumberScheduled ?? 0;
  const revision = seen ? newestRevision(live, snapshot) : undefined;
  const all = podsOf(snapshot, live);
  const alive = all.filter(isAlive);
  const updated = revision === undefined ? [] : all.filter((pod) => revisionOf(pod) === revision);
  const pods = updated.filter(isAlive);
  const old = alive.length - pods.length;
  const problems = [
    ...(seen && desired === 0
      ? [
          workloadProblem(
            live,
            'NoPods',
            'no node wants its pods, so nothing of the release runs',
            [],
            rules.graces.scheduling,
          ),
        ]
      : []),
    ...(seen && revision !== undefined && spec.updateStrategy?.type === 'OnDelete' && old > 0 ? [onDelete(live)] : []),
    ...problemsOf(updated, expectation, snapshot, rules),
    ...(seen && alive.length < desired ? createEvents(live, snapshot, rules) : []),
  ];
  const assessed = { problems, unready: unreadyOf(pods) };
  if (!seen)
    return { ...assessed, waitingFor: `${title}: the controller has not seen generation ${live.metadata.generation}` };
  if (desired < Math.max(1, expectation.minimumPods))
    return {
      ...assessed,
      waitingFor: `${title}: ${desired} nodes want its pods, expected at least ${Math.max(1, expectation.minimumPods)}`,
    };
  const { updatedNumberScheduled = 0, numberAvailable = 0 } = status;
  const complete =
    updatedNumberScheduled === desired &&
    numberAvailable === desired &&
    pods.length === desired &&
    old === 0 &&
    pods.every(isReady) &&
    digestsAreKnown(pods, expectation);
  if (complete) return assessed;
  return {
    ...assessed,
    waitingFor: `${title}: new pods ${updatedNumberScheduled} of ${desired}, available ${numberAvailable}, old pods: ${old}`,
  };
}

/** The hash of the newest revision: a change back gives an old one the highest number again. */
function newestRevision(live: WorkloadObject, snapshot: Snapshot): string | undefined {
  const revisions = ((snapshot.controllerRevisions ?? []) as readonly ControllerRevision[])
    .filter((revision) => isOwnedBy(revision, live))
    .sort((a, b) => (b.revision ?? 0) - (a.revision ?? 0));
  const [newest] = revisions;
  return newest?.metadata.labels?.['controller-revision-hash'] ?? newest?.metadata.name.split('-').at(-1);
}
