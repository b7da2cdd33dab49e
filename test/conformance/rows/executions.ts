import { differs, holds, notApplicable, type Row, rejected, section } from '../row';

const MODES = 'conformance/modes.test.ts';
const STARTS = 'conformance/starts.test.ts';
const TRIGGERS = 'local/plan/trigger-rules.test.ts';
const FILTERS = 'local/events/triggers.test.ts';
const GIT = 'local/git-server/git-server.test.ts';
const VARIABLES = 'local/plan/variable-rules.test.ts';
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
    rejected(PIPELINE, 'a pipeline of type V1 with %s is an error'),
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
    rejected(PIPELINE, 'a rollback in PARALLEL'),
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
    rejected('local/plan/keys.test.ts', 'that are not supported are an error that says what to do instead'),
  ],
]);

export const TRIGGER_ROWS: readonly Row[] = section('1.5', [
  ['An execution tells by what it was started.', 'API:TriggerType', holds(STARTS, 'tells by what it was started')],
  [
    'A start with a token that was used before gives the execution that there is.',
    'API:StartPipelineExecutionInput',
    holds(STARTS, 'with a token that was used before gives the execution that there is'),
  ],
  [
    'A start may pin the commit of a source action.',
    'API:StartPipelineExecutionInput',
    holds(STARTS, 'with a source revision hands it to that source action'),
  ],
  [
    'A revision names a source action that there is.',
    'API:SourceRevisionOverride',
    holds(STARTS, 'with a revision of no source action is refused'),
  ],
  [
    'Triggers are for CodeStarSourceConnection sources only: by provider.',
    'API:PipelineTriggerProviderType',
    rejected(TRIGGERS, 'a trigger of another provider'),
  ],
  ['And by source action.', 'CP:pipelines-triggers', rejected(TRIGGERS, 'a trigger for a CodeCommit source')],
  [
    'A trigger names a source action that there is.',
    'API:GitConfiguration',
    rejected(TRIGGERS, 'a trigger for no source action'),
  ],
  ['A pipeline has at most 50 triggers.', 'CP:limits', rejected(TRIGGERS, '51 triggers')],
  ['A source action has one trigger.', 'CP:limits', rejected(TRIGGERS, 'two triggers for one source action')],
  ['A trigger has at most 3 filters of pushes.', 'CP:limits', rejected(TRIGGERS, 'four push filters')],
  [
    'A trigger has at most 3 filters of pull requests.',
    'CP:limits',
    rejected(TRIGGERS, 'four filters of pull requests'),
  ],
  ['A criterion has at most 8 patterns that include.', 'CP:limits', rejected(TRIGGERS, 'nine includes')],
  ['A criterion has at most 8 patterns that exclude.', 'CP:limits', rejected(TRIGGERS, 'nine excludes')],
  ['A pattern has at most 255 characters.', 'CP:limits', rejected(TRIGGERS, 'a pattern of 256 characters')],
  ['All triggers together take at most 200 KB.', 'CP:limits', rejected(TRIGGERS, 'more than 200 KB of triggers')],
  ['Tags go alone.', 'CP:pipelines-filter', rejected(TRIGGERS, 'tags with branches'), 'uncertain'],
  ['Tags do not go with file paths.', 'CP:pipelines-filter', rejected(TRIGGERS, 'tags with file paths')],
  [
    'File paths of a push go with branches only.',
    'CP:pipelines-filter',
    rejected(TRIGGERS, 'file paths of a push without branches'),
  ],
  [
    'File paths of a pull request go with branches only.',
    'CP:pipelines-filter',
    rejected(TRIGGERS, 'file paths of a pull request without branches'),
  ],
  [
    'A filter of pull requests has branches, those of destination.',
    'CP:pipelines-filter',
    rejected(TRIGGERS, 'a pull request without branches'),
  ],
  [
    'The events of pull requests are OPEN, UPDATED and CLOSED.',
    'CP:pipelines-filter',
    rejected(TRIGGERS, 'an event of pull requests nobody knows'),
  ],
  [
    'A trigger takes the place of the detection of every push.',
    'CP:pipelines-triggers',
    holds(FILTERS, 'without a trigger a push to the branch of the action is detected, and nothing else'),
  ],
  ['One filter of several that matches is enough.', 'CP:pipelines-filter', holds(FILTERS, 'one filter of several')],
  ['All criteria of a filter must match.', 'CP:pipelines-filter', holds(FILTERS, 'the path on another branch')],
  [
    'What is excluded is out, though it is included too.',
    'CP:pipelines-filter',
    holds(FILTERS, 'a branch that is included and excluded'),
  ],
  [
    'Patterns that exclude alone include the rest.',
    'CP:pipelines-filter',
    holds(FILTERS, 'excludes alone include the rest'),
  ],
  [
    'One changed file that passes is enough; each is judged for itself.',
    'CP:pipelines-filter',
    holds(FILTERS, 'one file that passes beside one that is excluded'),
  ],
  [
    'A file that is included and excluded does not count.',
    'CP:pipelines-filter',
    holds(FILTERS, 'a file that is included and excluded'),
  ],
  ['The first 100 changed files are looked at.', 'CP:pipelines-filter', holds(FILTERS, 'the 101st file')],
  [
    'A new branch does not start what is filtered by paths.',
    'CP:pipelines-filter',
    holds(FILTERS, 'a new branch with a path'),
  ],
  [
    'A pull request is filtered by its event.',
    'CP:pipelines-filter',
    holds(FILTERS, 'a pull request of another event'),
  ],
  ['And by the branch that it is to.', 'CP:pipelines-filter', holds(FILTERS, 'a pull request to another branch')],
  [
    'A push of a tag starts with the commit that is tagged.',
    'CP:pipelines-triggers',
    holds(GIT, 'of a tag starts what is triggered by tags, with the commit that is tagged'),
  ],
  [
    'CodeCommit: the rule’s pattern decides what starts the pipeline; a tag of the branch’s name does not.',
    'CP:pipelines-trigger-source-repo-changes-cfn',
    holds(GIT, 'of a tag, of another branch, and of nothing new starts nothing'),
  ],
  [
    'CodeCommit: the input transformer pins the commit of the event.',
    'CP:pipelines-trigger-source-repo-changes-cfn',
    holds(GIT, 'to the branch of a rule starts the pipeline once, with the pushed commit'),
  ],
  [
    'CodeCommit: with polling and a rule a push starts the pipeline twice.',
    'CP:pipelines-trigger-source-repo-changes-cfn',
    holds(GIT, 'starts the pipeline if it is to the branch of the action, without an event on the bus'),
  ],
  [
    'Triggers need a pipeline of type V2.',
    'CP:pipelines-triggers',
    rejected(TRIGGERS, 'triggers in a pipeline of type V1'),
  ],
]);

