import {
  CodePipelineClient,
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  GetPipelineCommand,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  ListPipelinesCommand,
  ListRuleExecutionsCommand,
  ListTagsForResourceCommand,
  OverrideStageConditionCommand,
  PutApprovalResultCommand,
  RetryStageExecutionCommand,
  RollbackStageCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { pipelineOf, planOf } from '../../plan/delivery-assembly';
import { ACCOUNT, REGION, ROLE, type Surroundings, surroundings } from '../fixture';
import { Answers } from '../model/checked';
import { BUILD_ID, COMMIT, type HostedPipeline, hostedPipeline } from '../pipeline-fixture';

const answers = new Answers();
let hosted: HostedPipeline;
let here: Surroundings;
let client: CodePipelineClient;

const open = async (
  steps?: Parameters<typeof hostedPipeline>[0],
  change?: Parameters<typeof planOf>[0],
): Promise<void> => {
  hosted = await hostedPipeline(steps, planOf(change));
  here = await surroundings({ pipelines: hosted.pipelines });
  client = answers.check('codepipeline', new CodePipelineClient(here.client()));
};
afterEach(async () => {
  await hosted.close();
  await here.close();
});

const name = () => hosted.host.plan.pipeline;
const start = async () =>
  (await client.send(new StartPipelineExecutionCommand({ name: name() }))).pipelineExecutionId as string;
const state = async () => (await client.send(new GetPipelineStateCommand({ name: name() }))).stageStates ?? [];
const stage = async (stageName: string) => (await state()).find((each) => each.stageName === stageName);
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: Error) => error.name,
  );
/** Answers the approval of the stage SignOff. */
const answer = async (status: 'Approved' | 'Rejected') => {
  const token = (await stage('SignOff'))?.actionStates?.[0]?.latestExecution?.token as string;
  return client.send(
    new PutApprovalResultCommand({
      pipelineName: name(),
      stageName: 'SignOff',
      actionName: 'ClientSignOff',
      token,
      result: { status, summary: 'looks good' },
    }),
  );
};

