import type { ContainerLog, LogLine } from '../kubelet/log';
import { badRequest } from '../status';
import type { Pod } from '../types';
import { type Exchange, sendStatus } from './request';

/** Where a container's log is; undefined: it has none (yet). */
export type LogSource = (pod: Pod, container: string) => ContainerLog | undefined;

/** `GET …/pods/<pod>/log` with container, previous, follow, tailLines, sinceSeconds, sinceTime, timestamps, limitBytes. */
export function sendLog(exchange: Exchange, pod: Pod, source: LogSource): void {
  const { response, query, signal } = exchange;
  const { containers, initContainers = [] } = pod.spec;
  const name = query.get('container') ?? containers[0]?.name ?? '';
  const where = `container "${name}" in pod "${pod.metadata.name}"`;
  if (!query.get('container') && containers.length > 1) {
    const names = containers.map((c) => c.name).join(' ');
    return sendStatus(
      response,
      badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names}]`),
    );
  }
  if (![...containers, ...initContainers].some((c) => c.name === name)) {
    return sendStatus(response, badRequest(`container ${name} is not valid for pod ${pod.metadata.name}`));
  }
  const log = source(pod, name);
  const previous = query.get('previous') === 'true';
  if (previous && !log?.hasPrevious()) {
    return sendStatus(response, badRequest(`previous terminated ${where} not found`));
  }
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const waiting = statuses.find((s) => s.name === name)?.state.waiting;
  const lines = log?.read(previous) ?? [];
  if (lines.length === 0 && waiting && waiting.reason !== 'CrashLoopBackOff') {
    return sendStatus(response, badRequest(`${where} is waiting to start: ${waiting.reason}`));
  }
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.flushHeaders();
  const text = render(select(lines, query), query);
  response.write(query.has('limitBytes') ? Buffer.from(text).subarray(0, Number(query.get('limitBytes'))) : text);
  const running = statuses.find((s) => s.name === name)?.state.running;
  if (query.get('follow') !== 'true' || !log || !running || previous) {
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
