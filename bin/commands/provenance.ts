import { readProvenance } from '../../lib/ops/provenance';
import { renderProvenance } from '../../lib/ops/render-provenance';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { operate, orFail, type PlaceOptions, pipelineOf } from '../operations';

interface ProvenanceOptions extends PlaceOptions {
  readonly pipeline?: string;
  readonly json?: boolean;
}

/** Shows and verifies how an image came about. Ends with 0 if a deploy would take it, else 1. */
export async function provenance(wanted: string | undefined, options: ProvenanceOptions): Promise<void> {
  await operate(
    options,
    async (operations) => {
      const { aws, project } = operations;
      if (project === undefined)
        throw new Failure(
          'expected a project: run it where slipway.yaml is',
          exitCode['usage, configuration or template is wrong'],
        );
      const pipeline = await pipelineOf(operations, options.pipeline ?? 'development');
      const image = orFail(await readProvenance(aws, pipeline, project.service, wanted));
      const text = options.json ? JSON.stringify(image, null, 2) : renderProvenance(image).join('\n');
      process.stdout.write(`${text}\n`);
      return image.problems.length === 0 ? exitCode['all done'] : exitCode['the pipeline failed'];
    },
    true,
  );
}
