import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { JOURNAL } from './history';
import { type Journal, openJournal } from './journal';

/** One execution's identity and where it keeps what it makes. */
export interface Run {
  /** A UUID, as CodePipeline's execution ids. */
  readonly execution: string;
  /** Absolute path: `journal.jsonl`, `artifacts/<name>.zip`, `builds/<Stage>-<Action>/`. */
  readonly folder: string;
  readonly journal: Journal;
}

/** Makes the folder and the journal of a new run below `runs` (`.slipway/runs`). */
export async function openRun(runs: string, execution: string = randomUUID()): Promise<Run> {
  const folder = resolve(runs, execution);
  await mkdir(join(folder, 'artifacts'), { recursive: true });
  return { execution, folder, journal: openJournal(join(folder, JOURNAL)) };
}
