import { differs, enforced, holds, notApplicable, type Row, section } from '../row';

const ACTION = 'local/plan/action-rules.test.ts';
const RUN = 'local/actions/commands.test.ts';
const LAMBDA = 'local/executors/lambda.test.ts';
const TIME = 'conformance/approvals.test.ts';

export const TIMEOUTS: readonly Row[] = section('1.3', [
  [
    'A CodeBuild action takes at most as long as its project says.',
    'CP:limits',
    holds('local/codebuild/processes.test.ts', 'a build that takes longer than its timeout fails as TIMED_OUT'),
  ],
  [
    'The timeout of a project is 5 to 2,160 minutes.',
    'CB:limits',
    enforced('local/plan/project-rules.test.ts', 'a timeout of 4 minutes'),
  ],
  [
    'A Test action of CodeBuild ends after 8 hours.',
    'CP:limits',
    differs('The timeout of the project counts, which AWS’s pages leave open.'),
    'uncertain',
  ],
  [
    'A Lambda action ends after 24 hours.',
    'CP:limits',
    holds(LAMBDA, 'that never gets done ends after 24 hours of its clock'),
  ],
  [
    'A Lambda action has 20 minutes between two signs of life.',
    'CP:limits',
    differs('The function’s own time-out ends each call, and 24 hours end them all.'),
  ],
  [
    'A function ends at its own time-out.',
    'API:FunctionConfiguration',
    holds(LAMBDA, 'that hangs is ended at its time-out, with all that it has started'),
  ],
  [
    'Commands end after 55 minutes.',
    'CP:action-reference-Commands',
    holds(RUN, 'it is a build of 55 minutes on compute of its own, whose log group is the pipeline’s'),
  ],
  [
    'An approval waits for 7 days if nothing is said, and is then a failed action.',
    'CP:limits, CP:concepts-how-it-works',
    holds(TIME, 'that nobody answers in 7 days fails'),
  ],
  ['The timeout of an approval is 5 to 86,400 minutes.', 'CP:limits', enforced(ACTION, 'an approval of 4 minutes')],
  ['No other action has timeoutInMinutes.', 'CP:limits', enforced(ACTION, 'a build with a timeout')],
  [
    'CloudFormation ends after 3 days, S3 deploy after 90 minutes, CodeDeploy after 5 days, Step Functions after 7 days.',
    'CP:limits',
    notApplicable('Those that run here take seconds on one machine; the others are refused.'),
  ],
]);
