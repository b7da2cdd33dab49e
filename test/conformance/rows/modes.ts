import { differs, enforced, holds, notApplicable, type Row, section } from '../row';

const MODES = 'conformance/modes.test.ts';
const STARTS = 'conformance/starts.test.ts';
const PIPELINE = 'local/plan/pipeline-rules.test.ts';

export const MODE_ROWS: readonly Row[] = section('1.4', [
  [
    'SUPERSEDED is the mode if nothing is said.',
    'CP:execution-modes',
    holds('conformance/template.test.ts', 'has the mode SUPERSEDED if nothing is said'),
  ],
  [
    'A stage holds one execution, and others wait in front of it.',
    'CP:concepts-how-it-works',
    holds(MODES, 'holds one execution, and the next one waits in front of it'),
  ],
  [
    'SUPERSEDED: one execution waits in front of a stage; a newer one takes its place, and it ends as Superseded.',
    'CP:concepts-how-it-works',
    holds(MODES, 'a newer execution takes the place of the one that waits, which ends as Superseded'),
  ],
  [
    'SUPERSEDED: an execution within a stage is never ended by a newer one.',
    'CP:concepts-how-it-works',
    holds(MODES, 'an execution inside of a stage is never superseded'),
  ],
  [
    'A stage is free again when the execution in it succeeded or failed.',
    'CP:concepts-how-it-works',
    holds(MODES, 'is free after %s'),
  ],
  [
    'A stage is free again when the execution in it was stopped.',
    'CP:concepts-how-it-works',
    holds(MODES, 'is free after a stop'),
  ],
  [
    'An approval holds its stage until it is answered or has timed out.',
    'CP:concepts-how-it-works',
    holds(MODES, 'is held by an approval until somebody answers'),
  ],
  [
    'QUEUED: executions enter each stage in the order of their arrival, nobody overtakes.',
    'CP:concepts-how-it-works',
    holds(MODES, 'executions enter each stage in the order of their arrival, and nobody is superseded'),
  ],
  [
    'QUEUED: at most 50 executions at once; the pipeline fails beyond that, without a message.',
    'CP:limits, CP:troubleshooting',
    differs(
      'The start is refused with ConcurrentPipelineExecutionsLimitExceededException, so that whoever starts it hears of it.',
      MODES,
      'more than 50 executions at once are refused, with the error of CodePipeline',
    ),
  ],
  [
    'QUEUED and PARALLEL need a pipeline of type V2.',
    'CP:execution-modes',
    enforced(PIPELINE, 'a pipeline of type V1 with %s is an error'),
  ],
  [
    'PARALLEL: executions neither wait for each other nor lock a stage.',
    'CP:execution-modes',
    holds(MODES, 'executions go through a stage at once, without locks and queues'),
  ],
  [
    'PARALLEL: at most 50 executions at once.',
    'CP:limits',
    holds(MODES, 'more than 50 executions at once are refused'),
  ],
  [
    'PARALLEL: at most 5 actions of an execution run at once.',
    'CP:limits',
    holds(MODES, 'at most five actions of an execution run at once'),
  ],
  ['PARALLEL: a stage cannot be rolled back.', 'CP:execution-modes', holds(MODES, 'a stage cannot be rolled back')],
  [
    'PARALLEL: no condition and no failure has the result ROLLBACK.',
    'CP:execution-modes',
    enforced(PIPELINE, 'a rollback in PARALLEL'),
  ],
  [
    'PARALLEL: a source action takes the newest commit when it starts, unless the start names one.',
    'CP:execution-modes',
    holds(STARTS, 'with a source revision hands it to that source action'),
  ],
  [
    'PARALLEL: the token of an approval is not in GetPipelineState.',
    'API:PutApprovalResultInput',
    notApplicable('A matter of the API; the event of the run has the token in every mode.'),
  ],
  [
    'A disabled transition holds executions in front of its stage; the newest takes the place of the others, and enters when it is enabled.',
    'CP:concepts-how-it-works',
    holds(
      MODES,
      'holds executions in front of its stage, the newest takes the place of the others, and enters when it is enabled',
    ),
  ],
  [
    'An execution that is stopped in front of a stage never enters it and cannot be retried there.',
    'CP:concepts-how-it-works',
    holds(MODES, 'an execution that is stopped in front of it never enters, and cannot be retried'),
  ],
  [
    'Once another execution has entered a stage that failed, the failed one cannot be retried.',
    'CP:stage-retry',
    holds('conformance/retry.test.ts', 'is not possible once another execution has entered the stage'),
  ],
  [
    'Every execution runs all source actions, whichever of them changed.',
    'CP:concepts-how-it-works',
    holds(MODES, 'every execution runs its source actions'),
  ],
  [
    'A template may disable a transition from the start.',
    'CFN:AWS::CodePipeline::Pipeline',
    holds(MODES, 'may be the template’s: it holds from the start, and stays enabled once somebody has enabled it'),
  ],
]);