export const VARIABLE_ROWS: readonly Row[] = section('1.6', [
  [
    '#{namespace.key} is resolved right before the action that uses it.',
    'CP:reference-variables',
    holds(STARTS, 'of an action is resolved right before the action that uses it, in its stage or in a later one'),
  ],
  [
    'Names count with their case.',
    'CP:reference-variables',
    holds(STARTS, 'is looked up in the case in which it is written'),
  ],
  [
    'codepipeline is reserved, and holds only PipelineExecutionId.',
    'CP:reference-variables',
    rejected(VARIABLES, 'another member of codepipeline'),
  ],
  [
    'A namespace of an action is no reserved one.',
    'CP:reference-variables',
    rejected(VARIABLES, 'a reserved namespace'),
  ],
  ['A namespace is unique in the pipeline.', 'CP:reference-variables', rejected(VARIABLES, 'a namespace twice')],
  [
    'A namespace is not the name of an artifact.',
    'CP:reference-variables',
    rejected(VARIABLES, 'a namespace named as an artifact'),
  ],
  ['A pipeline has at most 50 variables.', 'CP:limits', rejected(PIPELINE, '51 variables')],
  ['Their names are unique.', 'CP:reference-variables', rejected(PIPELINE, 'two variables of one name')],
  ['A variable has a name.', 'API:PipelineVariableName', rejected(PIPELINE, 'a variable without a name')],
  [
    'Its name has at most 128 letters, digits and @ - _.',
    'API:PipelineVariableName',
    rejected('conformance/template.test.ts', 'a variable name of 129 characters'),
  ],
  ['A default has 1 to 1,000 characters.', 'API:PipelineVariableValue', rejected(PIPELINE, 'an empty default')],
  [
    'A value at the start has 1 to 1,000 characters, and is given where there is no default.',
    'CP:reference-variables',
    holds(STARTS, '%s is refused'),
  ],
  [
    'What is given counts, else the default.',
    'CP:reference-variables',
    holds(STARTS, 'of the pipeline has what was given at the start, else its default'),
  ],
  [
    'Variables of the pipeline are not usable in source actions.',
    'CP:reference-variables',
    rejected(VARIABLES, 'a pipeline variable in a source'),
  ],
  [
    'A reference names a variable that the pipeline has.',
    'CP:reference-variables',
    rejected(VARIABLES, 'a pipeline variable nobody declared'),
  ],
  ['Variables of an action need a namespace.', 'CP:reference-variables', rejected(VARIABLES, 'a variable of nobody')],
  [
    'They are for later stages and higher run orders.',
    'CP:reference-variables',
    rejected(VARIABLES, 'a variable from a parallel action'),
  ],
  [
    'A condition before entry reads what ran before its stage.',
    'CP:reference-variables',
    rejected(VARIABLES, 'a condition on what its own stage makes'),
  ],
  [
    'A reference that has no value at run time: AWS does not say what follows; the action fails.',
    'CP:reference-variables',
    holds(STARTS, 'that is not there when it is read fails the action'),
    'uncertain',
  ],
  [
    'Variables need a pipeline of type V2.',
    'CP:reference-variables',
    rejected(PIPELINE, 'a pipeline of type V1 with %s is an error'),
  ],
]);