describe('a pipeline at the endpoint', () => {
  beforeEach(() => open());

  it('is listed and described as the template says it', async () => {
    const { pipelines } = await client.send(new ListPipelinesCommand({}));
    expect(pipelines).toMatchObject([{ name: name(), version: 1, pipelineType: 'V2', executionMode: 'QUEUED' }]);
    const { pipeline, metadata } = await client.send(new GetPipelineCommand({ name: name() }));
    expect(metadata?.pipelineArn).toBe(`arn:aws:codepipeline:${REGION}:${ACCOUNT}:${name()}`);
    expect(pipeline).toMatchObject({
      name: name(),
      roleArn: `arn:aws:iam::${ACCOUNT}:role/VisitsDelivery-PipelineRole`,
      version: 1,
      executionMode: 'QUEUED',
      pipelineType: 'V2',
      variables: [{ name: 'REASON', defaultValue: 'push' }],
      artifactStore: { type: 'S3', location: 'visitsdelivery-artifacts82dd' },
    });
    const [source] = pipeline?.stages?.[0]?.actions ?? [];
    expect(source).toMatchObject({
      actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeCommit', version: '1' },
      configuration: { RepositoryName: 'visits', BranchName: 'develop', PollForSourceChanges: 'false' },
      runOrder: 1,
      outputArtifacts: [{ name: 'SourceArtifact' }],
    });
    const tags = new ListTagsForResourceCommand({ resourceArn: metadata?.pipelineArn as string });
    expect(await client.send(tags)).toMatchObject({ tags: [] });
  });

  it('tells its state before anything ran', async () => {
    const stages = await state();
    expect(stages.map((each) => each.stageName)).toEqual(['Source', 'Build', 'Test', 'SignOff', 'Dev']);
    for (const each of stages) {
      expect(each.latestExecution).toBeUndefined();
      expect(each.inboundTransitionState).toMatchObject({ enabled: true });
      expect(each.actionStates?.every(({ latestExecution }) => latestExecution === undefined)).toBe(true);
    }
  });

  it('is started, approved and told to the end', async () => {
    const execution = await start();
    await hosted.asked(execution);
    const waiting = await stage('SignOff');
    expect(waiting?.latestExecution).toEqual({
      pipelineExecutionId: execution,
      status: 'InProgress',
      type: 'STANDARD',
    });
    expect(waiting?.actionStates?.[0]?.latestExecution).toMatchObject({
      status: 'InProgress',
      token: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect((await stage('Source'))?.actionStates?.[0]).toMatchObject({
      currentRevision: { revisionId: COMMIT },
      latestExecution: { status: 'Succeeded', externalExecutionId: COMMIT },
    });
    expect((await stage('Test'))?.beforeEntryConditionState).toMatchObject({
      latestExecution: { status: 'Succeeded' },
      conditionStates: [{ ruleStates: [{ ruleName: 'NotTested', latestExecution: { status: 'Succeeded' } }] }],
    });
    const { approvedAt } = await answer('Approved');
    expect(approvedAt).toBeInstanceOf(Date);
    await hosted.host.ended(execution);
    expect((await stage('SignOff'))?.actionStates?.[0]?.latestExecution).toMatchObject({
      status: 'Succeeded',
      summary: 'looks good',
      lastUpdatedBy: `arn:aws:sts::${ACCOUNT}:assumed-role/${ROLE.split('/').at(-1)}/build-1`,
    });
    const { pipelineExecution } = await client.send(
      new GetPipelineExecutionCommand({ pipelineName: name(), pipelineExecutionId: execution }),
    );
    expect(pipelineExecution).toMatchObject({
      status: 'Succeeded',
      pipelineVersion: 1,
      executionMode: 'QUEUED',
      executionType: 'STANDARD',
      artifactRevisions: [{ name: 'SourceArtifact', revisionId: COMMIT }],
      variables: [{ name: 'REASON', resolvedValue: 'push' }],
      trigger: { triggerType: 'StartPipelineExecution', triggerDetail: expect.stringContaining('assumed-role') },
    });
  });

  it('tells every action execution, with its configuration as it was resolved', async () => {
    const execution = await start();
    await hosted.asked(execution);
    const { actionExecutionDetails = [] } = await client.send(
      new ListActionExecutionsCommand({ pipelineName: name(), filter: { pipelineExecutionId: execution } }),
    );
    expect(actionExecutionDetails.map(({ actionName }) => actionName)[0]).toBe('ClientSignOff');
    const build = actionExecutionDetails.find(({ actionName }) => actionName === 'Build');
    expect(build).toMatchObject({
      stageName: 'Build',
      status: 'Succeeded',
      input: {
        actionTypeId: { provider: 'CodeBuild' },
        configuration: { EnvironmentVariables: expect.stringContaining('#{Source.CommitId}') },
        resolvedConfiguration: { EnvironmentVariables: expect.stringContaining(COMMIT) },
        inputArtifacts: [{ name: 'SourceArtifact', s3location: { bucket: 'visitsdelivery-artifacts82dd' } }],
        namespace: 'Build',
        region: REGION,
      },
      output: {
        outputArtifacts: [{ name: 'Package' }],
        executionResult: { externalExecutionId: BUILD_ID },
        outputVariables: { TESTED: 'no', VERSION: '1.2.3-abc' },
      },
    });
    const { bucket: Bucket = '', key: Key = '' } = build?.output?.outputArtifacts?.[0]?.s3location ?? {};
    const s3 = new S3Client({ ...here.client(), forcePathStyle: true });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect((await Body?.transformToString('latin1'))?.slice(0, 2)).toBe('PK');
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: `${Key}0` }))).rejects.toThrow();
    const inState = (await stage('Build'))?.actionStates?.[0]?.latestExecution?.actionExecutionId;
    expect(build?.actionExecutionId).toBe(inState);
    const { ruleExecutionDetails } = await client.send(new ListRuleExecutionsCommand({ pipelineName: name() }));
    expect(ruleExecutionDetails).toMatchObject([
      {
        pipelineExecutionId: execution,
        stageName: 'Test',
        ruleName: 'NotTested',
        status: 'Succeeded',
        input: { ruleTypeId: { provider: 'VariableCheck' }, configuration: { Operator: 'EQ' } },
      },
    ]);
  });

  it('gives lists in pages that begin where the last one ended, whatever comes in front', async () => {
    const ids: string[] = [];
    const all = async (nextToken?: string): Promise<string[]> => {
      const page = await client.send(
        new ListPipelineExecutionsCommand({ pipelineName: name(), maxResults: 1, ...(nextToken && { nextToken }) }),
      );
      if (!nextToken) ids.push(await start());
      const here = (page.pipelineExecutionSummaries ?? []).map((each) => each.pipelineExecutionId as string);
      return page.nextToken ? [...here, ...(await all(page.nextToken))] : here;
    };
    const [one, two] = [await start(), await start()];
    expect(await all()).toEqual([two, one]);
    const wrong = new ListPipelineExecutionsCommand({ pipelineName: name(), nextToken: 'bm9uZQ' });
    expect(await codeOf(client.send(wrong))).toBe('InvalidNextTokenException');
  });

  it('is held in front of a stage, and let go', async () => {
    const transition = { pipelineName: name(), stageName: 'Build', transitionType: 'Inbound' } as const;
    await client.send(new DisableStageTransitionCommand({ ...transition, reason: 'holidays' }));
    const execution = await start();
    await until(async () => (await stage('Build'))?.inboundExecution !== undefined);
    expect(await stage('Build')).toMatchObject({
      inboundTransitionState: {
        enabled: false,
        disabledReason: 'holidays',
        lastChangedBy: expect.stringContaining('arn:'),
      },
      inboundExecution: { pipelineExecutionId: execution, status: 'InProgress' },
      inboundExecutions: [{ pipelineExecutionId: execution }],
    });
    await client.send(new EnableStageTransitionCommand(transition));
    await hosted.asked(execution);
    expect((await stage('Build'))?.latestExecution?.status).toBe('Succeeded');
  });

  it('is stopped, with its reason', async () => {
    const execution = await start();
    await hosted.asked(execution);
    await client.send(
      new StopPipelineExecutionCommand({
        pipelineName: name(),
        pipelineExecutionId: execution,
        abandon: true,
        reason: 'no',
      }),
    );
    await hosted.host.ended(execution);
    const { pipelineExecutionSummaries } = await client.send(
      new ListPipelineExecutionsCommand({ pipelineName: name() }),
    );
    expect(pipelineExecutionSummaries).toMatchObject([{ status: 'Stopped', stopTrigger: { reason: 'no' } }]);
    expect((await stage('SignOff'))?.actionStates?.[0]?.latestExecution?.status).toBe('Abandoned');
  });

  it('refuses in the words of the API', async () => {
    const pipelineName = name();
    const none = '00000000-0000-4000-8000-000000000000';
    const cases: [Promise<unknown>, string][] = [
      [client.send(new GetPipelineCommand({ name: 'other' })), 'PipelineNotFoundException'],
      [client.send(new GetPipelineCommand({ name: pipelineName, version: 9 })), 'PipelineVersionNotFoundException'],
      [
        client.send(new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId: none })),
        'PipelineExecutionNotFoundException',
      ],
      [
        client.send(new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId: none } })),
        'PipelineExecutionNotFoundException',
      ],
      [
        client.send(
          new DisableStageTransitionCommand({
            pipelineName,
            stageName: 'None',
            transitionType: 'Inbound',
            reason: 'r',
          }),
        ),
        'StageNotFoundException',
      ],
      [
        client.send(
          new DisableStageTransitionCommand({
            pipelineName,
            stageName: 'Build',
            transitionType: 'Outbound',
            reason: 'r',
          }),
        ),
        'ValidationException',
      ],
      [
        client.send(new StartPipelineExecutionCommand({ name: pipelineName, variables: [{ name: 'X', value: 'y' }] })),
        'ValidationException',
      ],
    ];
    for (const [promise, code] of cases) expect(await codeOf(promise)).toBe(code);
  });
});

