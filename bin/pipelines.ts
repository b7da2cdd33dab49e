import type { Config } from '../lib/config/schema';
import { deliveryPipelines } from '../lib/model/delivery-pipelines';
import { exitCode } from './exit-codes';
import { Failure } from './failure';

/** The name of the pipeline that is called so, or is of that kind (`development`); else an error that lists what there is. */
export function choosePipeline(config: Config, wanted: string): string {
  const names = deliveryPipelines(config).map(({ name }) => name);
  const found =
    names.find((name) => name === wanted) ?? names.find((name) => name === `${config.service.name}-${wanted}`);
  if (found !== undefined) return found;
  throw new Failure(
    `no pipeline ${wanted}; there are: ${names.join(', ')}`,
    exitCode['usage, configuration or template is wrong'],
  );
}
