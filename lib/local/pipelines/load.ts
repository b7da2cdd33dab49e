import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { JOURNAL } from '../history';
import { parseJournal } from '../journal';
import type { Plan } from '../plan';
import { RunFold } from '../run-state';
import { Tracked } from './tracked';

/** The executions of a pipeline below `runs`, oldest first. What can't be read is told and left out. */
export async function loadExecutions(
  runs: string,
  plan: Plan,
  onUnreadable: (reason: string) => void,
): Promise<Tracked[]> {
  const entries = await readdir(runs, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });
  const found: Tracked[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const folder = resolve(runs, entry.name);
    const path = join(folder, JOURNAL);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined || !isOf(text, plan.pipeline)) continue;
    // One that is unfinished is read once and for all.
    const isEnded = hasEnded(text);
    const events = parseJournal(text, path, { withoutOutput: isEnded });
    if (!events.ok) for (const reason of events.errors) onUnreadable(reason);
    else if (events.value[0]?.kind === 'pipeline-started') {
      const fold = new RunFold();
      for (const event of events.value) fold.add(event);
      const updated = events.value.at(-1)?.time ?? '';
      found.push(new Tracked(plan, entry.name, folder, fold.state, updated, isEnded ? undefined : fold));
    }
  }
  const order = (a: Tracked, b: Tracked) => {
    const [one, other] = [a.brief, b.brief];
    if (one.order > 0 && other.order > 0) return one.order - other.order;
    return one.started < other.started ? -1 : one.started > other.started ? 1 : a.id < b.id ? -1 : 1;
  };
  return found.sort(order);
}

/** Whether the last whole record tells the end. */
function hasEnded(text: string): boolean {
  const end = text.lastIndexOf('\n');
  const [last] = parseable(text.slice(text.lastIndexOf('\n', end - 1) + 1, end + 1));
  return last?.kind === 'pipeline-ended';
}

/** Whether a journal is of this pipeline, by its first record. */
function isOf(text: string, pipeline: string): boolean {
  const [first] = parseable(text.slice(0, text.indexOf('\n') + 1 || text.length));
  return first?.kind === 'pipeline-started' && first.pipeline === pipeline;
}

function parseable(line: string) {
  const events = parseJournal(line, '');
  return events.ok ? events.value : [];
}