describe('a failed stage', () => {
  it('is retried, and rolled back to an execution that succeeded in it', async () => {
    await open({ 'Test/Unit': [{}, { outcome: 'Failed', reason: '3 tests failed' }, {}] });
    const good = await start();
    await hosted.asked(good);
    await answer('Approved');
    await hosted.host.ended(good);
    const bake = (await stage('Dev'))?.actionStates?.find(({ actionName }) => actionName === 'Bake');
    expect(bake?.latestExecution?.logStreamARN).toMatch(
      /^arn:aws:logs:eu-west-1:111122223333:log-group:\/aws\/lambda\/VisitsDelivery-Bake4B9C:log-stream:\d{4}\/\d\d\/\d\d\/\[\$LATEST\]\w{32}$/,
    );
    const bad = await start();
    await hosted.host.ended(bad);
    const failed = await stage('Test');
    expect(failed?.latestExecution).toMatchObject({ pipelineExecutionId: bad, status: 'Failed' });
    expect(failed?.actionStates?.find(({ actionName }) => actionName === 'Unit')?.latestExecution).toMatchObject({
      status: 'Failed',
      errorDetails: { code: 'JobFailed', message: expect.stringContaining('3 tests failed') },
    });
    const succeeded = await client.send(
      new ListPipelineExecutionsCommand({
        pipelineName: name(),
        filter: { succeededInStage: { stageName: 'Test' } },
      }),
    );
    expect(succeeded.pipelineExecutionSummaries?.map((each) => each.pipelineExecutionId)).toEqual([good]);

    await client.send(
      new RetryStageExecutionCommand({
        pipelineName: name(),
        stageName: 'Test',
        pipelineExecutionId: bad,
        retryMode: 'FAILED_ACTIONS',
      }),
    );
    await hosted.asked(bad);
    expect(await stage('Test')).toMatchObject({
      latestExecution: { status: 'Succeeded' },
      retryStageMetadata: { manualStageRetryAttempt: 1, latestRetryTrigger: 'ManualStageRetry' },
    });
    const { actionExecutionDetails = [] } = await client.send(
      new ListActionExecutionsCommand({ pipelineName: name(), filter: { pipelineExecutionId: bad } }),
    );
    expect(
      actionExecutionDetails.filter(({ actionName }) => actionName === 'Unit').map(({ status }) => status),
    ).toEqual(['Succeeded', 'Failed']);
    const latest = await client.send(
      new ListActionExecutionsCommand({
        pipelineName: name(),
        filter: { latestInPipelineExecution: { pipelineExecutionId: bad, startTimeRange: 'Latest' } },
      }),
    );
    expect(latest.actionExecutionDetails?.filter(({ actionName }) => actionName === 'Unit')).toHaveLength(1);
    await answer('Rejected');
    await hosted.host.ended(bad);

    const { pipelineExecutionId } = await client.send(
      new RollbackStageCommand({ pipelineName: name(), stageName: 'Test', targetPipelineExecutionId: good }),
    );
    await hosted.host.ended(pipelineExecutionId as string);
    const { pipelineExecution } = await client.send(
      new GetPipelineExecutionCommand({ pipelineName: name(), pipelineExecutionId: pipelineExecutionId as string }),
    );
    expect(pipelineExecution).toMatchObject({
      executionType: 'ROLLBACK',
      rollbackMetadata: { rollbackTargetPipelineExecutionId: good },
      trigger: { triggerType: 'ManualRollback' },
    });
  });
});

