import { holds, notApplicable, type Row, section } from '../row';

const EVENTS = 'conformance/events.test.ts';

export const STATUS_ROWS: readonly Row[] = section('1.11', [
  [
    'A pipeline execution is InProgress, Stopping, Stopped, Succeeded, Superseded or Failed.',
    'API:PipelineExecutionStatus',
    holds(
      'conformance/modes.test.ts',
      'a newer execution takes the place of the one that waits, which ends as Superseded',
    ),
  ],
  [
    'A stage may be Skipped.',
    'API:StageExecutionStatus',
    holds(
      'conformance/conditions.test.ts',
      'with SKIP skips the stage, runs none of its actions, and the execution goes on',
    ),
  ],
  [
    'An action may be Abandoned.',
    'API:ActionExecutionStatus',
    holds('conformance/stop.test.ts', 'ends running actions as Abandoned'),
  ],
  [
    'Events of a pipeline: STARTED, then SUCCEEDED or FAILED.',
    'CP:detect-state-changes-cloudwatch-events',
    holds(EVENTS, 'of an execution tell its beginning and its end, of its stages and of its actions'),
  ],
  [
    'Events of a stop: STOPPING, STOPPED, with the reason; of the action ABANDONED.',
    'CP:detect-state-changes-cloudwatch-events',
    holds(EVENTS, 'of a stop tell STOPPING and STOPPED with the reason, and ABANDONED of the action'),
  ],
  [
    'Events of a retry: RESUMED, with a higher attempt.',
    'CP:detect-state-changes-cloudwatch-events',
    holds(EVENTS, 'of a retry tell RESUMED and the attempt'),
  ],
  [
    'Events of an execution that was overtaken: SUPERSEDED.',
    'CP:detect-state-changes-cloudwatch-events',
    holds(EVENTS, 'of an execution that was overtaken tell SUPERSEDED'),
  ],
  [
    'The detail has pipeline, execution-id, version, state, and what started it; resources the pipeline’s ARN.',
    'CP:detect-state-changes-cloudwatch-events',
    holds(EVENTS, 'have the detail of CodePipeline'),
  ],
  [
    'There is no event for conditions and rules.',
    'CP:detect-state-changes-cloudwatch-events',
    holds(EVENTS, 'of conditions are none'),
  ],
  [
    'Events are delivered at least once.',
    'CP:detect-state-changes-cloudwatch-events',
    holds(
      'local/events/bus.test.ts',
      'what a killed process left undelivered, the next one delivers; what was delivered, not again',
    ),
  ],
  ['Prices.', 'CP:welcome', notApplicable('A run on this machine costs nothing.')],

  [
    'A build of CodeBuild that has ended is told by CodeBuild Build State Change.',
    'CB:sample-build-notifications-ref',
    holds(EVENTS, 'of a build tell its end, in the words of CodeBuild'),
  ],
  [
    'Cancelled.',
    'API:PipelineExecutionStatus',
    notApplicable(
      'AWS ends executions so when a pipeline is changed or deleted meanwhile; here nothing changes within a run.',
    ),
  ],
]);
