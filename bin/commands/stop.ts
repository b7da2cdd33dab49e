import { chooseRunning, stopExecution } from '../../lib/ops/control';
import { listExecutions } from '../../lib/ops/executions';
import { confirm } from '../confirm';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { operate, orFail, type PlaceOptions, pipelineOf } from '../operations';

interface StopOptions extends PlaceOptions {
  readonly execution?: string;
  readonly abandon?: boolean;
  readonly reason?: string;
  readonly yes?: boolean;
}

/** API StopPipelineExecutionReason. */
const LONGEST_REASON = 200;

/** Stops an execution: what runs may finish, or with --abandon is left to itself; nothing new starts. */
export async function stop(wanted: string | undefined, options: StopOptions): Promise<void> {
  const { reason, abandon = false } = options;
  if (reason !== undefined && reason.length > LONGEST_REASON)
    throw new Failure(
      `--reason: at most ${LONGEST_REASON} characters, these are ${reason.length}`,
      exitCode['usage, configuration or template is wrong'],
    );
  await operate(options, async (operations) => {
    const { aws } = operations;
    const pipeline = await pipelineOf(operations, wanted);
    const { execution } = orFail(chooseRunning(orFail(await listExecutions(aws, pipeline)), options.execution));
    await confirm(
      operations,
      `${abandon ? 'stop and abandon' : 'stop'} execution ${execution} of ${pipeline}`,
      options,
    );
    orFail(await stopExecution(aws, pipeline, execution, { abandon, ...(reason !== undefined && { reason }) }));
    process.stdout.write(`${execution} is stopping\n`);
    return exitCode['all done'];
  });
}
