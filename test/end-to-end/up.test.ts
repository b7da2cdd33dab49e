import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CodePipelineClient,
  GetPipelineStateCommand,
  ListPipelineExecutionsCommand,
} from '@aws-sdk/client-codepipeline';
import { type Announcement, readAnnouncement } from '../../lib/local/aws/announce';
import type { Event } from '../../lib/local/event';
import { readJournal } from '../../lib/local/journal';
import { type RunState, runState } from '../../lib/local/run-state';
import { processesWith, ROOT, type Running, startSlipway } from '../cli/command-line';
import { fewerChecks, makeProject, statuses, type TestProject, troubles } from './project';

jest.setTimeout(300_000);

const PIPELINE = 'visits-development';

/** What a run of a commit that is new comes to, whether it was interrupted or not. */
const GREEN = {
  'Source/Source': 'Succeeded',
  'Build/Build': 'Succeeded',
  'Test/Image': 'Succeeded',
  'Test/Unit': 'Succeeded',
  'Test/Integration': 'Succeeded',
  'Test/Quality': 'Succeeded',
  'Test/Security': 'Succeeded',
  'Test/Attest': 'Succeeded',
  'Test/Release': 'Succeeded',
  'Dev/Deploy': 'Succeeded',
  'Dev/Verify': 'Succeeded',
  'Dev/Accept': 'Succeeded',
};

