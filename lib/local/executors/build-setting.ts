import { join } from 'node:path';
import { nextBuildNumber } from '../codebuild/build-number';
import type { BuildSetting } from '../codebuild/environment';
import type { ActionContext } from '../executor';
import type { CodeBuildAction } from '../plan';
import type { HostOptions } from './codebuild';

/** Where and as what the build of an action runs. `temporary`: a folder of its own. */
export function buildSetting(
  host: HostOptions,
  action: CodeBuildAction,
  context: ActionContext,
  build: {
    readonly uuid: string;
    readonly primary: string;
    readonly temporary: string;
    readonly onDenied: (advice: string) => void;
  },
): BuildSetting {
  const { uuid, primary, temporary, onDenied } = build;
  const { name } = action.project;
  const folder = (leaf: string): string => join(context.workspace, leaf);
  const account = action.project.arn.split(':')[4] || host.account;
  const arn = `arn:${host.partition}:codebuild:${host.region}:${account}`;
  const secondary = action.inputs.filter((input) => input !== primary);
  return {
    id: `${name}:${uuid}`,
    arn: `${arn}:build/${name}:${uuid}`,
    projectArn: `${arn}:project/${name}`,
    image: action.project.image,
    kmsKey: action.project.encryptionKey ?? `arn:${host.partition}:kms:${host.region}:${account}:alias/aws/s3`,
    number: nextBuildNumber(host.stateFolder, name),
    ...(action.batchIdentifier !== undefined && { batchIdentifier: action.batchIdentifier }),
    initiator: `codepipeline/${context.pipeline}`,
    region: host.region,
    startTime: host.clock.now(),
    sourceFolder: folder('src'),
    secondarySources: Object.fromEntries(secondary.map((input) => [input, join(folder('sources'), input)])),
    sourceVersion: `arn:${host.partition}:s3:::${context.pipeline}/${primary}`,
    resolvedSourceVersion: context.revisions[primary] ?? '',
    home: folder('home'),
    temporary,
    log: folder('log.txt'),
    cacheFolder: join(host.stateFolder, 'cache'),
    binFolder: host.tools.binFolder,
    endpoint: host.endpoint.url,
    credentials: host.endpoint.credentialsFor(action.project.roleArn, `AWSCodeBuild-${uuid}`, onDenied),
  };
}
