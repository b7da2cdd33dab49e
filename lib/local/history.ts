import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJournal, readJournal } from './journal';
import { type RunState, runState } from './run-state';

/** The executions of the past, newest first. Read lazily: a journal is opened when its turn comes. */
export interface History {
  runs(): AsyncIterable<PastRun>;
}

export interface PastRun {
  readonly execution: string;
  /** Absolute path of the run's folder; `journal.jsonl` and `artifacts/` are in it. */
  readonly folder: string;
  readonly state: RunState;
}

export const JOURNAL = 'journal.jsonl';

/** Longest first record that is looked at to find when a run started. */
const HEAD_BYTES = 64 * 1024;

/**
 * The runs below `folder` (`.slipway/runs`). A folder without a readable journal is told to `onUnreadable` and left out; no such
 * folder means no runs.
 */
export function readHistory(folder: string, onUnreadable: (reason: string) => void = () => {}): History {
  return {
    async *runs() {
      for (const { name } of await newestFirst(folder)) {
        const journal = readJournal(join(folder, name, JOURNAL));
        if (!journal.ok) for (const reason of journal.errors) onUnreadable(reason);
        else if (journal.value.length > 0)
          yield { execution: name, folder: join(folder, name), state: runState(journal.value) };
      }
    },
  };
}

async function newestFirst(folder: string): Promise<{ name: string; started: string }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });
  const runs = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) => ({ name, started: await startTime(join(folder, name, JOURNAL)) })),
  );
  const order = (a: string, b: string) => (a < b ? 1 : a > b ? -1 : 0);
  return runs.sort((a, b) => order(a.started, b.started) || order(a.name, b.name));
}

/** Time of the first event; empty, so last, where there is none. */
async function startTime(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split('\n');
    const first = parseJournal(line, path);
    return first.ok ? (first.value[0]?.time ?? '') : '';
  } finally {
    await file.close();
  }
}
