import { chooseStage, setTransition } from '../../lib/ops/control';
import { getState } from '../../lib/ops/status';
import { confirm } from '../confirm';
import { exitCode } from '../exit-codes';
import { operate, orFail, type PlaceOptions, pipelineOf } from '../operations';

interface TransitionOptions extends PlaceOptions {
  readonly stage: string;
  readonly reason?: string;
  readonly yes?: boolean;
}

/** Opens or closes the way into a stage. */
export async function transition(
  direction: 'enable' | 'disable',
  wanted: string | undefined,
  options: TransitionOptions,
): Promise<void> {
  await operate(options, async (operations) => {
    const { aws } = operations;
    const pipeline = await pipelineOf(operations, wanted);
    const { stageStates = [] } = orFail(await getState(aws, pipeline));
    const stage = orFail(
      chooseStage(
        stageStates.flatMap(({ stageName }) => stageName ?? []),
        options.stage,
      ),
    );
    await confirm(operations, `${direction} the transition into stage ${stage} of ${pipeline}`, options);
    const change =
      direction === 'enable' ? { enabled: true as const } : { enabled: false as const, reason: options.reason ?? '' };
    orFail(await setTransition(aws, pipeline, stage, change));
    process.stdout.write(`the transition into ${stage} is ${direction}d\n`);
    return exitCode['all done'];
  });
}
