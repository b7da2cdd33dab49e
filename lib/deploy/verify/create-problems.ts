import type { KubeObject } from '../objects';
import { titleOf } from '../objects';
import type { Snapshot } from '../verdict';
import { oneLine } from './exits';
import { isRecent, type Start } from './history';
import { eventsAbout } from './pods';
import type { Graces, Problem } from './problem';
import { conditionOf, type ReplicaSet } from './shapes';

export interface CreateRules extends Start {
  readonly graces: Graces;
  /** When a pod that was going was last seen in the namespace: milliseconds since 1970. */
  readonly lastGoing?: number;
}

const WEBHOOK = /failed calling webhook|failed to call webhook|internal error occurred|timeout|connection refused|EOF/i;
const TERMINATING = /is being terminated/;

/** A ReplicaSet whose pods are refused (quota, admission): its condition ReplicaFailure, which kubectl does not look at. */
export function replicaFailure(
  set: ReplicaSet,
  workload: KubeObject,
  snapshot: Snapshot,
  rules: CreateRules,
): readonly Problem[] {
  const condition = conditionOf(set.status?.conditions, 'ReplicaFailure');
  if (condition?.status !== 'True') return [];
  return [refusal(workload, condition.message ?? condition.reason ?? '', snapshot, rules)];
}

/** StatefulSets, DaemonSets and Jobs have no such condition: their events tell. */
export function createEvents(workload: KubeObject, snapshot: Snapshot, rules: CreateRules): readonly Problem[] {
  const event = eventsAbout(snapshot, workload).find((each) => each.reason === 'FailedCreate' && isRecent(each, rules));
  return event ? [refusal(workload, event.message ?? '', snapshot, rules)] : [];
}

function refusal(workload: KubeObject, message: string, snapshot: Snapshot, rules: CreateRules): Problem {
  const quota = /exceeded quota/.test(message);
  return {
    key: `FailedCreate ${workload.kind} ${workload.metadata.name}`,
    reason: {
      code: quota ? 'QuotaExceeded' : 'FailedCreate',
      object: titleOf(workload),
      message: `its pods are refused: ${oneLine(message)}`,
    },
    pods: [],
    grace: graceOf(message, quota, snapshot.at, rules),
  };
}

/**
 * Pods that are going count in a quota until they are gone: while a rollout replaces pods in a namespace with little room, a
 * refusal is no fault of the release. Once nothing is going any more, it is.
 */
function graceOf(message: string, quota: boolean, at: number, { graces, lastGoing }: CreateRules): number {
  if (quota) {
    return lastGoing !== undefined && at - lastGoing < graces.release * 1000 ? Number.POSITIVE_INFINITY : 0;
  }
  if (TERMINATING.test(message)) return 0;
  return WEBHOOK.test(message) ? graces.webhook : 0;
}
