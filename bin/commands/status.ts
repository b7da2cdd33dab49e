import { systemClock } from '../../lib/local/clock';
import type { OpsError } from '../../lib/ops/ops-error';
import { pollDelay } from '../../lib/ops/poll';
import { renderStatus } from '../../lib/ops/render-status';
import { readStatus } from '../../lib/ops/status';
import type { PipelineStatus } from '../../lib/ops/status-view';
import { ok, type Result } from '../../lib/result';
import { exitCode } from '../exit-codes';
import { type Operations, operate, orFail, type PlaceOptions, pipelinesOf } from '../operations';
import { choosePaint } from '../reporter';

interface StatusOptions extends PlaceOptions {
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly exitStatus?: boolean;
}

/** Shows how pipelines are. Ends with 0, whatever they are; with --exit-status 1 if the last execution of one did not succeed. */
export async function status(pipeline: string | undefined, options: StatusOptions): Promise<void> {
  await operate(
    options,
    async (operations) => {
      const names = await pipelinesOf(operations, pipeline);
      if (options.watch) return watch(operations, names, options);
      const all = orFail(await readAll(operations, names));
      print(all, operations, options);
      return options.exitStatus ? exitStatus(all) : exitCode['all done'];
    },
    true,
  );
}

async function readAll({ aws }: Operations, names: readonly string[]): Promise<Result<PipelineStatus[], OpsError>> {
  const all: PipelineStatus[] = [];
  for (const name of names) {
    const one = await readStatus(aws, name);
    if (!one.ok) return one;
    all.push(one.value);
  }
  return ok(all);
}

function print(all: readonly PipelineStatus[], operations: Operations, options: StatusOptions): void {
  const text = options.json ? JSON.stringify({ pipelines: all }, null, options.watch ? 0 : 2) : render(all, operations);
  process.stdout.write(`${text}\n`);
}

function render(all: readonly PipelineStatus[], { options }: Operations): string {
  const screen = { columns: process.stdout.columns || 80, paint: choosePaint(), now: new Date(), options };
  return all.map((one) => renderStatus(one, screen).join('\n')).join('\n\n');
}

/** Again and again until Ctrl-C: a terminal is redrawn, elsewhere a change is printed. What fails is told and tried again later. */
async function watch(operations: Operations, names: readonly string[], options: StatusOptions): Promise<number> {
  const { signal, aws } = operations;
  let unchanged = 0;
  let before = '';
  while (!signal.aborted) {
    const all = await readAll(operations, names);
    if (signal.aborted) break;
    const now = JSON.stringify(all);
    unchanged = now === before ? unchanged + 1 : 0;
    if (!all.ok) {
      const [error] = all.errors;
      if (error?.kind !== 'throttled' && error?.kind !== 'unreachable') orFail(all);
      process.stderr.write(`${error?.message}\n`);
    } else if (process.stdout.isTTY && !options.json) {
      process.stdout.write(`\u001b[H\u001b[2J${render(all.value, operations)}\n`);
    } else if (unchanged === 0) print(all.value, operations, options);
    before = now;
    await systemClock.sleep(pollDelay(aws.kind, unchanged), signal);
  }
  return exitCode['stopped by Ctrl-C'];
}

const exitStatus = (all: readonly PipelineStatus[]): number =>
  all.every(({ executions: [last] }) => last === undefined || last.status === 'Succeeded')
    ? exitCode['all done']
    : exitCode['the pipeline failed'];
