import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodePipelineClient, GetPipelineStateCommand, ListActionExecutionsCommand } from '@aws-sdk/client-codepipeline';
import { systemClock } from '../../../../lib/local/clock';
import { secretsFile } from '../../../../lib/local/codebuild/secrets';
import type { Event } from '../../../../lib/local/event';
import { codeBuildExecutor } from '../../../../lib/local/executors/codebuild';
import { createPipelineHost } from '../../../../lib/local/pipelines/create';
import type { PipelineHost } from '../../../../lib/local/pipelines/host';
import { paintFor } from '../../../../lib/local/reporters/format';
import { jsonReporter } from '../../../../lib/local/reporters/json';
import { plainReporter } from '../../../../lib/local/reporters/plain';
import { summary } from '../../../../lib/local/reporters/summary';
import { runState } from '../../../../lib/local/run-state';
import { planOf } from '../../../conformance/pipeline';
import { Provider } from '../../../conformance/provider';
import { ACCOUNT, REGION, surroundings } from '../../../local/aws/fixture';
import { traces } from './traces';

/** Every sort of character that a way of writing changes, and nothing that stands in a path. */
export const CANARY = `Sl1p+w@y/C4n"7f3a'9c52 $d0&e8<b1`;

/** A build as a buildspec says it; `$CANARY` is the secret. */
export interface BuildText {
  readonly commands: readonly string[];
  /** Further sections of the buildspec, YAML. */
  readonly sections: string;
  /** `plain`: the value stands in the project as it is, so that nothing takes it for a secret. */
  readonly value: 'secret' | 'plain';
}

export interface Left {
  /** Where the canary can be read when the run has ended and everything of it is shown. */
  readonly traces: readonly string[];
  /** Lines that say that something was held back: stars, notes, the reason of the failure. */
  readonly held: readonly string[];
}

const buildspec = ({ commands, sections }: BuildText): string =>
  `version: 0.2\nphases:\n  build:\n    commands:\n${commands.map((line) => `      - ${JSON.stringify(line)}\n`).join('')}${sections}`;

/** Runs a pipeline with this build on a host with an endpoint, to its end, and looks into everything that there is of it then. */
export async function buildWithSecret(build: BuildText): Promise<Left> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-canary-')));
  const stateFolder = join(root, '.slipway');
  mkdirSync(stateFolder);
  const file = join(root, 'slipway.secrets.yaml');
  writeFileSync(
    file,
    JSON.stringify({
      'secrets-manager': { canary: { user: 'visits', password: CANARY }, late: CANARY },
      'parameter-store': { '/late': CANARY },
    }),
  );
  const secrets = secretsFile(file);
  const hosts = new Map<string, PipelineHost>();
  const here = await surroundings({ secrets, pipelines: () => hosts });
  const builds = codeBuildExecutor({
    stateFolder,
    tools: { binFolder: join(root, 'bin') },
    endpoint: here.endpoint,
    account: ACCOUNT,
    region: REGION,
    partition: 'aws',
    secrets,
    extraEnvironment: {},
    userEnvironment: { NODE_PATH: '' },
    clock: systemClock,
  });
  const plan = planOf({
    Build: { actions: [{ name: 'Run', inputs: ['Source'], primarySource: 'Source', outputs: [] }] },
  });
  const action = plan.stages[1]?.actions[0];
  if (action?.kind !== 'codebuild') throw new Error('expected a build');
  const outputs = /^artifacts:/m.test(build.sections) ? ['Out'] : [];
  const given =
    build.value === 'plain'
      ? ({ name: 'CANARY', value: CANARY, type: 'PLAINTEXT' } as const)
      : ({ name: 'CANARY', value: 'canary:password', type: 'SECRETS_MANAGER' } as const);
  const project = {
    ...action.project,
    buildspec: buildspec(build),
    environment: [given],
    cacheNamespace: 'canary',
  };
  const host = await createPipelineHost({
    plan: {
      ...plan,
      stages: [
        ...plan.stages.slice(0, 1),
        { name: 'Build', actions: [{ ...action, outputs, namespace: 'Run', project }] },
      ],
    },
    executors: new Provider().executors({ codebuild: builds }),
    rules: { alarmState: () => undefined, clock: systemClock },
    stateFolder,
  });
  hosts.set(plan.pipeline, host);
  const events: Event[] = [];
  host.subscribe((event) => events.push(event));
  try {
    const started = await host.start({ trigger: { type: 'StartPipelineExecution', detail: 'test' } });
    if (!started.ok) throw new Error(JSON.stringify(started.errors));
    await host.ended(started.value.execution);
    const texts: Record<string, string> = {
      events: JSON.stringify(events),
      ...consoles(events),
      ...(await answers(here.client(), plan.pipeline, events)),
    };
    await host.close('stopped');
    const folders = [stateFolder, ...temporaryFolders(stateFolder)];
    return {
      traces: traces(CANARY, folders, texts),
      held: heldBack(events, texts['console'] ?? ''),
    };
  } finally {
    await here.close();
    rmSync(root, { recursive: true, force: true });
  }
}

const heldBack = (events: readonly Event[], shown: string): string[] => [
  ...shown.split('\n').filter((line) => /\*\*\*|holds a secret|a secret stands in/.test(line)),
  ...events
    .filter(({ kind }) => kind === 'report')
    .map((event) => JSON.stringify(event))
    .filter((text) => text.includes('***')),
];

/** What the run's reporters write. */
function consoles(events: readonly Event[]): Record<string, string> {
  const paint = paintFor({ isTTY: false } as NodeJS.WriteStream, {});
  const written = { console: '', json: '' };
  const reporters = [
    plainReporter((text) => (written.console += text), paint, true),
    jsonReporter((text) => (written.json += text)),
  ];
  for (const event of events) for (const reporter of reporters) reporter.event(event);
  written.console += summary(runState(events), { run: '', artifacts: '' }, paint);
  return written;
}

type Client = ReturnType<Awaited<ReturnType<typeof surroundings>>['client']>;

/** What the services of the endpoint tell of it. */
async function answers(client: Client, name: string, events: readonly Event[]): Promise<Record<string, string>> {
  const id =
    events.flatMap((event) => (event.kind === 'fact' && event.name === 'buildId' ? [event.value] : []))[0] ?? '';
  const [pipelines, builds, logs] = [
    new CodePipelineClient(client),
    new CodeBuildClient(client),
    new CloudWatchLogsClient(client),
  ];
  const [project = '', stream = ''] = id.split(':');
  return {
    ListActionExecutions: JSON.stringify(await pipelines.send(new ListActionExecutionsCommand({ pipelineName: name }))),
    GetPipelineState: JSON.stringify(await pipelines.send(new GetPipelineStateCommand({ name }))),
    BatchGetBuilds: JSON.stringify(await builds.send(new BatchGetBuildsCommand({ ids: [id] }))),
    FilterLogEvents: JSON.stringify(
      await logs.send(
        new FilterLogEventsCommand({ logGroupName: `/aws/codebuild/${project}`, logStreamNames: [stream] }),
      ),
    ),
  };
}

/** Those that builds with this state folder have left in the machine's folder of temporary files. */
function temporaryFolders(stateFolder: string): string[] {
  const prefix = `slipway-${createHash('sha256').update(stateFolder).digest('hex').slice(0, 8)}-`;
  return readdirSync('/tmp')
    .filter((name) => name.startsWith(prefix))
    .map((name) => join('/tmp', name))
    .filter(existsSync);
}
