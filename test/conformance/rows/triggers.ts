import { enforced, holds, notApplicable, type Row, section } from '../row';

const STARTS = 'conformance/starts.test.ts';
const TRIGGERS = 'local/plan/trigger-rules.test.ts';
const FILTERS = 'local/events/triggers.test.ts';
const GIT = 'local/git-server/git-server.test.ts';

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
    enforced(TRIGGERS, 'a trigger of another provider'),
  ],
  ['And by source action.', 'CP:pipelines-triggers', enforced(TRIGGERS, 'a trigger for a CodeCommit source')],
  [
    'A trigger names a source action that there is.',
    'API:GitConfiguration',
    enforced(TRIGGERS, 'a trigger for no source action'),
  ],
  ['A pipeline has at most 50 triggers.', 'CP:limits', enforced(TRIGGERS, '51 triggers')],
  ['A source action has one trigger.', 'CP:limits', enforced(TRIGGERS, 'two triggers for one source action')],
  ['A trigger has at most 3 filters of pushes.', 'CP:limits', enforced(TRIGGERS, 'four push filters')],
  [
    'A trigger has at most 3 filters of pull requests.',
    'CP:limits',
    enforced(TRIGGERS, 'four filters of pull requests'),
  ],
  ['A criterion has at most 8 patterns that include.', 'CP:limits', enforced(TRIGGERS, 'nine includes')],
  ['A criterion has at most 8 patterns that exclude.', 'CP:limits', enforced(TRIGGERS, 'nine excludes')],
  ['A pattern has at most 255 characters.', 'CP:limits', enforced(TRIGGERS, 'a pattern of 256 characters')],
  ['All triggers together take at most 200 KB.', 'CP:limits', enforced(TRIGGERS, 'more than 200 KB of triggers')],
  ['Tags go alone.', 'CP:pipelines-filter', enforced(TRIGGERS, 'tags with branches'), 'uncertain'],
  ['Tags do not go with file paths.', 'CP:pipelines-filter', enforced(TRIGGERS, 'tags with file paths')],
  [
    'File paths of a push go with branches only.',
    'CP:pipelines-filter',
    enforced(TRIGGERS, 'file paths of a push without branches'),
  ],
  [
    'File paths of a pull request go with branches only.',
    'CP:pipelines-filter',
    enforced(TRIGGERS, 'file paths of a pull request without branches'),
  ],
  [
    'A filter of pull requests has branches, those of destination.',
    'CP:pipelines-filter',
    enforced(TRIGGERS, 'a pull request without branches'),
  ],
  [
    'The events of pull requests are OPEN, UPDATED and CLOSED.',
    'CP:pipelines-filter',
    enforced(TRIGGERS, 'an event of pull requests nobody knows'),
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
    enforced(TRIGGERS, 'triggers in a pipeline of type V1'),
  ],

  [
    'Pull requests of a provider start a pipeline, CLOSED by a merge too; of the source branch’s commit.',
    'CP:pipelines-filter',
    notApplicable('There is no provider of pull requests on this machine; how filters judge them is shown above.'),
  ],
  [
    'Merging can start two executions where filters of pushes and of pull requests overlap.',
    'CP:pipelines-triggers',
    notApplicable('There is no provider of pull requests on this machine.'),
  ],
  [
    'Who starts a pipeline by hand gets the branch of the action.',
    'CP:pipelines-trigger',
    holds('local/executors/source.test.ts', 'says from which branch it is, if not the one of the pipeline'),
  ],
  [
    'A pattern may have *, ** and what a glob has.',
    'CP:syntax-glob',
    holds(FILTERS, 'a branch deeper than the pattern'),
  ],
]);
