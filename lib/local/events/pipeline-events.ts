import type { Event } from '../event';
import type { ExecutionView, PipelineHost } from '../pipelines/host';
import type { PlannedAction } from '../plan';
import type { EventContent } from './bus-event';
import type { CodeCommitPlace } from './codecommit-events';

type State =
  | 'STARTED'
  | 'RESUMED'
  | 'STOPPING'
  | 'STOPPED'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'SUPERSEDED'
  | 'CANCELED'
  | 'ABANDONED';

const ENDS: Readonly<Record<string, State>> = {
  Succeeded: 'SUCCEEDED',
  Failed: 'FAILED',
  Stopped: 'STOPPED',
  Superseded: 'SUPERSEDED',
  Cancelled: 'CANCELED',
};

/** An action has no state STOPPED: one that was ended because the execution stops is abandoned. */
const ACTION_ENDS: Readonly<Record<string, State>> = { ...ENDS, Stopped: 'ABANDONED', Abandoned: 'ABANDONED' };

/**
 * What an event of an execution is on the event bus: CodePipeline's state changes (CodePipeline user guide,
 * detect-state-changes-cloudwatch-events) and the end of a CodeBuild build (CodeBuild user guide, sample-build-notifications-ref).
 */
export function pipelineEvents(host: PipelineHost, event: Event, place: CodeCommitPlace): EventContent[] {
  switch (event.kind) {
    case 'pipeline-started':
      return [pipelineChange(host, event, place, 'STARTED')];
    case 'pipeline-resumed':
      return [pipelineChange(host, event, place, 'RESUMED')];
    case 'pipeline-stopping':
      return [pipelineChange(host, event, place, 'STOPPING')];
    case 'pipeline-ended':
      return [pipelineChange(host, event, place, ENDS[event.status] ?? 'FAILED')];
    case 'stage-started':
      return [stageChange(host, event, place, event.retry ? 'RESUMED' : 'STARTED')];
    case 'stage-ended': {
      // Of a skipped stage nothing is told.
      const state = ENDS[event.status];
      return state ? [stageChange(host, event, place, state)] : [];
    }
    case 'action-started':
      return [actionChange(host, event, place, 'STARTED')];
    case 'action-ended':
      return [
        actionChange(host, event, place, ACTION_ENDS[event.status] ?? 'FAILED', event),
        ...buildChange(host, event, place),
      ];
    default:
      return [];
  }
}

type About<K extends string> = Event & { readonly kind: K };

const pipelineArn = ({ partition, region, account }: CodeCommitPlace, pipeline: string): string =>
  `arn:${partition}:codepipeline:${region}:${account}:${pipeline}`;

function common(host: PipelineHost, event: Event, view: ExecutionView | undefined): Record<string, unknown> {
  return {
    pipeline: host.plan.pipeline,
    'execution-id': event.execution,
    'start-time': view?.started ?? event.time,
    version: view?.version ?? host.view().version,
    'pipeline-execution-attempt': view?.attempt ?? 1,
  };
}

function change(
  host: PipelineHost,
  place: CodeCommitPlace,
  what: 'Pipeline' | 'Stage' | 'Action',
  detail: Record<string, unknown>,
): EventContent {
  return {
    source: 'aws.codepipeline',
    'detail-type': `CodePipeline ${what} Execution State Change`,
    resources: [pipelineArn(place, host.plan.pipeline)],
    detail,
  };
}

function pipelineChange(host: PipelineHost, event: Event, place: CodeCommitPlace, state: State): EventContent {
  const view = host.execution(event.execution);
  const started = event.kind === 'pipeline-started' ? event : undefined;
  const trigger = view?.trigger ?? (started && { type: started.triggerType, detail: started.trigger });
  return change(host, place, 'Pipeline', {
    ...common(host, event, view),
    state,
    ...(trigger && { 'execution-trigger': { 'trigger-type': trigger.type, 'trigger-detail': trigger.detail } }),
    ...(view?.stop?.reason !== undefined && { 'stop-execution-comments': view.stop.reason }),
  });
}

