import type { Snapshot } from '../verdict';
import { containerProblems } from './container-problems';
import { oneLine } from './exits';
import { isRecent } from './history';
import { type PodRules, problemOf } from './pod-rules';
import { eventsAbout, isTerminating } from './pods';
import type { Graces, Problem } from './problem';
import { conditionOf, type Pod } from './shapes';

/** Ends that the node is to blame for: the controller makes another pod. https://kubernetes.io/docs/concepts/workloads/pods/disruptions/ */
const BY_NODE =
  /^(NodeShutdown|Terminated|Shutdown|NodeLost|NodeAffinity|Preempting|UnexpectedAdmissionError|OutOf\w+|TopologyAffinityError)$/;

/** What is wrong with a pod of the release. A pod that is going is never judged. */
export function podProblems(pod: Pod, snapshot: Snapshot, rules: PodRules): readonly Problem[] {
  if (isTerminating(pod)) return [];
  const over = pod.status?.phase === 'Failed' && !rules.mayEnd ? failedPod(pod) : undefined;
  if (over) return over;
  return [
    ...containerProblems(pod, snapshot, rules),
    ...unschedulable(pod, rules.graces),
    ...missingVolumes(pod, snapshot, rules),
  ];
}

function failedPod(pod: Pod): readonly Problem[] | undefined {
  const { reason = 'Failed', message } = pod.status ?? {};
  if (
    BY_NODE.test(reason) ||
    conditionOf(pod.status?.conditions, 'DisruptionTarget')?.reason === 'PreemptionByScheduler'
  )
    return [];
  if (reason === 'Failed' && !message) return undefined;
  return [
    problemOf(pod, reason, reason === 'Evicted' ? `was evicted${said(message)}` : `failed (${reason})${said(message)}`),
  ];
}

function unschedulable(pod: Pod, graces: Graces): readonly Problem[] {
  const condition = conditionOf(pod.status?.conditions, 'PodScheduled');
  if (condition?.status !== 'False' || condition.reason !== 'Unschedulable') return [];
  return [problemOf(pod, 'Unschedulable', `finds no node${said(condition.message)}`, graces.scheduling)];
}

const MISSING = /(?:configmap|secret) "[^"]+" not found|references non-existent (?:config|secret) key/;

function missingVolumes(pod: Pod, snapshot: Snapshot, rules: PodRules): readonly Problem[] {
  if (pod.status?.phase !== 'Pending') return [];
  const event = eventsAbout(snapshot, pod)
    .filter((each) => each.reason === 'FailedMount' && isRecent(each, rules))
    .find((each) => MISSING.test(each.message ?? ''));
  return event
    ? [problemOf(pod, 'FailedMount', `cannot mount a volume${said(event.message)}`, rules.graces.missing)]
    : [];
}

const said = (message: string | undefined): string => (message ? `: ${oneLine(message)}` : '');
