import type { Build, BuildPhase, BuildPhaseType, EnvironmentVariable, StatusType } from '@aws-sdk/client-codebuild';
import type { ActionState } from '../../run-state';
import { type Attempt, externalIdOf, isBatch } from '../attempts/attempts';
import { partsOf } from '../attempts/parts';
import { streamArn, streamOf } from '../logs/streams';
import { type BuildContext, codeBuildArn } from './context';
import { environmentType } from './projects';

/** A build of a CodeBuild action, its id known. */
export interface BuildAttempt {
  /** `<project>:<uuid>`. */
  readonly id: string;
  readonly project: string;
  readonly attempt: Attempt;
}

/** The builds of all pipelines, the newest first. */
export function buildsOf({ pipelines, attempts }: BuildContext): readonly BuildAttempt[] {
  return [...pipelines().values()]
    .flatMap((host) => attempts.all(host))
    .flatMap((attempt) => (isBatch(attempt) ? partsOf(attempt) : [attempt]))
    .flatMap((attempt) => buildOf(attempt) ?? [])
    .sort((a, b) => (b.attempt.state.startedAt ?? '').localeCompare(a.attempt.state.startedAt ?? ''));
}

export function buildOf(attempt: Attempt): BuildAttempt | undefined {
  const id = externalIdOf(attempt);
  if (attempt.planned?.kind !== 'codebuild' || id === undefined) return undefined;
  return { id, project: attempt.planned.project.name, attempt };
}

/** A build as BatchGetBuilds tells it (CodeBuild API reference, Build). */
export function describeBuild(
  context: BuildContext,
  { id, project: projectName, attempt }: BuildAttempt,
  number: number,
): Build {
  const { state, view, planned } = attempt;
  if (planned?.kind !== 'codebuild') throw new Error(`${state.id} is no CodeBuild action`);
  const { project } = planned;
  const status = statusOf(state);
  const isOver = status !== 'IN_PROGRESS';
  const phases = phasesOf(state, status);
  const stream = streamOf(attempt);
  const artifacts = Object.keys(state.artifacts).map((artifactIdentifier) => ({ artifactIdentifier }));
  const revisions = [planned.primarySource ?? planned.inputs[0]].flatMap(
    (artifact) => view.revisions.find((revision) => revision.artifact === artifact)?.id ?? [],
  );
  return {
    id,
    arn: codeBuildArn(context, `build/${id}`),
    buildNumber: Number(state.facts['buildNumber'] ?? number),
    startTime: new Date(state.startedAt ?? view.started),
    ...(isOver && state.endedAt !== undefined && { endTime: new Date(state.endedAt) }),
    currentPhase: isOver ? 'COMPLETED' : (phases.at(-1)?.phaseType ?? 'SUBMITTED'),
    buildStatus: status,
    ...(revisions[0] !== undefined && { resolvedSourceVersion: revisions[0] }),
    projectName,
    phases,
    source: { type: 'CODEPIPELINE', buildspec: project.buildspec },
    ...(artifacts.length <= 1 ? { artifacts: artifacts[0] ?? {} } : { secondaryArtifacts: artifacts }),
    cache: { type: project.cacheNamespace === undefined ? 'NO_CACHE' : 'S3' },
    environment: {
      type: environmentType(project),
      image: project.image,
      computeType: project.computeType as never,
      privilegedMode: project.privileged,
      environmentVariables: [...project.environment, ...planned.environment].map(variable),
    },
    serviceRole: project.roleArn,
    ...(stream && {
      logs: {
        groupName: stream.group,
        streamName: stream.name,
        cloudWatchLogsArn: streamArn(context, stream),
        deepLink: deepLink(context.region, stream),
      },
    }),
    timeoutInMinutes: project.timeoutMinutes,
    buildComplete: isOver,
    initiator: `codepipeline/${attempt.pipeline}`,
    ...(attempt.part !== undefined && {
      buildBatchArn: codeBuildArn(context, `build-batch/${projectName}:${attempt.id}`),
    }),
    exportedEnvironmentVariables: Object.entries(state.variables).map(([name, value]) => ({ name, value })),
    ...(state.reports.length > 0 && {
      reportArns: state.reports.map((report) => codeBuildArn(context, reportPath(id, projectName, report.name))),
    }),
  };
}

