import { systemClock } from '../../lib/local/clock';
import { chooseStage } from '../../lib/ops/control';
import { chooseOverridable, overrideCondition } from '../../lib/ops/override';
import { words } from '../../lib/ops/render-status';
import { readStatus } from '../../lib/ops/status';
import type { StageStatus } from '../../lib/ops/status-view';
import { awaitEnd } from '../await-end';
import { confirm } from '../confirm';
import { exitCode } from '../exit-codes';
import { operate, orFail, type PlaceOptions, pipelineOf } from '../operations';

interface OverrideOptions extends PlaceOptions {
  readonly stage: string;
  readonly wait?: boolean;
  readonly yes?: boolean;
}

/** Lets an execution go on whose stage a condition has failed. */
export async function override(wanted: string | undefined, options: OverrideOptions): Promise<void> {
  await operate(
    options,
    async (operations) => {
      const { aws } = operations;
      const pipeline = await pipelineOf(operations, wanted);
      const { stages } = orFail(await readStatus(aws, pipeline));
      const names = stages.map(({ name }) => name);
      const name = orFail(chooseStage(names, options.stage));
      const chosen = orFail(chooseOverridable(stages[names.indexOf(name)] as StageStatus));
      const { execution, condition } = chosen;
      process.stderr.write(`${pipeline} ${name}: ${words(execution)}\n`);
      for (const rule of condition.rules)
        process.stderr.write(`  ${rule.name} ${rule.status}${rule.reason ? `: ${rule.reason}` : ''}\n`);
      await confirm(operations, `override the ${condition.hook} condition of stage ${name} of ${pipeline}`, options);
      orFail(await overrideCondition(aws, pipeline, name, chosen));
      process.stdout.write(`${execution.execution}\n`);
      return options.wait ? awaitEnd(operations, pipeline, execution.execution, systemClock) : exitCode['all done'];
    },
    true,
  );
}
