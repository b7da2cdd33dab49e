import { systemClock } from '../../lib/local/clock';
import { sourceRevision, startPipeline } from '../../lib/ops/control';
import { awaitEnd } from '../await-end';
import { confirm } from '../confirm';
import { exitCode } from '../exit-codes';
import { operate, orFail, type PlaceOptions, pipelineOf } from '../operations';
import { checkValues } from '../pipelines';
import { openProject } from '../project';

interface StartOptions extends PlaceOptions {
  readonly variable?: Readonly<Record<string, string>>;
  readonly revision?: readonly string[];
  readonly wait?: boolean;
  readonly yes?: boolean;
}

/** Starts a pipeline; the id of the execution is the only line on standard output. */
export async function start(wanted: string | undefined, options: StartOptions): Promise<void> {
  const revisions = (options.revision ?? []).map((text) => orFail(sourceRevision(text)));
  await operate(
    options,
    async (operations) => {
      const pipeline = await pipelineOf(operations, wanted);
      // The endpoint's pipelines are those of this configuration; what is on AWS may be of another time.
      if (operations.aws.kind === 'local') checkValues(openProject(options).config, pipeline, options.variable ?? {});
      await confirm(operations, `start ${pipeline}`, options);
      const execution = orFail(
        await startPipeline(operations.aws, pipeline, { variables: options.variable ?? {}, revisions }),
      );
      process.stdout.write(`${execution}\n`);
      return options.wait ? awaitEnd(operations, pipeline, execution, systemClock) : exitCode['all done'];
    },
    true,
  );
}
