import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetBuildBatchesCommand,
  BatchGetBuildsCommand,
  BatchGetProjectsCommand,
  BatchGetReportsCommand,
  CodeBuildClient,
  ListBuildsCommand,
  ListBuildsForProjectCommand,
  ListProjectsCommand,
  ListReportsCommand,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
import { CodePipelineClient, ListActionExecutionsCommand } from '@aws-sdk/client-codepipeline';
import { type Surroundings, surroundings } from '../fixture';
import { JournalHost, START } from '../journal-host';
import { Answers } from '../model/checked';

const UUID = '11111111-2222-4333-8444-555555555555';
const SECOND = UUID.replace('1111', '2222');
const ID = `visits-build:${UUID}`;
const answers = new Answers();
const stopped: string[] = [];
let journal: JournalHost;
let here: Surroundings;
let client: CodeBuildClient;
beforeEach(async () => {
  stopped.length = 0;
  journal = new JournalHost();
  here = await surroundings({
    pipelines: journal.pipelines,
    stopBuild: (id) => {
      stopped.push(id);
      return id === ID;
    },
  });
  client = answers.check('codebuild', new CodeBuildClient(here.client()));
});
afterEach(async () => {
  await here.close();
  journal.close();
});

const at = { stage: 'Build', action: 'Build/Build' } as const;
const build = async (id = ID) => (await client.send(new BatchGetBuildsCommand({ ids: [id] }))).builds?.[0];
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: Error) => error.name,
  );
/** Two attempts: the first fails in BUILD, the second succeeds. */
const runTwice = (): void => {
  journal.startAction(at.action, ID, 0);
  journal.write({ kind: 'phase-started', ...at, phase: 'BUILD' }, 5);
  journal.write({ kind: 'phase-ended', ...at, phase: 'BUILD', status: 'FAILED', reason: 'exit status 2' }, 35);
  const ended = { kind: 'action-ended', ...at, variables: {}, artifacts: {} } as const;
  journal.write({ ...ended, status: 'Failed', reason: 'BUILD: exit status 2', externalId: ID }, 36);
  journal.startAction(at.action, `visits-build:${SECOND}`, 60);
  const variables = { VERSION: '1.2.3' };
  journal.write({ ...ended, status: 'Succeeded', variables, externalId: `visits-build:${SECOND}` }, 70);
};

