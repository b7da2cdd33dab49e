import { err, ok, type Result } from '../../result';
import type { Kubectl, KubectlFailure } from '../kubectl';
import type { KubeObject, Workload, WorkloadKind } from '../objects';
import type { Clock } from '../ports';
import type { Snapshot } from '../verdict';

const RESOURCES: Readonly<Record<WorkloadKind, readonly string[]>> = {
  Deployment: ['deployments.apps', 'replicasets.apps'],
  StatefulSet: ['statefulsets.apps'],
  // Nothing else tells which pods of a DaemonSet are the new ones.
  DaemonSet: ['daemonsets.apps', 'controllerrevisions.apps'],
  Job: ['jobs.batch'],
};

/** Seconds for one look: an API that takes longer is one that does not answer. */
const LOOK = 30;

/**
 * One look at the workloads, and at the pods and events of their namespace, by one `kubectl get`. Only kinds that the workloads
 * need are asked for. Not tried again here: whoever looks repeatedly decides what a missing answer means.
 */
export async function snapshot(
  workloads: readonly Workload[],
  namespace: string,
  kubectl: Kubectl,
  clock: Clock,
): Promise<Result<Snapshot, KubectlFailure>> {
  const kinds = new Set(workloads.map((workload) => workload.kind));
  const resources = [...kinds].flatMap((kind) => RESOURCES[kind]);
  const answer = await kubectl.run(
    ['get', [...resources, 'pods', 'events'].join(','), '--namespace', namespace, '--output', 'json'],
    { quiet: true, retry: false, timeoutSeconds: LOOK },
  );
  if (!answer.ok) return answer;
  const items = itemsOf(answer.value);
  if (!items) {
    const message = `kubectl get gave no list: ${answer.value.slice(0, 200)}`;
    return err({ kind: 'unreachable', message, code: 0, stdout: answer.value, stderr: '' });
  }
  const of = (...wanted: string[]) => items.filter((item) => wanted.includes(item.kind));
  const named = new Set(workloads.map(({ kind, name }) => `${kind}/${name}`));
  return ok({
    workloads: of('Deployment', 'StatefulSet', 'DaemonSet', 'Job').filter((item) =>
      named.has(`${item.kind}/${item.metadata.name}`),
    ),
    replicaSets: of('ReplicaSet'),
    pods: of('Pod'),
    events: of('Event'),
    controllerRevisions: of('ControllerRevision'),
    at: clock.now().getTime(),
  });
}

function itemsOf(text: string): readonly KubeObject[] | undefined {
  try {
    const { items } = JSON.parse(text) as { items?: unknown };
    return Array.isArray(items) ? (items as KubeObject[]) : undefined;
  } catch {
    return undefined;
  }
}