function stageChange(
  host: PipelineHost,
  event: About<'stage-started' | 'stage-ended'>,
  place: CodeCommitPlace,
  state: State,
): EventContent {
  const view = host.execution(event.execution);
  const again = state === 'RESUMED' ? { 'stage-last-retry-attempt-time': event.time } : {};
  return change(host, place, 'Stage', { ...common(host, event, view), stage: event.stage, state, ...again });
}

function actionChange(
  host: PipelineHost,
  event: About<'action-started' | 'action-ended'>,
  place: CodeCommitPlace,
  state: State,
  ended?: About<'action-ended'>,
): EventContent {
  const view = host.execution(event.execution);
  const name = event.action.slice(event.stage.length + 1);
  const artifacts = Object.entries(ended?.artifacts ?? {}).map(([artifact, key]) => ({
    name: artifact,
    s3location: { bucket: 'local', key: `${event.execution}/${key}` },
  }));
  return change(host, place, 'Action', {
    ...common(host, event, view),
    stage: event.stage,
    action: name,
    'action-execution-id': `${event.execution}/${event.action}`,
    state,
    region: place.region,
    type: typeOf(host, event.stage, name),
    ...(artifacts.length > 0 && { 'output-artifacts': artifacts }),
    ...(ended && (ended.reason !== undefined || ended.externalId !== undefined)
      ? {
          'execution-result': {
            ...(ended.externalId !== undefined && { 'external-execution-id': ended.externalId }),
            ...(ended.reason !== undefined && { 'external-execution-summary': ended.reason }),
            ...(state === 'FAILED' && { 'error-code': 'JobFailed' }),
          },
        }
      : {}),
  });
}

function actionOf(host: PipelineHost, stage: string, name: string): PlannedAction | undefined {
  return host.plan.stages.find((each) => each.name === stage)?.actions.find((each) => each.name === name);
}

/** The action's type as the template has it; of a rule that runs as one the rule's. */
function typeOf(host: PipelineHost, stage: string, name: string): Record<string, string> {
  const declared = host.plan.declaration?.stages?.find((each) => each.name === stage)?.actions;
  const id = declared?.find((each) => each.name === name)?.actionTypeId;
  const { owner = 'AWS', category = 'Rule', provider = 'CodeBuild', version = '1' } = id ?? {};
  return { owner, category, provider, version };
}

/** Ends only: which build it is, is known then. */
function buildChange(host: PipelineHost, event: About<'action-ended'>, place: CodeCommitPlace): EventContent[] {
  const name = event.action.slice(event.stage.length + 1);
  const action = actionOf(host, event.stage, name);
  if (action?.kind !== 'codebuild' || event.externalId === undefined) return [];
  const { partition, region, account } = place;
  const status = { Succeeded: 'SUCCEEDED', Failed: 'FAILED', Stopped: 'STOPPED', Abandoned: 'STOPPED' }[event.status];
  const state = host.execution(event.execution)?.state.stages.flatMap(({ actions }) => actions);
  const phases = state?.find(({ id }) => id === event.action)?.phases ?? [];
  const build = `arn:${partition}:codebuild:${region}:${account}:build/${event.externalId}`;
  return [
    {
      source: 'aws.codebuild',
      'detail-type': 'CodeBuild Build State Change',
      resources: [build],
      detail: {
        'build-status': status,
        'project-name': action.project.name,
        'build-id': build,
        'current-phase': 'COMPLETED',
        'current-phase-context': '[]',
        version: '1',
        'additional-information': {
          'build-complete': true,
          initiator: `codepipeline/${host.plan.pipeline}`,
          'timeout-in-minutes': action.project.timeoutMinutes,
          logs: {
            'group-name': `/aws/codebuild/${action.project.name}`,
            'stream-name': event.externalId.split(':').at(-1),
          },
          phases: phases.map(({ phase, status: ended, startedAt, endedAt }) => ({
            'phase-type': phase,
            'phase-status': ended,
            'start-time': startedAt,
            ...(endedAt !== undefined && { 'end-time': endedAt }),
          })),
        },
      },
    },
  ];
}