describe('a build', () => {
  it('is known from its start, and tells its phase and its log', async () => {
    journal.startAction(at.action, ID, 0);
    expect(await build()).toMatchObject({ currentPhase: 'PROVISIONING', buildStatus: 'IN_PROGRESS' });
    journal.write({ kind: 'phase-started', ...at, phase: 'INSTALL' }, 3);
    expect(await build()).toMatchObject({
      id: ID,
      arn: `arn:aws:codebuild:eu-west-1:111122223333:build/${ID}`,
      buildNumber: 1,
      currentPhase: 'INSTALL',
      buildStatus: 'IN_PROGRESS',
      buildComplete: false,
      initiator: `codepipeline/${journal.plan.pipeline}`,
      resolvedSourceVersion: 'c0ffee',
      startTime: new Date(START),
      source: { type: 'CODEPIPELINE' },
      environment: { type: 'LINUX_CONTAINER', computeType: expect.stringContaining('BUILD_GENERAL1') },
      logs: {
        groupName: '/aws/codebuild/visits-build',
        streamName: UUID,
        deepLink: `https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Fcodebuild$252Fvisits-build/log-events/${UUID}`,
      },
    });
  });

  it('has its phases with times, durations and reasons', async () => {
    runTwice();
    const { phases = [], ...failed } = (await build()) ?? {};
    expect(failed).toMatchObject({ buildStatus: 'FAILED', currentPhase: 'COMPLETED', buildComplete: true });
    expect(
      phases.map(({ phaseType, phaseStatus, durationInSeconds }) => [phaseType, phaseStatus, durationInSeconds]),
    ).toEqual([
      ['SUBMITTED', 'SUCCEEDED', 0],
      ['QUEUED', 'SUCCEEDED', 0],
      ['PROVISIONING', 'SUCCEEDED', 5],
      ['BUILD', 'FAILED', 30],
      ['FINALIZING', 'SUCCEEDED', 1],
      ['COMPLETED', undefined, undefined],
    ]);
    expect(phases[3]?.contexts).toEqual([{ statusCode: 'COMMAND_EXECUTION_ERROR', message: 'exit status 2' }]);
  });

  it('is one attempt: each has its number and what it exported', async () => {
    runTwice();
    expect(await build(`visits-build:${SECOND}`)).toMatchObject({
      buildNumber: 2,
      buildStatus: 'SUCCEEDED',
      exportedEnvironmentVariables: [{ name: 'VERSION', value: '1.2.3' }],
    });
    expect((await build())?.buildNumber).toBe(1);
  });

  it.each([
    ['TIMED_OUT: the build took longer than its 5 minutes', 'TIMED_OUT'],
    ['STOPPED: the build was stopped', 'STOPPED'],
    ['BUILD: exit status 1', 'FAILED'],
  ])('that ended by "%s" is %s', async (reason, status) => {
    journal.startAction(at.action, ID, 0);
    journal.write({
      kind: 'action-ended',
      ...at,
      status: 'Failed',
      reason,
      variables: {},
      artifacts: {},
      externalId: ID,
    });
    expect((await build())?.buildStatus).toBe(status);
  });

  it('that was interrupted with its runner is over', async () => {
    journal.startAction(at.action, ID, 0);
    journal.write({ kind: 'phase-started', ...at, phase: 'BUILD' });
    journal.startAction(at.action, `visits-build:${SECOND}`);
    expect(await build()).toMatchObject({ buildStatus: 'STOPPED', buildComplete: true });
    expect(await build(`visits-build:${SECOND}`)).toMatchObject({ buildStatus: 'IN_PROGRESS' });
  });

  it('is listed, the newest first, and by project', async () => {
    runTwice();
    journal.startAction('Test/Unit', `visits-unit:${UUID}`, 80);
    const { ids } = await client.send(new ListBuildsCommand({}));
    expect(ids).toEqual([`visits-unit:${UUID}`, `visits-build:${SECOND}`, ID]);
    const ofProject = new ListBuildsForProjectCommand({ projectName: 'visits-build', sortOrder: 'ASCENDING' });
    expect((await client.send(ofProject)).ids).toEqual([ID, `visits-build:${SECOND}`]);
    const none = new ListBuildsForProjectCommand({ projectName: 'none' });
    expect(await codeOf(client.send(none))).toBe('ResourceNotFoundException');
    const { builds, buildsNotFound } = await client.send(new BatchGetBuildsCommand({ ids: [ID, 'visits-build:none'] }));
    expect([builds?.length, buildsNotFound]).toEqual([1, ['visits-build:none']]);
  });

  it('has the number that it was told, where it was told one', async () => {
    journal.startAction(at.action, ID, 0);
    journal.write({ kind: 'fact', ...at, name: 'buildNumber', value: '7' });
    expect((await build())?.buildNumber).toBe(7);
  });

  it('is found by its ARN as well', async () => {
    runTwice();
    expect(await build(`arn:aws:codebuild:eu-west-1:111122223333:build/${ID}`)).toMatchObject({ id: ID });
  });

  it('is stopped while it runs; one that has ended stays as it is', async () => {
    journal.startAction(at.action, ID, 0);
    const { build: told } = await client.send(new StopBuildCommand({ id: ID }));
    expect(told?.id).toBe(ID);
    expect(stopped).toEqual([ID]);
    runTwice();
    await client.send(new StopBuildCommand({ id: `visits-build:${SECOND}` }));
    expect(stopped).toEqual([ID]);
    expect(await codeOf(client.send(new StopBuildCommand({ id: 'visits-build:none' })))).toBe(
      'ResourceNotFoundException',
    );
  });
});

