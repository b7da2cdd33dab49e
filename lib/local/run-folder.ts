import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
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

/** Makes the folder and the journal of a run below `runs` (`.slipway/runs`), or takes them up again. Throws if it can't. */
export function openRun(runs: string, execution: string = randomUUID()): Run {
  const folder = resolve(runs, execution);
  mkdirSync(join(folder, 'artifacts'), { recursive: true });
  return { execution, folder, journal: openJournal(join(folder, JOURNAL)) };
}
