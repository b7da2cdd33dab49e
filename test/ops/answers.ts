import type {
  ActionExecutionDetail,
  GetPipelineStateOutput,
  PipelineExecutionSummary,
} from '@aws-sdk/client-codepipeline';

/** Answers in the shapes of the CodePipeline API reference, of a pipeline in the middle of its work. */

export const OLD = '0ld00000-1111-4111-8111-111111111111';
export const GOOD = '600d0000-2222-4222-8222-222222222222';
export const NOW = '00000000-3333-4333-8333-333333333333';
export const NEXT = '4e470000-4444-4444-8444-444444444444';
export const TOKEN = '1a2b3c4d-573f-4ea7-a67E-XAMPLETOKEN';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 21, 12, minute));

export const clock = at(60);

const link = (id: string): string =>
  `https://eu-west-1.console.aws.amazon.com/codesuite/codebuild/111122223333/projects/visits-test/build/visits-test%3A${id}/?region=eu-west-1`;

export const state: GetPipelineStateOutput = {
  pipelineName: 'visits-production',
  pipelineVersion: 3,
  created: at(-600),
  updated: at(-500),
  stageStates: [
    {
      stageName: 'Source',
      inboundExecutions: [],
      inboundTransitionState: { enabled: true },
      latestExecution: { pipelineExecutionId: NEXT, status: 'Succeeded', type: 'STANDARD' },
      actionStates: [
        {
          actionName: 'Source',
          currentRevision: { revisionId: 'bbbbbbbbbbbbbbbb', revisionChangeId: '1', created: at(40) },
          latestExecution: {
            actionExecutionId: 'a1',
            status: 'Succeeded',
            summary: 'Count visits once\n\nIt counted twice.',
            lastStatusChange: at(41),
            externalExecutionId: 'bbbbbbbbbbbbbbbb',
          },
          entityUrl: 'https://eu-west-1.console.aws.amazon.com/codecommit/home#/repository/visits',
        },
      ],
    },
    {
      stageName: 'Test',
      inboundExecutions: [],
      inboundTransitionState: { enabled: true },
      latestExecution: { pipelineExecutionId: NOW, status: 'Failed', type: 'STANDARD' },
      retryStageMetadata: { autoStageRetryAttempt: 1 },
      beforeEntryConditionState: {
        latestExecution: { status: 'Failed', summary: 'Skipped by rule NotYetTested' },
        conditionStates: [
          {
            latestExecution: { status: 'Failed', lastStatusChange: at(31) },
            ruleStates: [
              {
                ruleName: 'NotYetTested',
                latestExecution: {
                  status: 'Failed',
                  summary: 'x',
                  errorDetails: { code: 'C', message: 'TESTED is "yes"' },
                },
              },
            ],
          },
        ],
      },
      actionStates: [
        {
          actionName: 'Quality',
          latestExecution: { actionExecutionId: 'a2', status: 'Succeeded', lastStatusChange: at(33) },
        },
        {
          actionName: 'Unit',
          latestExecution: {
            actionExecutionId: 'a3',
            status: 'Failed',
            lastStatusChange: at(34),
            externalExecutionId: 'visits-test:11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
            externalExecutionUrl: link('11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa'),
            errorDetails: {
              code: 'JobFailed',
              message: 'Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR',
            },
          },
        },
        {
          actionName: 'Package',
          // Of the execution before: the stage holds a newer one, which failed before it came to this.
          latestExecution: { actionExecutionId: 'a0', status: 'Succeeded', lastStatusChange: at(4) },
        },
      ],
    },
    {
      stageName: 'SignOff',
      inboundExecutions: [],
      inboundTransitionState: { enabled: true },
      latestExecution: { pipelineExecutionId: GOOD, status: 'InProgress', type: 'STANDARD' },
      actionStates: [
        {
          actionName: 'ClientSignOff',
          latestExecution: { actionExecutionId: 'a4', status: 'InProgress', lastStatusChange: at(25), token: TOKEN },
        },
      ],
    },
    {
      stageName: 'Production',
      inboundExecutions: [
        { pipelineExecutionId: OLD, status: 'InProgress', type: 'STANDARD' },
        { pipelineExecutionId: 'gone0000-9999-4999-8999-999999999999', status: 'Stopped' },
      ],
      inboundTransitionState: {
        enabled: false,
        lastChangedBy: 'arn:aws:sts::111122223333:assumed-role/Operator/jo',
        lastChangedAt: at(10),
        disabledReason: 'change freeze',
      },
      actionStates: [{ actionName: 'Deploy' }],
    },
  ],
};