/** `report/<group>:<id>`, as an ARN ends. */
export const reportPath = (build: string, project: string, report: string): string =>
  `report/${report.startsWith(`${project}-`) ? report : `${project}-${report}`}:${build.slice(build.indexOf(':') + 1)}`;

const variable = ({ name, value, type }: { name: string; value: string; type: EnvironmentVariable['type'] }) => ({
  name,
  value,
  type,
});

const deepLink = (region: string, { group, name }: { group: string; name: string }): string =>
  `https://console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${escaped(group)}/log-events/${escaped(name)}`;

/** As the CloudWatch console writes names into its addresses. */
const escaped = (text: string): string => encodeURIComponent(encodeURIComponent(text)).replace(/%/g, '$');

export function statusOf({ status, reason = '' }: Pick<ActionState, 'status' | 'reason'>): StatusType {
  if (status === 'Failed')
    return reason.startsWith('TIMED_OUT') ? 'TIMED_OUT' : reason.startsWith('STOPPED') ? 'STOPPED' : 'FAILED';
  return (
    ({ Succeeded: 'SUCCEEDED', Stopped: 'STOPPED', Abandoned: 'STOPPED' } as const)[status as 'Stopped'] ??
    'IN_PROGRESS'
  );
}

/** The phases that were, with what comes before and after those of the buildspec (CodeBuild user guide, view-build-details-phases). */
function phasesOf({ phases, startedAt = '', endedAt }: ActionState, status: StatusType): BuildPhase[] {
  const first = phases[0]?.startedAt ?? endedAt;
  const before: BuildPhase[] = [
    phase('SUBMITTED', 'SUCCEEDED', startedAt, startedAt),
    phase('QUEUED', 'SUCCEEDED', startedAt, startedAt),
    ...(phases.some((each) => each.phase === 'PROVISIONING')
      ? []
      : [phase('PROVISIONING', first === undefined ? 'IN_PROGRESS' : 'SUCCEEDED', startedAt, first)]),
  ];
  const own = phases.map((each) => {
    const lost = each.status === 'IN_PROGRESS' && status !== 'IN_PROGRESS';
    const type = each.phase as BuildPhaseType;
    return phase(
      type,
      lost ? status : each.status,
      each.startedAt,
      each.endedAt ?? (lost ? endedAt : undefined),
      each.reason,
    );
  });
  const last = phases.at(-1)?.endedAt ?? endedAt;
  if (status === 'IN_PROGRESS' || endedAt === undefined || last === undefined) return [...before, ...own];
  const end: BuildPhase = { phaseType: 'COMPLETED', startTime: new Date(endedAt) };
  return [...before, ...own, phase('FINALIZING', 'SUCCEEDED', last, endedAt), end];
}

function phase(
  phaseType: BuildPhaseType,
  phaseStatus: StatusType,
  start: string,
  end: string | undefined,
  reason?: string,
): BuildPhase {
  const times =
    end === undefined
      ? {}
      : {
          endTime: new Date(end),
          durationInSeconds: Math.max(0, Math.round((Date.parse(end) - Date.parse(start)) / 1000)),
        };
  const code = phaseStatus === 'FAILED' ? 'COMMAND_EXECUTION_ERROR' : '';
  return {
    phaseType,
    // A phase that runs has no status yet.
    ...(phaseStatus !== 'IN_PROGRESS' && { phaseStatus }),
    startTime: new Date(start),
    ...times,
    ...(phaseStatus !== 'IN_PROGRESS' && { contexts: [{ statusCode: code, message: reason ?? '' }] }),
  };
}
