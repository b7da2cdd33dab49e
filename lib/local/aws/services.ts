import type { PipelineHost } from '../pipelines/host';
import { Attempts } from './attempts/attempts';
import { cloudwatch } from './cloudwatch';
import { codebuild } from './codebuild/service';
import { codepipeline } from './codepipeline/service';
import { ecr } from './ecr';
import { eks } from './eks';
import type { EndpointOptions } from './endpoint';
import type { Jobs } from './jobs';
import { logs } from './logs/service';
import { s3 } from './s3';
import type { Service } from './service';
import { sts } from './sts';

/** The services of the endpoint, by signing name. */
export function servicesOf(
  options: EndpointOptions,
  { jobs, now }: { readonly jobs: Jobs; readonly now: () => Date },
): Readonly<Record<string, Service>> {
  const { account, region, partition, images } = options;
  const place = { account, region, partition };
  const attempts = new Attempts();
  const pipelines: () => ReadonlyMap<string, PipelineHost> = options.pipelines ?? (() => new Map());
  const builds = { ...place, pipelines, attempts, ...(options.stopBuild && { stopBuild: options.stopBuild }) };
  return {
    ecr: ecr({ ...place, images, now }),
    eks: eks(options.clusters),
    sts: sts(account),
    codepipeline: codepipeline({ ...place, pipelines, attempts, jobs }),
    codebuild: codebuild(builds),
    logs: logs(builds),
    monitoring: cloudwatch(options.alarms ?? { states: () => [] }),
    s3: s3(options.objects ?? [], options.buckets ?? [], partition),
    ...options.services,
  };
}
