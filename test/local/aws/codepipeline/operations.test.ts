import {
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  GetPipelineCommand,
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  ListPipelinesCommand,
  ListRuleExecutionsCommand,
  ListTagsForResourceCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ACCOUNT, REGION, ROLE } from '../fixture';
import { BUILD_ID, COMMIT } from '../pipeline-fixture';
import { codeOf, openTrial, type Trial } from './trial';

let trial: Trial;
afterEach(() => trial.close());

describe('a pipeline at the endpoint', () => {
  beforeEach(async () => {
    trial = await openTrial();
  });

  it('is listed and described as the template says it', async () => {
    const { pipelines } = await trial.client.send(new ListPipelinesCommand({}));
    expect(pipelines).toMatchObject([{ name: trial.name, version: 1, pipelineType: 'V2', executionMode: 'QUEUED' }]);
    const { pipeline, metadata } = await trial.client.send(new GetPipelineCommand({ name: trial.name }));
    expect(metadata?.pipelineArn).toBe(`arn:aws:codepipeline:${REGION}:${ACCOUNT}:${trial.name}`);
    expect(pipeline).toMatchObject({
      name: trial.name,
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
    expect(await trial.client.send(tags)).toMatchObject({ tags: [] });
  });

  it('tells its state before anything ran', async () => {
    const stages = await trial.state();
    expect(stages.map((each) => each.stageName)).toEqual(['Source', 'Build', 'Test', 'SignOff', 'Dev']);
    for (const each of stages) {
      expect(each.latestExecution).toBeUndefined();
      expect(each.inboundTransitionState).toMatchObject({ enabled: true });
      expect(each.actionStates?.every(({ latestExecution }) => latestExecution === undefined)).toBe(true);
    }
  });

  it('is started, approved and told to the end', async () => {
    const execution = await trial.start();
    await trial.hosted.asked(execution);
    const waiting = await trial.stage('SignOff');
    expect(waiting?.latestExecution).toEqual({
      pipelineExecutionId: execution,
      status: 'InProgress',
      type: 'STANDARD',
    });
    expect(waiting?.actionStates?.[0]?.latestExecution).toMatchObject({
      status: 'InProgress',
      token: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect((await trial.stage('Source'))?.actionStates?.[0]).toMatchObject({
      currentRevision: { revisionId: COMMIT },
      latestExecution: { status: 'Succeeded', externalExecutionId: COMMIT },
    });
    expect((await trial.stage('Test'))?.beforeEntryConditionState).toMatchObject({
      latestExecution: { status: 'Succeeded' },
      conditionStates: [{ ruleStates: [{ ruleName: 'NotTested', latestExecution: { status: 'Succeeded' } }] }],
    });
    const { approvedAt } = await trial.answer('Approved');
    expect(approvedAt).toBeInstanceOf(Date);
    await trial.hosted.host.ended(execution);
    expect((await trial.stage('SignOff'))?.actionStates?.[0]?.latestExecution).toMatchObject({
      status: 'Succeeded',
      summary: 'looks good',
      lastUpdatedBy: `arn:aws:sts::${ACCOUNT}:assumed-role/${ROLE.split('/').at(-1)}/build-1`,
    });
    const { pipelineExecution } = await trial.client.send(
      new GetPipelineExecutionCommand({ pipelineName: trial.name, pipelineExecutionId: execution }),
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
    const execution = await trial.start();
    await trial.hosted.asked(execution);
    const { actionExecutionDetails = [] } = await trial.client.send(
      new ListActionExecutionsCommand({ pipelineName: trial.name, filter: { pipelineExecutionId: execution } }),
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
    const s3 = new S3Client({ ...trial.here.client(), forcePathStyle: true });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect((await Body?.transformToString('latin1'))?.slice(0, 2)).toBe('PK');
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: `${Key}0` }))).rejects.toThrow();
    const inState = (await trial.stage('Build'))?.actionStates?.[0]?.latestExecution?.actionExecutionId;
    expect(build?.actionExecutionId).toBe(inState);
    const { ruleExecutionDetails } = await trial.client.send(
      new ListRuleExecutionsCommand({ pipelineName: trial.name }),
    );
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
      const page = await trial.client.send(
        new ListPipelineExecutionsCommand({ pipelineName: trial.name, maxResults: 1, ...(nextToken && { nextToken }) }),
      );
      if (!nextToken) ids.push(await trial.start());
      const here = (page.pipelineExecutionSummaries ?? []).map((each) => each.pipelineExecutionId as string);
      return page.nextToken ? [...here, ...(await all(page.nextToken))] : here;
    };
    const [one, two] = [await trial.start(), await trial.start()];
    expect(await all()).toEqual([two, one]);
    const wrong = new ListPipelineExecutionsCommand({ pipelineName: trial.name, nextToken: 'bm9uZQ' });
    expect(await codeOf(trial.client.send(wrong))).toBe('InvalidNextTokenException');
  });

  it('is held in front of a stage, and let go', async () => {
    const transition = { pipelineName: trial.name, stageName: 'Build', transitionType: 'Inbound' } as const;
    await trial.client.send(new DisableStageTransitionCommand({ ...transition, reason: 'holidays' }));
    const execution = await trial.start();
    await until(async () => (await trial.stage('Build'))?.inboundExecution !== undefined);
    expect(await trial.stage('Build')).toMatchObject({
      inboundTransitionState: {
        enabled: false,
        disabledReason: 'holidays',
        lastChangedBy: expect.stringContaining('arn:'),
      },
      inboundExecution: { pipelineExecutionId: execution, status: 'InProgress' },
      inboundExecutions: [{ pipelineExecutionId: execution }],
    });
    await trial.client.send(new EnableStageTransitionCommand(transition));
    await trial.hosted.asked(execution);
    expect((await trial.stage('Build'))?.latestExecution?.status).toBe('Succeeded');
  });

  it('is stopped, with its reason', async () => {
    const execution = await trial.start();
    await trial.hosted.asked(execution);
    await trial.client.send(
      new StopPipelineExecutionCommand({
        pipelineName: trial.name,
        pipelineExecutionId: execution,
        abandon: true,
        reason: 'no',
      }),
    );
    await trial.hosted.host.ended(execution);
    const { pipelineExecutionSummaries } = await trial.client.send(
      new ListPipelineExecutionsCommand({ pipelineName: trial.name }),
    );
    expect(pipelineExecutionSummaries).toMatchObject([{ status: 'Stopped', stopTrigger: { reason: 'no' } }]);
    expect((await trial.stage('SignOff'))?.actionStates?.[0]?.latestExecution?.status).toBe('Abandoned');
  });

  it('refuses in the words of the API', async () => {
    const pipelineName = trial.name;
    const none = '00000000-0000-4000-8000-000000000000';
    const cases: [Promise<unknown>, string][] = [
      [trial.client.send(new GetPipelineCommand({ name: 'other' })), 'PipelineNotFoundException'],
      [
        trial.client.send(new GetPipelineCommand({ name: pipelineName, version: 9 })),
        'PipelineVersionNotFoundException',
      ],
      [
        trial.client.send(new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId: none })),
        'PipelineExecutionNotFoundException',
      ],
      [
        trial.client.send(new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId: none } })),
        'PipelineExecutionNotFoundException',
      ],
      [
        trial.client.send(
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
        trial.client.send(
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
        trial.client.send(
          new StartPipelineExecutionCommand({ name: pipelineName, variables: [{ name: 'X', value: 'y' }] }),
        ),
        'ValidationException',
      ],
    ];
    for (const [promise, code] of cases) expect(await codeOf(promise)).toBe(code);
  });
});

/** Ends when the condition holds; the pipeline's events drive it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
