import { err, ok, type Result } from '../result';
import { type ActionExecution, listActions } from './actions';
import type { Aws } from './aws';
import { type Execution, getExecution, isRunning } from './executions';
import { type LogReader, StreamReader, WindowReader } from './log-reader';
import { type ActionLog, actionLogs } from './log-streams';
import type { OpsError } from './ops-error';
import { pollDelay, type Sleeper } from './poll';

/** Whoever shows a log. */
export interface LogSink {
  /** `action`: `Stage/Action`, with `/part` for a build of a batch. */
  line(action: string, text: string): void;
  /** What is no output of an action: that it began, ended, waits for an approval. */
  note(text: string): void;
}

export interface LogRequest {
  readonly pipeline: string;
  readonly execution: string;
  /** Which actions. */
  readonly wanted: (action: string) => boolean;
  /** Go on until the execution, or everything wanted of it, has ended. */
  readonly follow: boolean;
  /** One action alone is wanted: its end is the end. */
  readonly single: boolean;
  readonly clock: Sleeper;
  readonly signal: AbortSignal;
}

/** CloudWatch Logs shows a line some seconds after it was written; so many looks in vain after its end say that a log is whole. */
const LOOKS_AFTER_END = { aws: 3, local: 1 } as const;

/** So many looks in a row may fail for the network's or for throttling's sake. */
const MOST_FAILURES = 8;

interface Followed {
  readonly name: string;
  /** By the name under which its lines are shown, and its stream's. */
  readonly readers: Map<string, { readonly name: string; readonly reader: LogReader }>;
  run: ActionExecution;
  /** Looks without a line since the action ended. */
  quiet: number;
  done: boolean;
  log?: ActionLog;
}

/** Shows the logs of an execution's actions: what is there, or with `follow` all that comes. Gives how what was wanted ended. */
export async function showLogs(
  aws: Aws,
  request: LogRequest,
  sink: LogSink,
): Promise<Result<{ readonly status: string; readonly shown: number }, OpsError>> {
  const { follow, clock, signal } = request;
  const followed = new Map<string, Followed>();
  let unchanged = 0;
  let failures = 0;
  while (!signal.aborted) {
    const looked = await look(aws, request, followed, sink);
    if (!looked.ok) {
      const [error] = looked.errors;
      const isPassing = error?.kind === 'throttled' || (error?.kind === 'unreachable' && aws.kind === 'aws');
      if (!follow || !isPassing || ++failures > MOST_FAILURES) return looked;
      unchanged++;
    } else {
      failures = 0;
      unchanged = looked.value.news ? 0 : unchanged + 1;
      const { ended } = looked.value;
      if (!follow || ended !== undefined) return ok({ status: ended ?? '', shown: followed.size });
    }
    await clock.sleep(pollDelay(aws.kind, unchanged), signal);
  }
  return err({ kind: 'stopped', message: 'stopped' });
}

/** One look at the execution and at every log that is not at its end. `ended`: the status, once there is nothing more to come. */
async function look(
  aws: Aws,
  request: LogRequest,
  followed: Map<string, Followed>,
  sink: LogSink,
): Promise<Result<{ readonly news: boolean; readonly ended?: string }, OpsError>> {
  const { pipeline, execution: id, wanted, follow, single } = request;
  // In this order: what an execution that has ended has run is then all in the list.
  const execution = await getExecution(aws, pipeline, id);
  if (!execution.ok) return execution;
  const listed = await listActions(aws, pipeline, id);
  if (!listed.ok) return listed;
  const runs = listed.value.filter(({ stage, action }) => wanted(`${stage}/${action}`));
  let news = false;
  for (const run of runs) news = meet(run, followed, request, sink) || news;

  const open = [...followed.values()].filter((each) => !each.done);
  const logs = await actionLogs(
    aws,
    open.map(({ run }) => run),
  );
  if (!logs.ok) return logs;
  for (const each of open) {
    each.log = logs.value.get(each.run.id);
    openReaders(aws, each);
  }
  const read = await readAll(open, sink, follow);
  if (!read.ok) return read;
  for (const each of open) settle(each, read.value.has(each), follow ? LOOKS_AFTER_END[aws.kind] : 0, sink);
  const status = endOf(execution.value, runs, [...followed.values()], single);
  return ok({ news: news || read.value.size > 0, ...(status !== undefined && { ended: status }) });
}

