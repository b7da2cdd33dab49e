import type { Config } from '../lib/config/schema';
import { deliveryPipelines } from '../lib/model/delivery-pipelines';
import { valueViolations } from '../lib/model/pipeline-variables';
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

/** Values for the variables of a pipeline; an error that lists all of what is wrong with them. */
export function checkVariables(config: Config, pipeline: string, given: Readonly<Record<string, string>>): void {
  const variables = deliveryPipelines(config).find(({ name }) => name === pipeline)?.variables ?? [];
  const wrong = valueViolations(variables, given);
  if (wrong.length > 0)
    throw new Failure(
      wrong.map((text) => `${pipeline}: ${text}`).join('\n'),
      exitCode['usage, configuration or template is wrong'],
    );
}

/** As checkVariables, for the variables that the configuration knows: what else there is the pipeline's own service tells. */
export function checkValues(config: Config, pipeline: string, given: Readonly<Record<string, string>>): void {
  const known = deliveryPipelines(config).find(({ name }) => name === pipeline)?.variables ?? [];
  const names = known.map(({ name }) => name);
  checkVariables(config, pipeline, Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name))));
}
