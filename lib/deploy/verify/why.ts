import type { Kubectl } from '../kubectl';
import type { Reason } from '../outcome';
import type { Snapshot } from '../verdict';
import { oneLine } from './exits';
import { eventsAbout } from './pods';
import type { Culprit } from './problem';
import { lastSeen, type Pod } from './shapes';

/** Why a pod is not ready, in words: what its containers wait for, or what its probe last said. */
export function unreadyWords(pod: Pod, snapshot: Snapshot): string {
  const title = `Pod/${pod.metadata.name}`;
  const waiting = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].find(
    ({ state }) => state?.waiting?.reason,
  );
  const events = [...eventsAbout(snapshot, pod)].sort((a, b) => lastSeen(a) - lastSeen(b));
  const warning = events.filter(({ type, reason }) => type === 'Warning' || reason === 'Unhealthy').at(-1)?.message;
  const first = beforeOthers(pod);
  const state = first
    ? `: init container ${first} has not come to its end, and the others wait for it`
    : waiting
      ? `container ${waiting.name} is waiting (${waiting.state?.waiting?.reason})`
      : 'is not ready';
  return `${title}${first ? '' : ' '}${state}${warning ? `: ${oneLine(warning)}` : ''}`;
}

/** The init container that runs, other than a sidecar, which needs not end. */
function beforeOthers({ spec, status }: Pod): string | undefined {
  const sidecars = spec?.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always') ?? [];
  return status?.initContainerStatuses?.find(
    ({ name, state }) => state?.running !== undefined && !sidecars.some((sidecar) => sidecar.name === name),
  )?.name;
}

/** The failure's reason with the last line that the container wrote, if it wrote any. */
export async function withLastWords(
  reason: Reason,
  culprit: Culprit | undefined,
  namespace: string,
  kubectl: Kubectl,
): Promise<Reason> {
  if (!culprit) return reason;
  // By now the container may have been started again: then its former log is the one, else there is no former one.
  for (const previous of [true, false]) {
    const words = await logOf(culprit, previous, namespace, kubectl);
    if (words) return { ...reason, message: `${reason.message}; its last words: ${words}` };
  }
  return reason;
}

async function logOf(
  { pod, container }: Culprit,
  previous: boolean,
  namespace: string,
  kubectl: Kubectl,
): Promise<string | undefined> {
  const answer = await kubectl.run(
    ['logs', pod, '--container', container, '--namespace', namespace, '--tail=20', ...(previous ? ['--previous'] : [])],
    { quiet: true, retry: false, timeoutSeconds: 10 },
  );
  const lines = answer.ok ? answer.value.split('\n').map((line) => line.trim()) : [];
  return lines.findLast((line) => line !== '')?.slice(0, 200);
}
