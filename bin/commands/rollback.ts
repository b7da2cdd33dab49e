import { systemClock } from '../../lib/local/clock';
import { chooseStage } from '../../lib/ops/control';
import { words } from '../../lib/ops/render-status';
import { type Candidate, chooseTarget, rollbackCandidates, rollbackStage } from '../../lib/ops/rollback';
import { readStatus } from '../../lib/ops/status';
import { ago, columns } from '../../lib/ops/text';
import { awaitEnd } from '../await-end';
import { confirm } from '../confirm';
import { exitCode } from '../exit-codes';
import { operate, orFail, type PlaceOptions, pipelineOf } from '../operations';

interface RollbackOptions extends PlaceOptions {
  readonly stage: string;
  readonly to?: string;
  readonly list?: boolean;
  readonly wait?: boolean;
  readonly yes?: boolean;
}

/** Brings back what a stage had before: a new execution of type ROLLBACK. */
export async function rollback(wanted: string | undefined, options: RollbackOptions): Promise<void> {
  await operate(
    options,
    async (operations) => {
      const { aws } = operations;
      const pipeline = await pipelineOf(operations, wanted);
      const status = orFail(await readStatus(aws, pipeline));
      const names = status.stages.map(({ name }) => name);
      const stage = orFail(chooseStage(names, options.stage));
      const present = status.stages.find(({ name }) => name === stage);
      const candidates = orFail(await rollbackCandidates(aws, status, stage));
      if (options.list) {
        list(candidates, present?.execution?.execution);
        return exitCode['all done'];
      }
      const target = orFail(chooseTarget(candidates, present?.execution, present?.status ?? '', options.to));
      const from = present?.execution ? ` from ${words(present.execution)}` : '';
      process.stderr.write(`${pipeline} ${stage}:${from} back to ${words(target)}\n`);
      await confirm(operations, `roll back stage ${stage} of ${pipeline} to ${target.execution}`, options);
      const execution = orFail(await rollbackStage(aws, pipeline, stage, target.execution));
      process.stdout.write(`${execution}\n`);
      return options.wait ? awaitEnd(operations, pipeline, execution, systemClock) : exitCode['all done'];
    },
    true,
  );
}

function list(candidates: readonly Candidate[], present: string | undefined): void {
  const rows = candidates.map((each) => [
    each.execution,
    each.started === undefined ? '' : `${ago(each.started, new Date())} ago`,
    each.execution === present ? 'present' : '',
    words(each, false),
  ]);
  process.stdout.write(
    columns(rows)
      .map((line) => `${line}\n`)
      .join(''),
  );
}
