import { type PastRun, readHistory } from '../../lib/local/history';
import { readJournal } from '../../lib/local/journal';
import { duration } from '../../lib/local/reporters/format';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { type GlobalOptions, locateConfig, stateFolder } from '../project';

interface LogsOptions extends GlobalOptions {
  readonly run?: string;
  readonly list?: boolean;
}

/** Prints what an action, or a whole run, wrote; or lists the runs. */
export async function logs(action: string | undefined, options: LogsOptions): Promise<void> {
  const runs = `${stateFolder(locateConfig(options))}/runs`;
  if (options.list) return list(runs);
  const run = await choose(runs, options.run);
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
    process.stdout.write(action === undefined ? `${event.action} │ ${event.line}\n` : `${event.line}\n`);
  }
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

async function list(runs: string): Promise<void> {
  for await (const { execution, state } of readHistory(runs).runs()) {
    const time =
      state.startedAt && state.endedAt ? duration(Date.parse(state.endedAt) - Date.parse(state.startedAt)) : '';
    process.stdout.write(
      `${execution}  ${state.startedAt ?? ''}  ${state.pipeline}  ${state.type === 'ROLLBACK' ? 'rollback ' : ''}${state.status}  ${time}\n`,
    );
  }
}
