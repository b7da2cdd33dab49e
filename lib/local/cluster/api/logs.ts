import { ok } from '../../../result';
import type { ContainerLog, LogLine } from '../kubelet/log';
import { type Answer, badRequest, refuse } from '../status';
import type { Pod } from '../types';
import { type Exchange, sendStatus } from './request';

/** Where a container's log is; undefined: it has none (yet). */
export type LogSource = (pod: Pod, container: string) => ContainerLog | undefined;

/** `GET …/pods/<pod>/log` with container, previous, follow, tailLines, sinceSeconds, sinceTime, timestamps, limitBytes. */
export function sendLog(exchange: Exchange, pod: Pod, source: LogSource): void {
  const answer = readLog(exchange.query, pod, source);
  if (answer.ok) stream(exchange, answer.value);
  else sendStatus(exchange.response, answer.errors[0] ?? badRequest('no log'));
}

interface Found {
  readonly log: ContainerLog | undefined;
  readonly lines: readonly LogLine[];
  /** Whether more will come. */
  readonly open: boolean;
}

function readLog(query: URLSearchParams, pod: Pod, source: LogSource): Answer<Found> {
  const { containers, initContainers = [] } = pod.spec;
  const name = query.get('container') ?? containers[0]?.name ?? '';
  const where = `container "${name}" in pod "${pod.metadata.name}"`;
  if (!query.get('container') && containers.length > 1) {
    const names = containers.map((c) => c.name).join(' ');
    return refuse(
      badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names}]`),
    );
  }
  if (![...containers, ...initContainers].some((c) => c.name === name)) {
    return refuse(badRequest(`container ${name} is not valid for pod ${pod.metadata.name}`));
  }
  const log = source(pod, name);
  const previous = query.get('previous') === 'true';
  if (previous && !log?.hasPrevious()) {
    return refuse(badRequest(`previous terminated ${where} not found`));
  }
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const waiting = statuses.find((s) => s.name === name)?.state.waiting;
  const lines = log?.read(previous) ?? [];
  if (lines.length === 0 && waiting && waiting.reason !== 'CrashLoopBackOff') {
    return refuse(badRequest(`${where} is waiting to start: ${waiting.reason}`));
  }
  const running = statuses.find((s) => s.name === name)?.state.running !== undefined;
  return ok({ log, lines: select(lines, query), open: running && !previous });
}

function stream({ response, query, signal }: Exchange, { log, lines, open }: Found): void {
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.flushHeaders();
  const text = render(lines, query);
  response.write(query.has('limitBytes') ? Buffer.from(text).subarray(0, Number(query.get('limitBytes'))) : text);
  if (query.get('follow') !== 'true' || !log || !open) {
    response.end();
    return;
  }
  const unfollow = log.follow((line) => {
    if (line) response.write(render([line], query));
    else end();
  });
  const end = () => {
    unfollow();
    signal.removeEventListener('abort', end);
    if (!response.writableEnded) response.end();
  };
  signal.addEventListener('abort', end, { once: true });
}

function select(lines: readonly LogLine[], query: URLSearchParams): readonly LogLine[] {
  const seconds = query.get('sinceSeconds');
  const since = seconds ? Date.now() - Number(seconds) * 1000 : Date.parse(query.get('sinceTime') ?? '');
  const recent = Number.isNaN(since) ? lines : lines.filter((line) => Date.parse(line.time) >= since);
  const tail = query.get('tailLines');
  return tail === null ? recent : Number(tail) === 0 ? [] : recent.slice(-Number(tail));
}

const render = (lines: readonly LogLine[], query: URLSearchParams): string =>
  lines.map((line) => `${query.get('timestamps') === 'true' ? `${line.time} ` : ''}${line.text}\n`).join('');
