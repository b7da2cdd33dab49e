import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workload } from '../objects';
import type { Reason } from '../outcome';
import type { Ports } from '../ports';
import type { Snapshot } from '../verdict';
import { oneLine } from './exits';
import { hideSecrets } from './hide-secrets';
import { eventsAbout } from './pods';
import { type ContainerStatus, lastSeen, type Pod } from './shapes';
import { snapshot } from './snapshot';

export interface EvidenceRequest {
  readonly reason: Reason;
  /** Names of the failing pods; the first five are looked at. */
  readonly pods: readonly string[];
  readonly workloads: readonly Workload[];
  readonly namespace: string;
  /** Gets a folder of its own for this failure, named for its code and object. */
  readonly folder: string;
}

export type EvidencePorts = Pick<Ports, 'kubectl' | 'clock' | 'log'>;

const PODS = 5;
const LINES = 50;
/** Lines of a log, and events of a pod, that are printed. */
const PRINTED = 10;

/**
 * Writes what the cluster knows about a failure: events, pods and workloads described, the last log lines of each failing pod. The
 * essential part is printed. Never fails: what cannot be had is said instead.
 */
export async function collectEvidence(request: EvidenceRequest, ports: EvidencePorts): Promise<void> {
  const { reason, workloads, namespace } = request;
  const folder = join(
    request.folder,
    [reason.code, reason.object]
      .flatMap((part) => part ?? [])
      .join('-')
      .replace(/[^\w.-]+/g, '-'),
  );
  const { log } = ports;
  const write = async (name: string, text: string): Promise<void> => {
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, name), text);
    } catch (error) {
      log.info(`evidence: cannot write ${join(folder, name)}: ${(error as Error).message}`);
    }
  };
  const ask = async (...args: string[]): Promise<string> => {
    const answer = await ports.kubectl.run([...args, '--namespace', namespace], QUICK);
    return answer.ok ? answer.value : `kubectl ${args.join(' ')}: ${answer.errors[0]?.message}\n`;
  };

  await write('events.txt', await ask('get', 'events', '--sort-by=.lastTimestamp'));
  await write('pods.txt', await ask('get', 'pods', '--output', 'wide'));
  for (const { kind, name } of workloads) {
    await write(`${kind}-${name}.describe.txt`, hideSecrets(await ask('describe', kind.toLowerCase(), name)));
  }
  const seen = await snapshot(workloads, namespace, ports.kubectl, ports.clock);
  for (const name of [...new Set(request.pods)].slice(0, PODS)) {
    await write(`${name}.describe.txt`, hideSecrets(await ask('describe', 'pod', name)));
    const pod = seen.ok
      ? (seen.value.pods.find(({ metadata }) => metadata.name === name) as Pod | undefined)
      : undefined;
    if (!seen.ok || !pod) {
      log.info(`Pod/${name} is gone; its events may be in ${join(folder, 'events.txt')}`);
      continue;
    }
    log.info(`── Pod/${name}`);
    for (const line of warningsOf(pod, seen.value)) log.info(`   ${line}`);
    for (const { container, previous } of logsOf(pod)) {
      const text = await ask(
        'logs',
        name,
        '--container',
        container,
        `--tail=${LINES}`,
        ...(previous ? ['--previous'] : []),
      );
      await write(`${name}.${container}${previous ? '.previous' : ''}.log`, text);
      const lines = text.trimEnd().split('\n').slice(-PRINTED);
      if (lines.join('') === '') continue;
      log.info(`   last words of container ${container}${previous ? ', before it was started again' : ''}:`);
      for (const line of lines) log.info(`   | ${line}`);
    }
  }
  log.info(`evidence: ${folder}`);
}

/** The cluster may be in a bad way: evidence is not worth a long wait. */
const QUICK = { quiet: true, retry: false, timeoutSeconds: 15 };

const warningsOf = (pod: Pod, seen: Snapshot): readonly string[] =>
  [...eventsAbout(seen, pod)]
    .filter(({ type }) => type === 'Warning')
    .sort((a, b) => lastSeen(a) - lastSeen(b))
    .slice(-PRINTED)
    .map(({ reason, message = '' }) => `${reason}: ${oneLine(message)}`);

/** Logs that there can be: of containers that ran. */
function logsOf(pod: Pod): readonly { readonly container: string; readonly previous: boolean }[] {
  const statuses: readonly ContainerStatus[] = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  return statuses.flatMap(({ name, state, lastState, restartCount = 0 }) => [
    ...(lastState?.terminated || restartCount > 0 ? [{ container: name, previous: true }] : []),
    ...(state?.running || state?.terminated ? [{ container: name, previous: false }] : []),
  ]);
}
