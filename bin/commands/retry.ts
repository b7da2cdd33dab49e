import { systemClock } from '../../lib/local/clock';
import { chooseRetry, retryStage } from '../../lib/ops/retry';
import { readStatus } from '../../lib/ops/status';
import { awaitEnd } from '../await-end';
import { confirm } from '../confirm';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { type LocalRetryOptions, retryHere } from '../local-retry';
import { isOffline, operate, orFail, type PlaceOptions, pipelineOf } from '../operations';

interface RetryOptions extends PlaceOptions, LocalRetryOptions {
  readonly wait?: boolean;
  readonly yes?: boolean;
}

/** Lets a failed execution go on: where nothing runs in the project, the last `slipway run`, in this process. */
export async function retry(wanted: string | undefined, options: RetryOptions): Promise<void> {
  if (isOffline(options)) return retryHere(wanted, options);
  refuseRunOptions(options);
  await operate(
    options,
    async (operations) => {
      const pipeline = await pipelineOf(operations, wanted);
      const chosen = orFail(chooseRetry(orFail(await readStatus(operations.aws, pipeline)), options));
      const which = chosen.mode === 'ALL_ACTIONS' ? 'all actions' : 'the failed actions';
      const words = `retry ${which} of stage ${chosen.stage} of ${pipeline}, execution ${chosen.execution}`;
      await confirm(operations, words, options);
      const execution = orFail(await retryStage(operations.aws, pipeline, chosen));
      process.stdout.write(`${execution}\n`);
      return options.wait ? awaitEnd(operations, pipeline, execution, systemClock) : exitCode['all done'];
    },
    true,
  );
}

const RUN_OPTIONS = [
  'dirty',
  'keep',
  'approve',
  'context',
  'executor',
  'executorImage',
  'pauseOnFailure',
  'realTime',
  'verbose',
  'json',
] as const satisfies readonly (keyof LocalRetryOptions)[];

/** Options of a run in this process mean nothing to one that goes on elsewhere. */
function refuseRunOptions(options: LocalRetryOptions): void {
  const given = RUN_OPTIONS.filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  const names = given.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`).join(', ');
  throw new Failure(
    `${names}: only for a retry in this process, when nothing runs in the project`,
    exitCode['usage, configuration or template is wrong'],
  );
}