describe('a batch', () => {
  const LINT = `visits-build:${UUID}`;
  const UNIT = `visits-build:${SECOND}`;
  const report = (name: string) => ({
    kind: 'report' as const,
    ...at,
    report: { type: 'CODE_COVERAGE' as const, name, lineCoverage: 50 },
  });
  beforeEach(() => {
    const [planned] = journal.plan.stages.flatMap(({ actions }) => actions.filter(({ id }) => id === at.action));
    Object.assign(planned as object, { batch: { combineArtifacts: false, timeoutMinutes: 60 } });
    journal.startAction(at.action, undefined, 0);
    journal.write({ kind: 'phase-started', ...at, phase: 'IN_PROGRESS' });
    journal.write({ kind: 'fact', ...at, name: 'lint buildId', value: LINT });
    journal.write({ kind: 'fact', ...at, name: 'unit buildId', value: UNIT });
    journal.line(at.action, '[lint] all is well');
    journal.line(at.action, '[unit] one test failed');
    journal.line(at.action, '[other] is of nobody');
    journal.write({ kind: 'phase-started', ...at, phase: 'unit BUILD' });
    journal.write({ kind: 'phase-ended', ...at, phase: 'unit BUILD', status: 'FAILED', reason: 'exit status 1' });
    journal.write(report('unit/lines'));
  });

  it('is told with its builds, each of which is a build of its own', async () => {
    const { actionExecutionDetails = [] } = await new CodePipelineClient(here.client()).send(
      new ListActionExecutionsCommand({ pipelineName: journal.plan.pipeline }),
    );
    const id = actionExecutionDetails[0]?.output?.executionResult?.externalExecutionId as string;
    expect(id).toMatch(/^visits-build:[0-9a-f-]{36}$/);
    const get = new BatchGetBuildBatchesCommand({ ids: [id, 'visits-build:none'] });
    const { buildBatches, buildBatchesNotFound } = await client.send(get);
    expect(buildBatchesNotFound).toEqual(['visits-build:none']);
    expect(buildBatches).toMatchObject([
      {
        id,
        currentPhase: 'IN_PROGRESS',
        buildBatchStatus: 'IN_PROGRESS',
        buildGroups: [
          { identifier: 'lint', currentBuildSummary: { buildStatus: 'IN_PROGRESS' } },
          {
            identifier: 'unit',
            currentBuildSummary: {
              arn: `arn:aws:codebuild:eu-west-1:111122223333:build/${UNIT}`,
              buildStatus: 'FAILED',
            },
          },
        ],
      },
    ]);
    const unit = await build(UNIT);
    expect(unit?.phases?.map(({ phaseType }) => phaseType)).toContain('BUILD');
    expect(unit?.reportArns).toEqual([`arn:aws:codebuild:eu-west-1:111122223333:report/visits-build-lines:${SECOND}`]);
    expect((await build(LINT))?.buildStatus).toBe('IN_PROGRESS');
    expect(await build(id)).toBeUndefined();
  });

  it('has a log for each build', async () => {
    const logs = answers.check('logs', new CloudWatchLogsClient(here.client()));
    const logGroupName = '/aws/codebuild/visits-build';
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
    expect(events?.map(({ logStreamName, message }) => [logStreamName, message])).toEqual([
      [UUID, 'all is well'],
      [SECOND, 'one test failed'],
    ]);
  });
});

it('reports are told with their counts', async () => {
  journal.startAction(at.action, ID, 0);
  const counts = { total: 3, passed: 1, failed: 1, skipped: 1, duration: 1.5, failures: [], notRun: [] };
  journal.write({ kind: 'report', ...at, report: { type: 'TEST', name: 'unit', ...counts } });
  journal.write({ kind: 'report', ...at, report: { type: 'CODE_COVERAGE', name: 'lines', lineCoverage: 80.5 } });
  const { reports = [] } = await client.send(new ListReportsCommand({ sortOrder: 'DESCENDING' }));
  expect(reports[0]).toBe(`arn:aws:codebuild:eu-west-1:111122223333:report/visits-build-unit:${UUID}`);
  expect(await build()).toMatchObject({ reportArns: reports });
  const found = await client.send(new BatchGetReportsCommand({ reportArns: [...reports, `${reports[0]}0`] }));
  expect(found).toMatchObject({
    reports: [
      {
        status: 'FAILED',
        testSummary: {
          total: 3,
          statusCounts: { SUCCEEDED: 1, FAILED: 1, SKIPPED: 1 },
          durationInNanoSeconds: 1_500_000_000,
        },
      },
      { type: 'CODE_COVERAGE', codeCoverageSummary: { lineCoveragePercentage: 80.5 } },
    ],
    reportsNotFound: [`${reports[0]}0`],
  });
});

it('projects are those of the pipelines’ actions', async () => {
  const { projects = [] } = await client.send(new ListProjectsCommand({}));
  expect(projects).toEqual(['visits-build', 'visits-deploy-dev', 'visits-image', 'visits-unit']);
  const { projects: found, projectsNotFound } = await client.send(
    new BatchGetProjectsCommand({ names: ['visits-build', 'none'] }),
  );
  expect(found).toMatchObject([
    {
      name: 'visits-build',
      arn: 'arn:aws:codebuild:eu-west-1:111122223333:project/visits-build',
      source: { type: 'CODEPIPELINE', buildspec: expect.stringContaining('version') },
      artifacts: { type: 'CODEPIPELINE' },
    },
  ]);
  expect(projectsNotFound).toEqual(['none']);
});