describe('a condition', () => {
  const override = async (execution: string) =>
    client.send(
      new OverrideStageConditionCommand({
        pipelineName: name(),
        stageName: 'Test',
        pipelineExecutionId: execution,
        conditionType: 'BEFORE_ENTRY',
      }),
    );

  it('that failed is overridden, and the stage goes on', async () => {
    await open({ 'Build/Build': { variables: { TESTED: 'yes', VERSION: '1' } } }, (templates) => {
      const [condition] = pipelineOf(templates).Stages[2].BeforeEntry.Conditions;
      condition.Result = 'FAIL';
    });
    const execution = await start();
    await hosted.host.ended(execution);
    expect(await stage('Test')).toMatchObject({
      latestExecution: { status: 'Failed' },
      beforeEntryConditionState: {
        latestExecution: { status: 'Failed' },
        conditionStates: [{ ruleStates: [{ ruleName: 'NotTested', latestExecution: { status: 'Failed' } }] }],
      },
    });
    await override(execution);
    await hosted.asked(execution);
    expect(await stage('Test')).toMatchObject({
      latestExecution: { status: 'Succeeded' },
      beforeEntryConditionState: { latestExecution: { status: 'Overridden' } },
    });
  });

  it('that did not fail is not to be overridden', async () => {
    await open();
    const execution = await start();
    await hosted.asked(execution);
    expect(await codeOf(override(execution))).toBe('ConditionNotOverridableException');
  });
});

/** Ends when the condition holds; the pipeline's events drive it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
