import { systemClock } from '../../lib/local/clock';
import { chooseRetry, retryStage } from '../../lib/ops/retry';
import { readStatus } from '../../lib/ops/status';
import { awaitEnd } from '../await-end';
import { confirm } from '../confirm';
import { exitCode } from '../exit-codes';
import { operate, orFail, type PlaceOptions, pipelineOf } from '../operations';

interface RetryOptions extends PlaceOptions {
  readonly stage?: string;
  readonly all?: boolean;
  readonly from?: string;
  readonly wait?: boolean;
  readonly yes?: boolean;
}

/** Lets a failed execution go on. */
export async function retry(wanted: string | undefined, options: RetryOptions): Promise<void> {
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
