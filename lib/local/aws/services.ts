import type { PipelineHost } from '../pipelines/host';
import { Attempts } from './attempts/attempts';
import { cloudwatch } from './cloudwatch/service';
import { codebuild } from './codebuild/service';
import { codecommit } from './codecommit';
import { artifactFile } from './codepipeline/artifact-objects';
import { codepipeline } from './codepipeline/service';
import type { CredentialIssuer } from './credentials';
import { ecr } from './ecr';
import { eks } from './eks';
import type { EndpointOptions } from './endpoint';
import { events } from './events';
import type { Jobs } from './jobs';
import { KeyRing } from './kms/key-ring';
import { kms } from './kms/service';
import { logs } from './logs/service';
import { MetricStore } from './metrics';
import { s3 } from './s3';
import { secretsManager } from './secrets-manager';
import type { Service } from './service';
import { sns } from './sns';
import { ssm, type ValueContext } from './ssm';
import { sts } from './sts';

/** The services of the endpoint, by signing name. */
export function servicesOf(
  options: EndpointOptions,
  {
    jobs,
    issuer,
    now,
    reveal,
  }: {
    readonly jobs: Jobs;
    readonly issuer: CredentialIssuer;
    readonly now: () => Date;
    readonly reveal: ValueContext['reveal'];
  },
): Readonly<Record<string, Service>> {
  const { account, region, partition, images } = options;
  const place = { account, region, partition };
  const attempts = new Attempts();
  const pipelines: () => ReadonlyMap<string, PipelineHost> = options.pipelines ?? (() => new Map());
  const builds = { ...place, pipelines, attempts, ...(options.stopBuild && { stopBuild: options.stopBuild }) };
  const values = { ...place, ...(options.secrets && { secrets: options.secrets }), since: now(), reveal };
  return {
    ecr: ecr({ ...place, images, now }),
    eks: eks(options.clusters),
    sts: sts([account, ...(options.otherAccounts ?? [])], issuer, now),
    ssm: ssm(values),
    secretsmanager: secretsManager(values),
    kms: kms({ ...place, keys: options.keys ?? new KeyRing([], '') }),
    codepipeline: codepipeline({ ...place, pipelines, attempts, jobs }),
    codebuild: codebuild(builds),
    logs: logs(builds),
    // Without what `slipway up` hands in as further services: no repositories, rules and topics.
    codecommit: codecommit({ ...place, since: now() }),
    events: events(place),
    sns: sns(place),
    monitoring: cloudwatch(options.alarms ?? { states: () => [] }, options.metrics ?? new MetricStore(), now),
    s3: s3(options.objects ?? [], options.buckets ?? [], partition, (bucket, key) =>
      artifactFile(pipelines(), bucket, key),
    ),
    ...options.services,
  };
}
