import type { Snapshot } from '../verdict';
import { digestOf } from './digest';
import { exitOf, oneLine } from './exits';
import { knownRestarts } from './history';
import { PULL_REASONS, pullGrace } from './image-pull';
import { type PodRules, problemOf } from './pod-rules';
import { eventsAbout } from './pods';
import type { Culprit, Problem } from './problem';
import type { ContainerStatus, Pod } from './shapes';

/** What is wrong with the containers of a pod, init containers first, since the others wait for them. */
export function containerProblems(pod: Pod, snapshot: Snapshot, rules: PodRules): readonly Problem[] {
  const sidecars = new Set(
    pod.spec?.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name),
  );
  const { initContainerStatuses: init = [], containerStatuses: main = [] } = pod.status ?? {};
  const statuses = [
    ...init.map((status) => ({ status, mayEnd: rules.mayEnd || !sidecars.has(status.name) })),
    ...main.map((status) => ({ status, mayEnd: rules.mayEnd })),
  ];
  return statuses.flatMap(({ status, mayEnd }) => {
    const found =
      pullProblem(pod, status, snapshot, rules) ??
      configProblem(pod, status, rules) ??
      (rules.mayEnd ? undefined : exitProblem(pod, status, mayEnd, snapshot, rules)) ??
      digestProblem(pod, status, rules);
    return found ? [found] : [];
  });
}

function pullProblem(pod: Pod, status: ContainerStatus, snapshot: Snapshot, rules: PodRules): Problem | undefined {
  const { reason = '', message = '' } = status.state?.waiting ?? {};
  if (!PULL_REASONS.has(reason)) return undefined;
  const image = imageOf(pod, status.name);
  // ImagePullBackOff does not say why before 1.32: the event of the failed pull does.
  const failed = eventsAbout(snapshot, pod).filter(
    (each) =>
      each.reason === 'Failed' && each.message?.startsWith('Failed to pull image') && each.message.includes(image),
  );
  const words = [message, ...failed.map((each) => each.message ?? '')].join('; ');
  const why = pullWords(failed.at(-1)?.message ?? message, image);
  return {
    ...problemOf(
      pod,
      'ImagePull',
      `container ${status.name}: ${reason}: ${why}`,
      pullGrace(reason, words, rules.graces),
    ),
    // The two reasons take turns.
    key: `ImagePull ${pod.metadata.uid} ${status.name}`,
  };
}

/** Runtimes name the image up to four times, with its whole digest: once is enough. */
function pullWords(message: string, image: string): string {
  const [first = '', ...others] = message.replace(`Failed to pull image "${image}": `, '').split(image);
  if (image === '' || others.length === 0) return oneLine(`${image === '' ? '' : `image "${image}": `}${first}`);
  return oneLine(`${first}${image}${others.join('…')}`, 500);
}

const imageOf = (pod: Pod, container: string): string =>
  [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find(({ name }) => name === container)
    ?.image ?? '';

const CONFIG = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
]);

function configProblem(pod: Pod, status: ContainerStatus, { graces }: PodRules): Problem | undefined {
  const { reason = '', message = '' } = status.state?.waiting ?? {};
  if (!CONFIG.has(reason)) return undefined;
  const grace = /(configmap|secret) "[^"]+" not found/.test(message)
    ? graces.missing
    : /deadline exceeded|is reserved for/.test(message)
      ? graces.runtime
      : 0;
  return problemOf(pod, reason, `container ${status.name}: ${reason}${message ? `: ${oneLine(message)}` : ''}`, grace);
}

/** A container that ended though it must run, or that was started again. */
function exitProblem(
  pod: Pod,
  status: ContainerStatus,
  mayEnd: boolean,
  snapshot: Snapshot,
  rules: PodRules,
): Problem | undefined {
  const { name, state, lastState, restartCount = 0 } = status;
  const isFault = (exitCode: number): boolean => !mayEnd || exitCode !== 0;
  const ended =
    state?.terminated ?? (state?.waiting?.reason === 'CrashLoopBackOff' ? lastState?.terminated : undefined);
  const isDown = ended ? isFault(ended.exitCode) : state?.waiting?.reason === 'CrashLoopBackOff';
  const restarts = restartCount - knownRestarts(pod, name, rules);
  const last = ended ?? lastState?.terminated;
  if (!isDown && (restarts <= 0 || (last !== undefined && !isFault(last.exitCode)))) return undefined;
  const exits = restartCount + (state?.running ? 0 : 1);
  const how = last ? exitOf(name, last, pod) : 'ended and was started again';
  const times = exits > 1 ? `, ${exits} times` : '';
  const code = last?.reason === 'OOMKilled' ? 'OOMKilled' : 'CrashLoop';
  const culprit: Culprit = { pod: pod.metadata.name, container: name };
  return { ...problemOf(pod, code, `container ${name} ${how}${times}${probeWords(pod, snapshot, name)}`), culprit };
}

/** A liveness or startup probe that made kubelet end the container. */
function probeWords(pod: Pod, snapshot: Snapshot, container: string): string {
  const events = eventsAbout(snapshot, pod);
  const killed = events.find(
    ({ reason, message = '' }) =>
      reason === 'Killing' && message.includes(container) && /(liveness|startup) probe/.test(message),
  );
  const failed = events.find(
    ({ reason, message = '' }) => reason === 'Unhealthy' && /^(Liveness|Startup) probe/.test(message),
  );
  return killed ? `; ${oneLine(failed?.message ?? killed.message ?? '')}` : '';
}

function digestProblem(pod: Pod, status: ContainerStatus, { digests }: PodRules): Problem | undefined {
  const expected = digests[status.name];
  const running = digestOf(status.imageID);
  if (!expected || !running || running === expected) return undefined;
  return problemOf(pod, 'ImageDigest', `container ${status.name} runs ${running}, not ${expected}`);
}
