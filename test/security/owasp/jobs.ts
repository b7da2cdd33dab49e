import { deliveryPipelines } from '../../../lib/model/delivery-pipelines';
import type { Job } from '../../../lib/model/pipeline';
import { preview } from '../../../lib/model/preview';
import { buildsOf } from '../../cloud/delivery';
import { configOf } from '../../cloud/fixtures';

/** What each project of a service is for, by its physical name, as the model says; of others nothing is known. */
export function jobs(yaml = ''): ReadonlyMap<string, Job> {
  const config = configOf(yaml);
  const previewed = preview(config);
  return new Map([
    ...buildsOf(deliveryPipelines(config)).map(({ action, name }): [string, Job] => [name, action.job]),
    ...(previewed === undefined ? [] : [[previewed.project, previewed.build.job] as [string, Job]]),
  ]);
}