const summary = (
  pipelineExecutionId: string,
  minute: number,
  status: PipelineExecutionSummary['status'],
  message: string,
): PipelineExecutionSummary => ({
  pipelineExecutionId,
  status,
  startTime: at(minute),
  lastUpdateTime: at(minute + 5),
  executionMode: 'QUEUED',
  executionType: 'STANDARD',
  trigger: { triggerType: 'CloudWatchEvent', triggerDetail: 'arn:aws:events:eu-west-1:111122223333:rule/visits' },
  sourceRevisions: [
    { actionName: 'Source', revisionId: `${pipelineExecutionId.slice(0, 4)}cafe0815`, revisionSummary: message },
  ],
});

/** ListPipelineExecutions: newest first. */
export const summaries: PipelineExecutionSummary[] = [
  summary(NEXT, 40, 'InProgress', 'Count visits once\n\nIt counted twice.'),
  summary(NOW, 30, 'Failed', '{"ProviderType":"GitHub","CommitMessage":"Show the host\\nmore"}'),
  summary(
    GOOD,
    20,
    'InProgress',
    'A very long first line of a commit message that nobody would ever want to see whole in a table',
  ),
  summary(OLD, 0, 'InProgress', 'First'),
];

const detail = (
  of: Partial<ActionExecutionDetail> & { readonly stageName: string; readonly actionName: string },
  type: readonly [category: 'Source' | 'Build' | 'Approval' | 'Compute', provider: string],
  configuration: Record<string, string> = {},
): ActionExecutionDetail => ({
  pipelineExecutionId: GOOD,
  actionExecutionId: `${of.stageName}-${of.actionName}`,
  pipelineVersion: 3,
  startTime: at(21),
  lastUpdateTime: at(22),
  status: 'Succeeded',
  ...of,
  input: {
    actionTypeId: { category: type[0], owner: 'AWS', provider: type[1], version: '1' },
    configuration,
    resolvedConfiguration: configuration,
    region: 'eu-west-1',
    inputArtifacts: [],
  },
});

export const UNIT_BUILD = 'visits-test:aaaaaaaa-1111-4111-8111-111111111111';
export const QUALITY_BUILD = 'visits-test:bbbbbbbb-2222-4222-8222-222222222222';

/** ListActionExecutions of the execution that waits for its approval: newest first. */
export const actions: ActionExecutionDetail[] = [
  detail(
    {
      stageName: 'SignOff',
      actionName: 'ClientSignOff',
      status: 'InProgress',
      startTime: at(25),
      output: { executionResult: { externalExecutionId: TOKEN } },
    },
    ['Approval', 'Manual'],
    { CustomData: 'Deploy visits 1.4.2 to production?', ExternalEntityLink: 'https://example.com/release' },
  ),
  detail(
    {
      stageName: 'Test',
      actionName: 'Quality',
      startTime: at(23),
      output: { executionResult: { externalExecutionId: QUALITY_BUILD } },
    },
    ['Build', 'CodeBuild'],
    { ProjectName: 'visits-test' },
  ),
  detail(
    {
      stageName: 'Test',
      actionName: 'Unit',
      startTime: at(22),
      output: { executionResult: { externalExecutionId: UNIT_BUILD } },
    },
    ['Build', 'CodeBuild'],
    { ProjectName: 'visits-test' },
  ),
  detail(
    {
      stageName: 'Source',
      actionName: 'Source',
      output: { executionResult: { externalExecutionId: 'bbbbbbbbbbbbbbbb', externalExecutionSummary: 'First' } },
    },
    ['Source', 'CodeCommit'],
  ),
];