/** The real command line, git, and the sample service: what is pushed is delivered. */
describe('slipway up', () => {
  let project: TestProject;
  let state: string;
  let running: Running;
  /** The execution of the first push. */
  let first: string;

  beforeAll(async () => {
    project = makeProject(fewerChecks, 'slipway-up-');
    state = join(project.folder, '.slipway');
    running = await bringUp();
  });
  afterAll(async () => {
    running?.kill('SIGKILL');
    await project?.remove();
  });

  test('a push starts one execution with its commit, a tag none; it delivers, and whoever asks is told so', async () => {
    const commit = git('rev-parse', 'HEAD');
    git('tag', 'v1');
    push('v1');
    push('develop');
    const ended = await endOf(() => true);
    first = ended.execution;
    const run = stateOf(ended.execution);
    expect({ troubles: troubles(run), statuses: statuses(run) }).toEqual({ troubles: {}, statuses: GREEN });
    const version = `1.4.2-${commit.slice(0, 12)}`;
    expect(await served(run)).toMatchObject({ version });

    const { endpoint, client } = reached();
    const known = await client.send(new ListPipelineExecutionsCommand({ pipelineName: PIPELINE }));
    expect(known.pipelineExecutionSummaries).toMatchObject([
      {
        pipelineExecutionId: ended.execution,
        status: 'Succeeded',
        trigger: { triggerType: 'CloudWatchEvent' },
        sourceRevisions: [{ actionName: 'Source', revisionId: commit }],
      },
    ]);
    expect(known.pipelineExecutionSummaries).toHaveLength(1);

    const { pipelines } = JSON.parse((await slipway('status', 'development', '--json')).stdout);
    expect(pipelines[0].stages.map(({ name, status }: Record<string, string>) => `${name} ${status}`)).toEqual(
      run.stages.map(({ name }) => `${name} Succeeded`),
    );
    expect((await slipway('logs', 'Dev/Deploy')).stdout).toContain(`Verified: visits ${version} serves in dev`);

    const told = JSON.parse(
      execFileSync(awsProgram(), ['codepipeline', 'get-pipeline-state', '--name', PIPELINE], {
        encoding: 'utf8',
        env: {
          ...process.env,
          AWS_ENDPOINT_URL: endpoint.url,
          AWS_REGION: endpoint.region,
          AWS_DEFAULT_REGION: endpoint.region,
          AWS_ACCESS_KEY_ID: endpoint.accessKeyId,
          AWS_SECRET_ACCESS_KEY: endpoint.secretAccessKey,
        },
      }),
    );
    expect(told.stageStates.map((stage: { latestExecution: unknown }) => stage.latestExecution)).toEqual(
      run.stages.map(() => ({ pipelineExecutionId: ended.execution, status: 'Succeeded', type: 'STANDARD' })),
    );
  });

  test('killed in the middle of a run, it goes on with it when it is up again, and ends as it would have', async () => {
    appendFileSync(join(project.service, 'README.md'), '\nOnce more.\n');
    git('commit', '--quiet', '--all', '--message=Second');
    const commit = git('rev-parse', 'HEAD');
    push('develop');
    const building = await event(
      (each) =>
        each.kind === 'phase-started' && each.phase === 'BUILD' && each.stage === 'Test' && each.execution !== first,
    );
    running.kill('SIGKILL');
    await running.ended;

    running = await bringUp();
    const ended = await endOf(({ execution }) => execution === building.execution);
    expect(ended).toMatchObject({ status: 'Succeeded' });
    const run = stateOf(building.execution);
    expect({ troubles: troubles(run), statuses: statuses(run) }).toEqual({ troubles: {}, statuses: GREEN });
    expect(await served(run)).toMatchObject({ version: `1.4.2-${commit.slice(0, 12)}` });
    const started = journal(building.execution).flatMap((each) =>
      each.kind === 'action-started' ? [each.action] : [],
    );
    expect(started.filter((action) => action === 'Source/Source' || action === 'Build/Build')).toHaveLength(2);
    const { client } = reached();
    const { stageStates = [] } = await client.send(new GetPipelineStateCommand({ name: PIPELINE }));
    expect(stageStates.map(({ latestExecution }) => latestExecution)).toEqual(
      run.stages.map(() => ({ pipelineExecutionId: building.execution, status: 'Succeeded', type: 'STANDARD' })),
    );
    expect(readdirSync(join(state, 'runs'))).toHaveLength(2);
  });

  test('Ctrl-C ends it, and nothing is left', async () => {
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect({ code, left: stderr.split('\n').slice(-3) }).toEqual({ code: 0, left: ['', 'stopping …', ''] });
    for (const file of ['lock', 'endpoint.json', 'cluster/cluster.json'])
      expect([file, existsSync(join(state, file))]).toEqual([file, false]);
    if (process.platform === 'linux') expect(processesWith(project.folder)).toEqual([]);
  });

  async function bringUp(): Promise<Running> {
    const started = startSlipway(ROOT, ['up', '--remote', '--json'], { cwd: project.folder });
    await started.line('{"kind":"up"');
    return started;
  }
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', project.service, '-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  const push = (what: string) => git('push', '--quiet', 'slipway', what);
  const slipway = (...args: string[]) => startSlipway(ROOT, args, { cwd: project.folder }).ended;

  async function event(wanted: (event: Event) => boolean): Promise<Event> {
    const fits = (line: string) => {
      const parsed = JSON.parse(line) as Event;
      return 'execution' in parsed && wanted(parsed);
    };
    return JSON.parse(await running.line(fits)) as Event;
  }
  const endOf = (of: (event: Event) => boolean) => event((each) => each.kind === 'pipeline-ended' && of(each));

  function journal(execution: string): Event[] {
    const read = readJournal(join(state, 'runs', execution, 'journal.jsonl'));
    if (!read.ok) throw new Error(read.errors.join('\n'));
    return [...read.value];
  }
  const stateOf = (execution: string): RunState => runState(journal(execution));

  async function served(run: RunState): Promise<unknown> {
    const url = run.stages.flatMap(({ actions }) => actions).flatMap(({ variables }) => variables['BASE_URL'] ?? [])[0];
    return (await fetch(`${url}/version`)).json();
  }

  function reached(): { endpoint: Announcement; client: CodePipelineClient } {
    const endpoint = readAnnouncement(state);
    if (!endpoint) throw new Error('no endpoint is announced');
    const { url, region, accessKeyId, secretAccessKey } = endpoint;
    const client = new CodePipelineClient({ endpoint: url, region, credentials: { accessKeyId, secretAccessKey } });
    return { endpoint, client };
  }
});

/** The AWS CLI that Slipway installs for its builds. */
function awsProgram(): string {
  const tools = join(ROOT, '.slipway', 'tools');
  const found = readdirSync(tools)
    .map((name) => join(tools, name, 'bin', 'aws'))
    .find((file) => existsSync(file));
  if (!found) throw new Error(`no AWS CLI in ${tools}`);
  return found;
}
