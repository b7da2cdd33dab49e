import { BatchGetBuildBatchesCommand, BatchGetBuildsCommand, type Build } from '@aws-sdk/client-codebuild';
import { ok, type Result } from '../result';
import type { ActionExecution } from './actions';
import type { Aws } from './aws';
import type { OpsError } from './ops-error';

/** A log stream in CloudWatch Logs. */
export interface LogStream {
  readonly group: string;
  readonly stream: string;
  /** What in a batch build writes it: the build's identifier. */
  readonly part?: string;
}

/** What a function wrote while an action invoked it: CodePipeline does not tell which of the function's streams is the action's. */
export interface LogWindow {
  readonly group: string;
  /** Milliseconds since 1970. */
  readonly from: number;
}

export interface ActionLog {
  readonly streams: readonly LogStream[];
  readonly window?: LogWindow;
  /** Why there is no log, where there will never be one. */
  readonly without?: string;
}

/** A build of an action is `<project>:<uuid>`; so is a batch of builds. */
const BUILD_ID = /^[A-Za-z0-9][A-Za-z0-9_-]*:[0-9a-f-]{36}$/;

export const hasBuild = ({ provider, externalId }: ActionExecution): boolean =>
  provider === 'CodeBuild' && externalId !== undefined && BUILD_ID.test(externalId);

const isBatch = ({ configuration }: ActionExecution): boolean => configuration['BatchEnabled'] === 'true';

/** Where the logs of these actions are, by the actions' ids; an action of which nothing is known yet has no streams. */
export async function actionLogs(
  aws: Aws,
  runs: readonly ActionExecution[],
): Promise<Result<ReadonlyMap<string, ActionLog>, OpsError>> {
  const logs = new Map<string, ActionLog>();
  for (const run of runs) {
    const stream = run.logStream === undefined ? undefined : streamOf(run.logStream);
    if (stream) logs.set(run.id, { streams: [stream] });
    else if (run.provider === 'Lambda' && run.started !== undefined && run.configuration['FunctionName'])
      logs.set(run.id, {
        streams: [],
        window: { group: `/aws/lambda/${run.configuration['FunctionName']}`, from: Date.parse(run.started) },
      });
    else if (run.provider !== 'CodeBuild')
      logs.set(run.id, { streams: [], without: [run.provider, run.error ?? run.summary].filter(Boolean).join(': ') });
  }
  const builds = runs.filter((run) => !logs.has(run.id) && hasBuild(run));
  const single = builds.filter((run) => !isBatch(run));
  const found = await getBuilds(
    aws,
    single.map(({ externalId = '' }) => externalId),
  );
  if (!found.ok) return found;
  for (const run of single) {
    const build = found.value.find(({ id }) => id === run.externalId);
    if (build) logs.set(run.id, buildLog(build));
  }
  for (const run of builds.filter(isBatch)) {
    const log = await batchLog(aws, run.externalId ?? '');
    if (!log.ok) return log;
    logs.set(run.id, log.value);
  }
  return ok(logs);
}

/** `arn:<partition>:logs:<region>:<account>:log-group:<group>:log-stream:<stream>`. */
export function streamOf(arn: string): LogStream | undefined {
  const [, group, stream] = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+):log-stream:(.+)$/.exec(arn) ?? [];
  return group === undefined || stream === undefined ? undefined : { group, stream };
}

function buildLog({ logs }: Build): ActionLog {
  if (logs?.groupName && logs.streamName) return { streams: [{ group: logs.groupName, stream: logs.streamName }] };
  if (logs?.cloudWatchLogs?.status === 'DISABLED')
    return {
      streams: [],
      without: `CodeBuild: the project writes no log to CloudWatch${logs.s3DeepLink ? `; see ${logs.s3DeepLink}` : ''}`,
    };
  return { streams: [] };
}

/** BatchGetBuilds takes at most 100 ids. */
async function getBuilds(aws: Aws, ids: readonly string[]): Promise<Result<readonly Build[], OpsError>> {
  const builds: Build[] = [];
  for (let at = 0; at < ids.length; at += 100) {
    const answer = await aws.call('codebuild:BatchGetBuilds', (options) =>
      aws.codebuild.send(new BatchGetBuildsCommand({ ids: ids.slice(at, at + 100) }), options),
    );
    if (!answer.ok) return answer;
    builds.push(...(answer.value.builds ?? []));
  }
  return ok(builds);
}

/** The logs of all builds of a batch, each under its identifier. */
async function batchLog(aws: Aws, id: string): Promise<Result<ActionLog, OpsError>> {
  const answer = await aws.call('codebuild:BatchGetBuildBatches', (options) =>
    aws.codebuild.send(new BatchGetBuildBatchesCommand({ ids: [id] }), options),
  );
  if (!answer.ok) return answer;
  const groups = answer.value.buildBatches?.[0]?.buildGroups ?? [];
  const parts = new Map(
    groups.flatMap(({ identifier = '', currentBuildSummary: build }) => {
      const buildId = build?.arn?.split(':build/')[1];
      return buildId === undefined ? [] : [[buildId, identifier] as const];
    }),
  );
  const builds = await getBuilds(aws, [...parts.keys()]);
  if (!builds.ok) return builds;
  const streams = builds.value.flatMap((build) =>
    buildLog(build).streams.map((stream) => ({ ...stream, part: parts.get(build.id ?? '') ?? '' })),
  );
  return ok({ streams });
}
