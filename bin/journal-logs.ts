import { type PastRun, readHistory } from '../lib/local/history';
import { readJournal } from '../lib/local/journal';
import { linesOf, prefixed } from '../lib/local/output-text';
import { duration } from '../lib/local/reporters/format';
import { runState } from '../lib/local/run-state';
import { exitCode } from './exit-codes';
import { Failure } from './failure';

/** Prints what an action, or a whole run, wrote; from the journals in `runs` (`.slipway/runs`), when nothing runs. */
export async function journalLogs(runs: string, action: string | undefined, prefix: string | undefined): Promise<void> {
  const run = await choose(runs, prefix);
  const journal = readJournal(`${run.folder}/journal.jsonl`);
  if (!journal.ok) throw new Failure(journal.errors.join('\n'), exitCode['slipway itself broke']);

  const known = run.state.stages.flatMap((stage) => stage.actions.map(({ id }) => id));
  if (action !== undefined && !known.includes(action)) {
    throw new Failure(
      `no action ${action} in this run; there are: ${known.join(', ')}`,
      exitCode['usage, configuration or template is wrong'],
    );
  }
  for (const event of journal.value) {
    if (event.kind !== 'output' || (action !== undefined && event.action !== action)) continue;
    process.stdout.write(`${action === undefined ? prefixed(`${event.action} │ `, event.text) : event.text}\n`);
  }
}

/**
 * The rest of a log that was followed until the Slipway that ran it ended: what the journal has beyond the lines that were shown of
 * each action. Gives how the execution is.
 */
export function restOfLog(
  runs: string,
  execution: string,
  shown: ReadonlyMap<string, number>,
  line: (action: string, text: string) => void,
): string | undefined {
  const journal = readJournal(`${runs}/${execution}/journal.jsonl`);
  if (!journal.ok) return undefined;
  const seen = new Map<string, number>();
  for (const event of journal.value) {
    if (event.kind !== 'output') continue;
    const before = seen.get(event.action) ?? 0;
    const lines = linesOf(event.text);
    seen.set(event.action, before + lines.length);
    for (const text of lines.slice(Math.max(0, (shown.get(event.action) ?? 0) - before))) line(event.action, text);
  }
  return runState(journal.value).status;
}

async function choose(runs: string, prefix: string | undefined): Promise<PastRun> {
  for await (const run of readHistory(runs).runs()) {
    if (prefix === undefined || run.execution.startsWith(prefix)) return run;
  }
  throw new Failure(
    prefix === undefined
      ? 'there is no run yet: `slipway run` makes one'
      : `no run ${prefix}; \`slipway logs --list\` shows them`,
    exitCode['usage, configuration or template is wrong'],
  );
}

export async function listJournals(runs: string): Promise<void> {
  for await (const { execution, state } of readHistory(runs).runs()) {
    const time =
      state.startedAt && state.endedAt ? duration(Date.parse(state.endedAt) - Date.parse(state.startedAt)) : '';
    process.stdout.write(
      `${execution}  ${state.startedAt ?? ''}  ${state.pipeline}  ${state.type === 'ROLLBACK' ? 'rollback ' : ''}${state.status}  ${time}\n`,
    );
  }
}
