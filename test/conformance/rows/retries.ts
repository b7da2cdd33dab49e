import { differs, enforced, holds, type Row, section } from '../row';

const PIPELINE = 'local/plan/pipeline-rules.test.ts';
const RETRY = 'conformance/retry.test.ts';
const ROLLBACK = 'conformance/rollback.test.ts';
const STOP = 'conformance/stop.test.ts';

export const RETRY_ROWS: readonly Row[] = section('1.8', [
  [
    'A retry of FAILED_ACTIONS runs what failed, and then what was not reached, in the same execution.',
    'CP:stage-retry',
    holds(RETRY, 'of FAILED_ACTIONS runs what failed and what was not reached, in the same execution'),
  ],
  [
    'A retry of FAILED_ACTIONS is possible while other actions of the stage still run.',
    'CP:stage-retry',
    differs(
      'It waits until the stage has ended, which it does when they have.',
      RETRY,
      'is not possible while the execution goes on',
    ),
  ],
  ['A retry of ALL_ACTIONS runs all of them.', 'CP:stage-retry', holds(RETRY, 'of ALL_ACTIONS runs all of them')],
  [
    'Nothing is in progress when ALL_ACTIONS is asked for.',
    'CP:stage-retry',
    holds(RETRY, 'is not possible while the execution goes on'),
  ],
  ['Only a failed stage can be retried.', 'CP:stage-retry', holds(RETRY, 'needs a stage that failed')],
  [
    'Only in an unchanged structure.',
    'CP:stage-retry',
    holds(RETRY, 'is not possible once the structure of the pipeline has changed'),
  ],
  [
    'Only by the execution that is the latest in the stage.',
    'CP:stage-retry',
    holds(RETRY, 'is not possible once another execution has entered the stage'),
  ],
  [
    'What is retried overwrites its output artifacts.',
    'CP:stage-retry',
    holds(RETRY, 'overwrites the output artifacts of the actions that run again'),
  ],
  [
    'The events tell RESUMED, and a higher attempt.',
    'CP:detect-state-changes-cloudwatch-events',
    holds(RETRY, 'is told as RESUMED, with a higher attempt of the execution'),
  ],
  ['An automatic retry of FAILED_ACTIONS.', 'CP:stage-retry', holds(RETRY, 'of FAILED_ACTIONS runs again what failed')],
  ['An automatic retry of ALL_ACTIONS.', 'CP:stage-retry', holds(RETRY, 'of ALL_ACTIONS runs all of them again')],
  ['It happens once.', 'CP:stage-retry', holds(RETRY, 'happens once, whatever it brings')],
  ['It goes for the source stage too.', 'CP:stage-retry', holds(RETRY, 'goes for the source stage too')],
  [
    'A retry mode goes with the result RETRY only.',
    'API:RetryConfiguration',
    enforced(PIPELINE, 'a retry mode for a rollback'),
  ],
  [
    'A rollback is a new execution of type ROLLBACK with the artifacts, revisions and variables of its target, for that stage alone.',
    'CP:stage-rollback',
    holds(
      ROLLBACK,
      'is a new execution of type ROLLBACK that runs the stage alone with artifacts, revisions and variables of its target',
    ),
  ],
  [
    'Not of the source stage; and only to an execution that succeeded in the stage.',
    'CP:stage-rollback',
    holds(ROLLBACK, '%s is refused'),
  ],
  ['Not to a rollback.', 'CP:stage-rollback', holds(ROLLBACK, 'to a rollback is refused')],
  [
    'Not to an execution of an earlier version of the pipeline.',
    'CP:stage-rollback',
    holds(ROLLBACK, 'to an execution of an earlier version of the pipeline is refused'),
  ],
  [
    'An automatic rollback goes to the most recent success.',
    'CP:stage-rollback-auto',
    holds(ROLLBACK, 'goes to the most recent execution that succeeded in the stage, and the failed one stays failed'),
  ],
  [
    'It does nothing until there is one.',
    'CP:stage-rollback-auto',
    holds(ROLLBACK, 'does nothing until one has succeeded'),
  ],
  [
    'Nor after an edit of the pipeline until there is one since.',
    'CP:stage-rollback-auto',
    holds(ROLLBACK, 'does nothing after the pipeline was changed, until one has succeeded since'),
  ],
  [
    'The source stage has no automatic rollback.',
    'CP:stage-rollback',
    enforced(PIPELINE, 'a rollback of the source stage'),
  ],
  [
    'Stop and wait: running actions finish, nothing new starts; Stopping, then Stopped.',
    'CP:concepts-how-it-works',
    holds(STOP, 'lets running actions finish, starts nothing more, and ends as Stopped'),
  ],
  [
    'Stop and abandon marks running actions as Abandoned.',
    'CP:concepts-how-it-works',
    holds(STOP, 'ends running actions as Abandoned'),
  ],
  [
    'What the provider of an abandoned action does goes on.',
    'CP:concepts-how-it-works',
    differs(
      'It is ended: nobody would look after a process that was left behind.',
      STOP,
      'ends running actions as Abandoned',
    ),
  ],
  ['A stopped stage can be retried.', 'CP:stage-retry', holds(STOP, 'a stopped stage can be retried')],
  [
    'The reason of a stop has at most 200 characters.',
    'API:StopPipelineExecutionReason',
    holds(STOP, 'the reason of a stop has at most 200 characters'),
  ],
  [
    'Who waits may abandon later, and not the other way round.',
    'API:StopPipelineExecution',
    holds(STOP, 'may become stop and abandon, and not the other way round'),
  ],
  [
    'What has ended cannot be stopped.',
    'API:PipelineExecutionNotStoppableException',
    holds(STOP, 'what has ended cannot be stopped'),
  ],
  [
    'Actions beside one that failed finish; later run orders do not start.',
    'CP:stage-retry, CP:concepts-how-it-works',
    holds('conformance/starts.test.ts', 'finish beside one that failed, and later run orders do not start'),
  ],
]);
