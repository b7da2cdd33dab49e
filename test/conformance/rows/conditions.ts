import { differs, enforced, holds, notApplicable, type Row, rejected, section } from '../row';

const CONDITIONS = 'conformance/conditions.test.ts';
const RULES = 'local/engine/rules/condition.test.ts';
const CRON = 'local/engine/rules/cron.test.ts';
const PLAN = 'local/plan/rule-rules.test.ts';
const PIPELINE = 'local/plan/pipeline-rules.test.ts';

export const CONDITION_ROWS: readonly Row[] = section('1.7', [
  [
    'A condition fails if one of its rules fails; all are judged.',
    'API:ConditionExecutionStatus, CP:stage-conditions',
    holds(CONDITIONS, 'a condition with several rules fails if one of them does, and all are judged'),
  ],
  ['A condition has at most 5 rules.', 'API:RuleDeclarationList', enforced(PIPELINE, 'six rules')],
  ['A condition has at least one rule.', 'API:RuleDeclarationList', enforced(PIPELINE, 'no rule')],
  ['A hook has exactly one condition.', 'API:ConditionList', enforced(PIPELINE, 'two conditions')],
  [
    'Conditions need a pipeline of type V2.',
    'CP:stage-conditions',
    enforced(PIPELINE, 'a pipeline of type V1 with %s is an error'),
  ],
  [
    'beforeEntry that holds lets the execution in.',
    'CP:stage-conditions',
    holds(CONDITIONS, 'that holds lets the execution into the stage'),
  ],
  [
    'beforeEntry has the result FAIL or SKIP.',
    'CP:stage-conditions',
    enforced(PIPELINE, 'a result that beforeEntry has not'),
  ],
  [
    'beforeEntry with FAIL fails the stage, none of whose actions runs.',
    'CP:stage-conditions',
    holds(CONDITIONS, 'with FAIL fails the stage without running its actions'),
  ],
  [
    'beforeEntry with SKIP: the stage is Skipped, its actions do not run, and the execution goes on.',
    'CP:stage-conditions',
    holds(CONDITIONS, 'with SKIP skips the stage, runs none of its actions, and the execution goes on'),
  ],
  [
    'A skipped stage can be neither retried nor the target of a rollback.',
    'CP:stage-conditions',
    holds(CONDITIONS, 'a skipped stage can be neither retried nor the target of a rollback'),
  ],
  [
    'beforeEntry that failed with FAIL can be overridden: the stage proceeds.',
    'API:ConditionType',
    holds(CONDITIONS, 'that failed with FAIL can be overridden: the stage proceeds'),
  ],
  ['SKIP cannot be overridden.', 'CP:stage-conditions', holds(CONDITIONS, 'that skipped cannot be overridden')],
  ['SKIP does not go with CloudWatchAlarm.', 'CP:stage-conditions', enforced(PLAN, 'CloudWatchAlarm')],
  ['SKIP does not go with DeploymentWindow.', 'CP:stage-conditions', enforced(PLAN, 'DeploymentWindow')],
  ['SKIP does not go with Commands.', 'CP:rule-reference-Commands', enforced(PLAN, 'Commands')],
  ['SKIP does not go with CodeBuild.', 'CP:stage-conditions', enforced(PIPELINE, 'a rule that skips by a build')],
  [
    'SKIP goes with LambdaInvoke and VariableCheck.',
    'CP:stage-conditions',
    holds(PLAN, 'LambdaInvoke may skip a stage, as VariableCheck may'),
  ],
  ['onSuccess has the result FAIL or ROLLBACK.', 'CP:stage-conditions', enforced(PIPELINE, 'SKIP on success')],
  [
    'onSuccess engages when a rule fails; one caption of a figure says the opposite.',
    'CP:stage-conditions',
    holds(CONDITIONS, 'that does not hold fails a stage whose actions succeeded'),
    'uncertain',
  ],
  [
    'onSuccess with ROLLBACK brings the last good execution back.',
    'CP:stage-conditions',
    holds(CONDITIONS, 'with ROLLBACK brings the last execution back that succeeded there'),
  ],
  [
    'onSuccess that failed can be overridden: the stage proceeds.',
    'API:ConditionType',
    holds(CONDITIONS, 'that failed can be overridden: the stage proceeds'),
  ],
  [
    'onFailure with a condition has the result ROLLBACK.',
    'CP:stage-conditions',
    enforced(PIPELINE, 'a result that conditions on failure have not'),
  ],
  [
    'onFailure of the stage has the result ROLLBACK or RETRY.',
    'CFN:FailureConditions',
    enforced(PIPELINE, 'a result that onFailure has not'),
  ],
  [
    'onFailure with a condition engages when all of its rules succeed; a heading of a table says the opposite.',
    'CP:concepts-how-it-works',
    holds(CONDITIONS, 'engages its result when all rules succeed'),
    'uncertain',
  ],
  [
    'onFailure whose rule fails leaves the stage failed.',
    'CP:concepts-how-it-works',
    holds(CONDITIONS, 'engages nothing when a rule fails: the stage stays failed'),
    'uncertain',
  ],
  [
    'RETRY does not go with conditions on failure; a recipe on the same page combines them.',
    'CP:stage-conditions',
    enforced(PIPELINE, 'a result beside conditions on failure'),
    'uncertain',
  ],
  [
    'The source stage has no condition with ROLLBACK.',
    'CP:stage-rollback',
    enforced(PIPELINE, 'a rollback of the source stage by a condition'),
  ],
  [
    'A rule is of the category Rule, of the owner AWS, in version 1.',
    'API:RuleTypeId',
    enforced(PLAN, 'another owner of a rule'),
  ],
  [
    'A rule’s timeout is in the API and not in CloudFormation.',
    'API:RuleTimeout, CFN:RuleDeclaration',
    enforced(PLAN, 'a timeout of a rule'),
  ],
  [
    'CloudWatchAlarm: an OK alarm succeeds at the first look.',
    'CP:rule-reference-CloudWatchAlarm',
    holds(RULES, 'an OK alarm succeeds at once, however long it might wait'),
  ],
  [
    'CloudWatchAlarm: one in ALARM is waited for, WaitTime minutes at most.',
    'CP:rule-reference-CloudWatchAlarm',
    holds(RULES, 'an alarm that rings is waited for, and the rule succeeds as soon as it is OK'),
  ],
  [
    'CloudWatchAlarm: and fails if it does not change in that time.',
    'CP:rule-reference-CloudWatchAlarm',
    holds(RULES, 'an alarm that does not stop ringing within the wait fails the rule'),
  ],
  [
    'CloudWatchAlarm: OK and INSUFFICIENT_DATA pass on success, ALARM meets on failure.',
    'CP:rule-reference-CloudWatchAlarm',
    holds(RULES, '%s: an alarm in %s, at the first look: %s'),
  ],
  [
    'CloudWatchAlarm: before entry, where nothing is said, as on success.',
    'CP:rule-reference-CloudWatchAlarm',
    holds(RULES, '%s: an alarm in %s, at the first look: %s'),
    'uncertain',
  ],
  [
    'CloudWatchAlarm: AlarmStates are the states that the rule succeeds in.',
    'CP:rule-reference-CloudWatchAlarm',
    holds(RULES, 'AlarmStates are the states in which the rule succeeds'),
    'uncertain',
  ],
  [
    'CloudWatchAlarm: names an alarm that there is.',
    'CP:rule-reference-CloudWatchAlarm',
    enforced(PLAN, 'an alarm that nobody has'),
  ],
  [
    'CloudWatchAlarm: in a run, the stage keeps its lock and goes on when the alarm is quiet.',
    'CP:stage-conditions',
    holds(CONDITIONS, 'a stage whose rule waits for an alarm holds its lock, and goes on when the alarm is quiet'),
  ],
  [
    'DeploymentWindow: a Quartz expression of 6 fields and a year; now is within it or the rule fails.',
    'CP:rule-reference-DeploymentWindow',
    holds(RULES, 'succeeds within, fails outside, by the clock of its time zone'),
  ],
  [
    'DeploymentWindow: ranges, lists, steps, names, L, W, # and ?.',
    'CP:rule-reference-DeploymentWindow',
    holds(CRON, '%s has %s, and not %s'),
  ],
  [
    'DeploymentWindow: seconds are *; AWS’s samples write 0, which is taken for the whole minute.',
    'CP:rule-reference-DeploymentWindow',
    holds(CRON, '%s has %s, and not %s'),
    'uncertain',
  ],
  [
    'DeploymentWindow: what is no such expression is refused.',
    'CP:rule-reference-DeploymentWindow',
    enforced(PLAN, 'a window that is no cron expression'),
  ],
  [
    'DeploymentWindow: time zones as Region/City, UTC±HH:MM or abbreviation, summer time included.',
    'CP:rule-reference-DeploymentWindow',
    holds(CRON, '%s shows at %s: %s'),
  ],
  [
    'DeploymentWindow: UTC if no zone is given.',
    'CP:rule-reference-DeploymentWindow',
    holds(PLAN, 'DeploymentWindow has its expression, in UTC if nothing else is said'),
  ],
  [
    'LambdaInvoke: FunctionName and UserParameters, run as a Lambda action.',
    'CP:rule-reference-LambdaInvoke',
    holds(PLAN, 'LambdaInvoke is an action of its stage'),
  ],
  ['VariableCheck: EQ, NE, CONTAINS and MATCHES.', 'CP:rule-reference-VariableCheck', holds(RULES, '%s %s: %s')],
  [
    'VariableCheck: MATCHES takes a pattern of Java.',
    'CP:rule-reference-VariableCheck',
    differs(
      'Patterns that JavaScript has not, or understands otherwise, are refused.',
      'local/engine/rules/java-pattern.test.ts',
      '%s is an error: %s',
    ),
  ],
  [
    'VariableCheck: another operator is refused.',
    'CP:rule-reference-VariableCheck',
    enforced(PIPELINE, 'an operator nobody knows'),
  ],
  [
    'Commands: as the action, and each of one line.',
    'CP:rule-reference-Commands',
    enforced(PLAN, 'a rule of several lines'),
  ],
  [
    'CodeBuild: the build of a project, 1 to 5 inputs.',
    'CP:rule-reference-CodeBuild',
    enforced(PIPELINE, 'a rule CodeBuild without an input'),
  ],
  [
    'CodeBuild: before entry, on success and on failure.',
    'CP:rule-reference-CodeBuild',
    holds(PLAN, 'CodeBuild goes before entry and on success too'),
  ],
  [
    'A rule that cannot be judged: AWS does not say what follows; the stage fails, and is not skipped.',
    'API:ConditionExecutionStatus',
    holds('local/engine/rules/condition.test.ts', 'is Errored before it is Failed, and Abandoned before that'),
    'uncertain',
  ],
  [
    'A rule runs in the region of its pipeline or another.',
    'API:RuleDeclaration',
    rejected(PLAN, 'a rule in another region'),
  ],

  [
    'The condition on failure cannot be overridden: the API has BEFORE_ENTRY and ON_SUCCESS only.',
    'API:ConditionType',
    notApplicable('There is no operation for it.'),
  ],
  [
    'A rule is InProgress, Succeeded, Failed or Abandoned.',
    'API:RuleExecutionStatus',
    holds(RULES, 'stops waiting when the execution is stopped'),
  ],
  [
    'Each rule’s beginning and end is told.',
    'API:RuleExecutionStatus',
    holds(RULES, 'tells the beginning and the end of each rule'),
  ],
  [
    'Commands: run with the role of the pipeline, in their first input.',
    'CP:rule-reference-Commands',
    holds(PLAN, 'Commands is an action of its stage, with the role of the pipeline'),
  ],
  [
    'Commands: a rule has 1 to 10 inputs; AWS’s page shows one and gives no number, the action’s does.',
    'CP:rule-reference-Commands',
    enforced(PLAN, 'a rule of commands without an input'),
    'uncertain',
  ],
  [
    'A rule that builds runs as an action does, and the stage goes by its end.',
    'CP:rule-reference-Commands',
    holds('conformance/rules.test.ts', 'commands of a rule run in their input, and decide'),
  ],
]);