/** A reader for every log of the action that has none yet. */
function openReaders(aws: Aws, each: Followed): void {
  const { streams = [], window } = each.log ?? {};
  for (const stream of streams) {
    if (each.readers.has(stream.stream)) continue;
    const name = stream.part === undefined ? each.name : `${each.name}/${stream.part}`;
    each.readers.set(stream.stream, { name, reader: new StreamReader(aws, stream) });
  }
  if (window === undefined || each.readers.has(window.group)) return;
  const end = () => (each.run.ended === undefined ? undefined : Date.parse(each.run.ended));
  each.readers.set(window.group, { name: each.name, reader: new WindowReader(aws, window, end) });
}

/** Takes in a run of an action, or what has become of it; true: there was news. */
function meet(
  run: ActionExecution,
  followed: Map<string, Followed>,
  { pipeline, follow }: LogRequest,
  sink: LogSink,
): boolean {
  const name = `${run.stage}/${run.action}`;
  const before = followed.get(run.id);
  if (before) {
    const isNews = before.run.status !== run.status;
    before.run = run;
    return isNews;
  }
  followed.set(run.id, { name, readers: new Map(), run, quiet: 0, done: false });
  if (follow && run.category === 'Approval' && run.status === 'InProgress')
    sink.note(`${name} waits for approval: slipway approve ${pipeline} ${name}`);
  return true;
}

/** Reads on in every open log; followed logs are mixed in the order of their time. Gives those that had lines. */
async function readAll(
  open: readonly Followed[],
  sink: LogSink,
  follow: boolean,
): Promise<Result<ReadonlySet<Followed>, OpsError>> {
  const had = new Set<Followed>();
  const mixed: { readonly time: number; readonly name: string; readonly text: string }[] = [];
  for (const each of open)
    for (const { name, reader } of each.readers.values()) {
      const lines = await reader.next();
      if (!lines.ok) return lines;
      if (lines.value.length > 0) had.add(each);
      for (const { time, text } of lines.value)
        if (follow) mixed.push({ time, name, text });
        else sink.line(name, text);
    }
  mixed.sort((a, b) => a.time - b.time);
  for (const { name, text } of mixed) sink.line(name, text);
  return ok(had);
}

/** Whether there is more to come of a log. */
function settle(each: Followed, hadLines: boolean, looks: number, sink: LogSink): void {
  if (each.run.status === 'InProgress') return;
  each.quiet = hadLines ? 0 : each.quiet + 1;
  if (each.log?.without === undefined && each.quiet < looks) return;
  each.done = true;
  const { status, error, summary, provider } = each.run;
  const reason = error ?? (status === 'Succeeded' ? undefined : summary);
  const isMissing = each.readers.size > 0 && [...each.readers.values()].every(({ reader }) => !reader.exists);
  const about = isMissing ? ' (its log is gone, or was never written)' : '';
  sink.note(
    `${each.name}: ${status}${provider === 'CodeBuild' || !provider ? '' : ` (${provider})`}${about}${reason ? `: ${reason}` : ''}`,
  );
}

function endOf(
  execution: Execution,
  runs: readonly ActionExecution[],
  followed: readonly Followed[],
  single: boolean,
): string | undefined {
  if (followed.some(({ done }) => !done)) return undefined;
  const last = runs.at(-1);
  if (single && last) return last.status;
  return isRunning(execution) ? undefined : execution.status;
}
