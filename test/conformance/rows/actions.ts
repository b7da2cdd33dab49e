import { differs, enforced, holds, type Row, rejected, section } from '../row';

const ACTION = 'local/plan/action-rules.test.ts';
const COMMANDS = 'local/actions/commands-rules.test.ts';
const RUN = 'local/actions/commands.test.ts';
const DEPLOY = 'local/actions/deploy-rules.test.ts';
const PUBLISH = 'local/actions/publish-rules.test.ts';
const STACK = 'local/actions/cloudformation.test.ts';
const STACK_RULES = 'local/actions/cloudformation-rules.test.ts';
const CLOUD = 'local/actions/cloud.test.ts';
const SOURCE = 'local/executors/source.test.ts';
const LAMBDA = 'local/executors/lambda.test.ts';
const TYPES = 'conformance/structure.test.ts';

export const ACTIONS: readonly Row[] = section('1.2', [
  [
    'CodeCommit: a source artifact is a zip of the commit without .git, with the variables RepositoryName, BranchName, CommitId, CommitMessage, AuthorDate, CommitterDate.',
    'CP:action-reference-CodeCommit',
    holds(SOURCE, 'holds the files of the commit, without .git, and the variables of CodeCommit'),
  ],
  [
    'CodeCommit: a consumer may name only these variables.',
    'CP:action-reference-CodeCommit',
    enforced('local/plan/variable-rules.test.ts', 'a variable that a source does not have'),
  ],
  [
    'CodeCommit: polling is on if PollForSourceChanges is not false.',
    'CP:action-reference-CodeCommit',
    holds(
      'local/git-server/git-server.test.ts',
      'starts the pipeline if it is to the branch of the action, without an event on the bus',
    ),
  ],
  [
    'CodeCommit: OutputArtifactFormat CODEBUILD_CLONE_REF hands a clone to CodeBuild.',
    'CP:action-reference-CodeCommit',
    rejected(ACTION, 'a full clone'),
  ],
  [
    'Connection: the variables are AuthorDate, BranchName, CommitId, CommitMessage, ConnectionArn, FullRepositoryName.',
    'CP:action-reference-CodestarConnectionSource',
    holds(SOURCE, 'by a connection has the names of that provider'),
  ],
  [
    'Connection: DetectChanges false, and no trigger: no push starts the pipeline.',
    'CP:action-reference-CodestarConnectionSource',
    holds('local/git-server/git-server.test.ts', 'that detects no changes starts nothing'),
  ],
  [
    'A source action names its branch.',
    'CP:action-reference-CodeCommit',
    enforced(ACTION, 'a source of branches nobody named'),
  ],
  [
    'A source action has no input and one output.',
    'CP:reference-action-artifacts',
    enforced(ACTION, 'a source without output'),
  ],
  ['CodeBuild: 1 to 5 inputs.', 'CP:reference-action-artifacts', enforced(ACTION, 'a build without input')],
  [
    'CodeBuild: with more than one input PrimarySource is required.',
    'CP:action-reference-CodeBuild',
    enforced(ACTION, 'two inputs without a primary one'),
  ],
  [
    'CodeBuild: PrimarySource is one of the inputs.',
    'CP:action-reference-CodeBuild',
    enforced(ACTION, 'a primary source that is no input'),
  ],
  ['CodeBuild: the action names a project.', 'CP:action-reference-CodeBuild', enforced(ACTION, 'a project nobody has')],
  [
    'CodeBuild: EnvironmentVariables is a JSON list of name, value and type.',
    'CP:action-reference-CodeBuild',
    enforced(ACTION, 'variables that are no JSON'),
  ],
  [
    'CodeBuild: a type of such a variable is PLAINTEXT, PARAMETER_STORE or SECRETS_MANAGER.',
    'CP:action-reference-CodeBuild',
    enforced(ACTION, 'a variable of a type nobody knows'),
  ],
  [
    'CodeBuild: the output variables are the exported ones of the build, and no other can be named.',
    'CP:action-reference-CodeBuild',
    enforced('local/plan/variable-rules.test.ts', 'a variable that the build does not export'),
  ],
  [
    'CodeBuild: BuildspecOverride may be inline, a path, or an object in S3; the last does not run here.',
    'CP:action-reference-CodeBuild',
    rejected('local/plan/project-rules.test.ts', 'an override in S3'),
  ],
  [
    'CodeBuild: BatchEnabled needs a project that has a batch configuration.',
    'CP:action-reference-CodeBuild',
    enforced('local/plan/project-rules.test.ts', 'a batch of a project without BuildBatchConfig'),
  ],
  [
    'CodeBuild: CombineArtifacts goes with a batch only.',
    'CP:action-reference-CodeBuild',
    enforced('local/plan/project-rules.test.ts', 'combined artifacts without a batch'),
  ],
  ['Commands: 1 to 50 of them.', 'CP:action-reference-Commands', enforced(COMMANDS, '51 commands')],
  [
    'Commands: at most 1,000 characters each.',
    'CP:action-reference-Commands',
    enforced(COMMANDS, 'a command of 1001 characters'),
  ],
  ['Commands: each is one line.', 'CP:action-reference-Commands', enforced(COMMANDS, 'a command of two lines')],
  [
    'Commands: stand outside of the configuration, and no other action has them.',
    'CP:action-reference-Commands',
    enforced(COMMANDS, 'commands of another action'),
  ],
  ['Commands: only Linux runs here, no Windows.', 'CP:action-reference-Commands', rejected(COMMANDS, 'Windows')],
  [
    'Commands: the compute type is small if nothing is said.',
    'CP:action-reference-Commands',
    holds(
      COMMANDS,
      'what is not said has its default: small compute, every file, the role of the pipeline only without one of its own',
    ),
  ],
  [
    'Commands: compute types are small, medium and large.',
    'CP:action-reference-Commands',
    enforced(COMMANDS, 'a compute type that CodePipeline has not'),
  ],
  [
    'Commands: environment variables are plain texts or secrets of Secrets Manager.',
    'CP:action-reference-Commands',
    enforced(COMMANDS, 'an environment variable of Parameter Store'),
  ],
  ['Commands: 1 to 10 inputs.', 'CP:action-reference-Commands', enforced(COMMANDS, 'no input')],
  ['Commands: at most one output.', 'CP:action-reference-Commands', enforced(COMMANDS, 'two outputs')],
  [
    'Commands: run in their first input; folder and variables carry over, named files and variables are put out.',
    'CP:action-reference-Commands',
    holds(RUN, 'the commands run in the first input, keep folder and variables, and leave files and variables behind'),
  ],
  [
    'Commands: the first one that fails ends the action.',
    'CP:action-reference-Commands',
    holds(RUN, 'the first command that fails ends the action'),
  ],
  [
    'Commands: belong to a pipeline of type V2.',
    'CP:action-reference-Commands',
    enforced(COMMANDS, 'a pipeline of type V1'),
  ],
  [
    'Commands, EKS, ECRBuildAndPublish: run on compute of CodePipeline’s own, with the log group /aws/codepipeline/<pipeline>.',
    'CP:action-reference-Commands',
    holds(RUN, 'it is a build of 55 minutes on compute of its own, whose log group is the pipeline’s'),
  ],
  [
    'Commands: an instance may be used again by another execution of the account.',
    'CP:action-reference-Commands',
    differs('Every run has a folder of its own that is gone afterwards.'),
  ],
  [
    'ECRBuildAndPublish: builds the Dockerfile, pushes the tags, puts out ECRImageDigestId and ECRRepositoryName.',
    'CP:action-reference-ECRBuildAndPublish',
    holds(CLOUD, 'ECRBuildAndPublish builds the Dockerfile of a folder, pushes its tags and tells the digest'),
  ],
  [
    'ECRBuildAndPublish: the tag is latest if none is given.',
    'CP:action-reference-ECRBuildAndPublish',
    holds(PUBLISH, 'what is not said has its default'),
  ],
  ['ECRBuildAndPublish: one input.', 'CP:action-reference-ECRBuildAndPublish', enforced(PUBLISH, 'no input')],
  [
    'EKS: applies manifests with kubectl in a namespace, $VARIABLES replaced by those of the action.',
    'CP:action-reference-EKS',
    holds(CLOUD, 'EKS applies files and folders as the role, with the variables in place, in the namespace'),
  ],
  [
    'EKS: needs an access entry of the cluster for the role.',
    'CP:action-reference-EKS',
    holds(CLOUD, 'EKS without an access entry fails, and says what the role needs'),
  ],
  [
    'EKS: or a Helm chart with release name, location and values.',
    'CP:action-reference-EKS',
    differs(
      'Helm runs if it is installed on this machine, and its lack is an error before anything is applied.',
      CLOUD,
      'helm that is not on this machine is said, and nothing is applied',
    ),
  ],
  ['EKS: names its cluster.', 'CP:action-reference-EKS', enforced(DEPLOY, 'no cluster')],
  [
    'Lambda: the function gets the job as its event, UserParameters included.',
    'CP:actions-invoke-lambda-function',
    holds(LAMBDA, 'has the event of CodePipeline and the environment of Lambda, and nothing of the user'),
  ],
  [
    'Lambda: the outcome is what the function puts by PutJobSuccessResult, with output variables.',
    'CP:action-reference-Lambda',
    holds(LAMBDA, 'succeeds by what the function puts at the endpoint, with its variables'),
  ],
  [
    'Lambda: or by PutJobFailureResult.',
    'CP:action-reference-Lambda',
    holds(LAMBDA, 'fails with the message that the function puts, and the end of its log'),
  ],
  [
    'Lambda: a continuation token has the function called again until it is done.',
    'CP:actions-invoke-lambda-function',
    holds(LAMBDA, 'goes on with its continuation token, a job of its own each time, until it is done'),
  ],
  [
    'Lambda: 0 to 5 inputs and outputs, which the function reads from S3 and puts there.',
    'CP:reference-action-artifacts',
    holds(
      'local/actions/lambda-artifacts.test.ts',
      'a function reads its input artifact from S3 and puts its output there, with the SDK',
    ),
  ],
  [
    'S3 deploy: extracts the artifact below a key, or puts it as one object.',
    'CP:action-reference-S3Deploy',
    holds(
      'local/actions/s3-deploy.test.ts',
      'every file of the artifact is an object below the key; what an earlier run put there stays',
    ),
  ],
  ['S3 deploy: names its bucket.', 'CP:action-reference-S3Deploy', enforced(PUBLISH, 'no bucket')],
  ['S3 deploy: one input, no output.', 'CP:action-reference-S3Deploy', enforced(PUBLISH, 'two inputs')],
  [
    'CloudFormation: creates, changes and deletes stacks, and makes and executes change sets.',
    'CP:action-reference-CloudFormation',
    differs(
      'Template, parameters and capabilities are checked, the difference is recorded and shown; no resource is made, and the log says so.',
      STACK,
      'is recorded, loudly not deployed; outputs that follow from parameters become variables',
    ),
  ],
  [
    'CloudFormation: parameters come from a configuration file and from overrides, with Fn::GetParam and Fn::GetArtifactAtt.',
    'CP:action-reference-CloudFormation',
    holds(STACK, 'come from configuration, and from overrides over it, with their functions'),
  ],
  [
    'CloudFormation: the action has a mode.',
    'CP:action-reference-CloudFormation',
    enforced(STACK_RULES, 'a mode that is not there'),
  ],
  [
    'CloudFormation: a template lies in an input artifact.',
    'CP:action-reference-CloudFormation',
    enforced(STACK_RULES, 'a template without artifact'),
  ],
  [
    'CloudFormation: what makes roles needs a capability.',
    'CP:action-reference-CloudFormation',
    holds(STACK, 'no capability for a named role'),
  ],
  [
    'EKS: kubectl and Helm do not go together.',
    'CP:action-reference-EKS',
    enforced(DEPLOY, 'kubectl and helm at once'),
  ],
  ['EKS: no output.', 'CP:action-reference-EKS', enforced(DEPLOY, 'an output')],
  ['PipelineInvoke: names a pipeline.', 'CP:action-reference-PipelineInvoke', enforced(DEPLOY, 'no pipeline')],
  [
    'PipelineInvoke: starts another pipeline with variables and revisions, and does not wait for its end.',
    'CP:action-reference-PipelineInvoke',
    holds(
      'local/actions/pipeline-invoke.test.ts',
      'it starts the pipeline with variables and revisions, and does not wait for its end',
    ),
  ],
  [
    'Manual approval: no inputs, no outputs.',
    'CP:reference-action-artifacts',
    enforced(ACTION, 'an approval with input'),
  ],
  [
    'InspectorScan: scans source code or an image.',
    'CP:action-reference-InspectorScan',
    rejected(TYPES, 'InspectorScan'),
  ],
  [
    'Lambda deploy: publishes a version and shifts traffic.',
    'CP:action-reference-LambdaDeploy',
    rejected(TYPES, 'Lambda deploy'),
  ],
  ['ECR as a source.', 'CP:action-reference-ECR', rejected(TYPES, 'ECR source')],
  ['S3 as a source.', 'CP:action-reference-S3', rejected(TYPES, 'S3 source')],
  ['CodeDeploy.', 'CP:action-reference-CodeDeploy', rejected(TYPES, 'CodeDeploy')],
  ['ECS.', 'CP:action-reference-ECS', rejected(TYPES, 'ECS')],
  ['EC2 deploy.', 'CP:action-reference-EC2Deploy', rejected(TYPES, 'EC2')],
  ['Step Functions.', 'CP:action-reference-StepFunctions', rejected(TYPES, 'StepFunctions')],
  ['AppConfig.', 'CP:action-reference-AppConfig', rejected(TYPES, 'AppConfig')],
  ['Service Catalog.', 'CP:action-reference-ServiceCatalog', rejected(TYPES, 'ServiceCatalog')],
  ['CloudFormation stack sets.', 'CP:action-reference-StackSets', rejected(TYPES, 'CloudFormationStackSet')],
  ['Actions of third parties and custom ones.', 'CP:action-reference', rejected(ACTION, 'another owner')],
  ['An action type has a version; those of AWS have 1.', 'API:Version', enforced(ACTION, 'another version')],
]);
