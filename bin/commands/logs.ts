import { systemClock } from '../../lib/local/clock';
import { type Execution, isRunning, listExecutions } from '../../lib/ops/executions';
import { showLogs } from '../../lib/ops/follow';
import { words } from '../../lib/ops/render-status';
import { getState } from '../../lib/ops/status';
import { columns, noSuch } from '../../lib/ops/text';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { journalLogs, listJournals, restOfLog } from '../journal-logs';
import { isOffline, type Operations, operate, orFail, type PlaceOptions, pipelinesOf } from '../operations';
import { locateConfig, stateFolder } from '../project';
import { choosePaint } from '../reporter';

interface LogsOptions extends PlaceOptions {
  /** An older name of `execution`; of a past run on this machine. */
  readonly run?: string;
  readonly execution?: string;
  readonly pipeline?: string;
  readonly list?: boolean;
  readonly follow?: boolean;
}

/**
 * Prints what actions wrote; or lists executions. Past runs of this machine are read from their journals; what runs now, here or on
 * AWS, from CloudWatch Logs.
 */
export async function logs(action: string | undefined, options: LogsOptions): Promise<void> {
  if (options.run !== undefined || isOffline(options)) return past(action, options);
  await operate(
    options,
    async (operations) => {
      if (options.list) return list(operations, options);
      return show(operations, action, options);
    },
    true,
  );
}

async function past(action: string | undefined, options: LogsOptions): Promise<void> {
  if (options.follow)
    throw new Failure(
      'nothing runs in this project that could be followed: `slipway logs` shows the last run, --aws follows on AWS',
      exitCode['the operation is refused, or its service cannot be reached'],
    );
  const runs = `${stateFolder(locateConfig(options))}/runs`;
  if (options.list) return listJournals(runs);
  return journalLogs(runs, action, options.run ?? options.execution);
}

interface Found extends Execution {
  readonly pipeline: string;
}

/** Newest first, of all pipelines that are meant. */
async function executionsOf(operations: Operations, { pipeline }: LogsOptions): Promise<readonly Found[]> {
  const all: Found[] = [];
  for (const name of await pipelinesOf(operations, pipeline))
    all.push(...orFail(await listExecutions(operations.aws, name)).map((each) => ({ ...each, pipeline: name })));
  return all.sort((a, b) => ((a.started ?? '') < (b.started ?? '') ? 1 : -1));
}

async function list(operations: Operations, options: LogsOptions): Promise<number> {
  const rows = (await executionsOf(operations, options)).map((each) => [
    each.execution,
    each.started ?? '',
    each.pipeline,
    each.status,
    words(each, false),
  ]);
  process.stdout.write(
    columns(rows)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return exitCode['all done'];
}

async function show(operations: Operations, action: string | undefined, options: LogsOptions): Promise<number> {
  const { aws, signal } = operations;
  const { pipeline, execution } = choose(await executionsOf(operations, options), options);
  if (action !== undefined) await checkAction(operations, pipeline, action);
  const single = action?.includes('/') ?? false;
  const paint = choosePaint();
  const { follow = false } = options;
  const request = { pipeline, execution, wanted: wanting(action), follow, single, clock: systemClock, signal };
  const counts = new Map<string, number>();
  const line = (name: string, text: string) => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    process.stdout.write(single && name === action ? `${text}\n` : `${paint.dim(`${name} │`)} ${text}\n`);
  };
  const shown = await showLogs(aws, request, { line, note: (text) => process.stderr.write(`${text}\n`) });
  if (!shown.ok && shown.errors[0]?.kind === 'stopped') return exitCode['stopped by Ctrl-C'];
  // `slipway run` ends with its execution, and the endpoint with it: the journal has the rest.
  const isGone = aws.kind === 'local' && !shown.ok && shown.errors[0]?.kind === 'unreachable';
  const rest = (name: string, text: string) => request.wanted(name) && line(name, text);
  const last = isGone ? restOfLog(`${operations.state}/runs`, execution, new Map(counts), rest) : undefined;
  if (last === 'InProgress')
    throw new Failure(
      `whatever ran execution ${execution} has ended before it: \`slipway resume\` goes on with it`,
      exitCode['the operation is refused, or its service cannot be reached'],
    );
  const status = last ?? orFail(shown).status;
  return !follow || status === 'Succeeded' ? exitCode['all done'] : exitCode['the pipeline failed'];
}

/** `Stage/Action`, or a stage. */
const wanting =
  (action: string | undefined) =>
  (name: string): boolean =>
    action === undefined || name === action || name.startsWith(`${action}/`);

/** The execution that is meant; without a word the newest, and to follow the newest that runs. */
function choose(all: readonly Found[], { execution: wanted, follow }: LogsOptions): Found {
  const fits = wanted === undefined ? all : all.filter(({ execution }) => execution.startsWith(wanted));
  const found = (follow && wanted === undefined ? fits.find(isRunning) : undefined) ?? fits[0];
  if (found) return found;
  throw new Failure(
    wanted === undefined
      ? 'there is no execution yet: `slipway start` makes one'
      : `no execution ${wanted}; \`slipway logs --list\` shows them`,
    exitCode['usage, configuration or template is wrong'],
  );
}

async function checkAction({ aws }: Operations, pipeline: string, action: string): Promise<void> {
  const { stageStates = [] } = orFail(await getState(aws, pipeline));
  const names = stageStates.flatMap(({ stageName = '', actionStates = [] }) => [
    stageName,
    ...actionStates.map(({ actionName }) => `${stageName}/${actionName}`),
  ]);
  if (names.includes(action)) return;
  throw new Failure(
    noSuch(
      `action in ${pipeline}:`,
      action,
      names.filter((name) => name.includes('/')),
    ),
    exitCode['usage, configuration or template is wrong'],
  );
}
