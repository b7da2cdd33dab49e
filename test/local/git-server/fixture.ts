import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../../../lib/local/clock';
import { type BusOptions, type DeliveryOutcome, type EventBus, openBus } from '../../../lib/local/events/bus';
import { consequencesOf } from '../../../lib/local/events/consequences';
import type { Delivery } from '../../../lib/local/events/delivery';
import { openNotifications } from '../../../lib/local/events/notifications';
import { parsePattern } from '../../../lib/local/events/pattern';
import { deliverTo } from '../../../lib/local/events/targets';
import { type GitServer, startGitServer } from '../../../lib/local/git-server/server';
import { type GitService, openGitService, type ServedRepository } from '../../../lib/local/git-server/service';
import type { PipelineHost, StartRequest } from '../../../lib/local/pipelines/host';
import type { Plan } from '../../../lib/local/plan';
import type { EventRule } from '../../../lib/local/template/event-rule';

export const PLACE = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };

/** Time that stands still, and waits that end at once. */
export const STILL: Clock = {
  now: () => new Date('2026-01-01T00:00:00Z'),
  sleep: async (_, signal) => (signal.aborted ? 'aborted' : 'elapsed'),
};

export const pipelineArn = (name: string): string => `arn:aws:codepipeline:eu-west-1:111122223333:${name}`;

/** A rule as Slipway's templates have it. */
export function pushRule(
  pipeline: string,
  referenceName: readonly unknown[],
  { name = `${pipeline}-push`, repository = 'visits', attempts = 10 } = {},
): EventRule {
  const pattern = parsePattern({
    source: ['aws.codecommit'],
    'detail-type': ['CodeCommit Repository State Change'],
    resources: [`arn:aws:codecommit:eu-west-1:111122223333:${repository}`],
    detail: { event: ['referenceCreated', 'referenceUpdated'], referenceType: ['branch'], referenceName },
  });
  if (!pattern.ok) throw new Error(pattern.errors.join());
  const template = '{"sourceRevisions":[{"actionName":"Source","revisionType":"COMMIT_ID","revisionValue":<commit>}]}';
  return {
    name,
    arn: `arn:aws:events:eu-west-1:111122223333:rule/${name}`,
    enabled: true,
    pattern: pattern.value,
    patternText: '{}',
    targets: [
      {
        id: 'Pipeline',
        arn: pipelineArn(pipeline),
        input: { kind: 'template', paths: { commit: '$.detail.commitId' }, template },
        retry: { seconds: 3600, attempts },
      },
    ],
  };
}

/** A pipeline that keeps what it was asked to start; the same token starts nothing. */
export function recordingHost(): PipelineHost & { readonly started: StartRequest[] } {
  const started: StartRequest[] = [];
  const byToken = new Map<string, string>();
  return {
    started,
    async start(request: StartRequest) {
      const before = request.token === undefined ? undefined : byToken.get(request.token);
      if (before !== undefined) return { ok: true, value: { execution: before } };
      started.push(request);
      const execution = `execution-${started.length}`;
      if (request.token !== undefined) byToken.set(request.token, execution);
      return { ok: true, value: { execution } };
    },
  } as unknown as PipelineHost & { started: StartRequest[] };
}

const run = promisify(execFile);

export interface Stand {
  readonly base: string;
  /** The user's repository. */
  readonly user: string;
  readonly bus: EventBus;
  readonly git: GitService;
  readonly server: GitServer;
  readonly warnings: string[];
  /** git in the user's repository, or in `folder`. */
  run(args: readonly string[], folder?: string): Promise<string>;
  commit(files: Readonly<Record<string, string>>, message?: string): Promise<string>;
  close(): Promise<void>;
}

export interface StandOptions {
  /** Goes on where an earlier stand was closed. */
  readonly base?: string;
  readonly repositories?: readonly ServedRepository[];
  readonly plans?: readonly Plan[];
  readonly rules?: readonly EventRule[];
  readonly hosts?: Readonly<Record<string, PipelineHost>>;
  /** Of the bus. */
  readonly clock?: Clock;
  /** In place of the real targets, or around them. */
  readonly courier?: (deliver: BusOptions['deliver']) => (delivery: Delivery) => Promise<DeliveryOutcome>;
  /** Before the server starts. */
  readonly prepare?: (stand: Pick<Stand, 'run' | 'commit'>) => Promise<unknown>;
}

const VISITS: ServedRepository = { name: 'visits', provider: 'codecommit', defaultBranch: 'develop' };

let counter = 0;

export async function stand(options: StandOptions = {}): Promise<Stand> {
  const { repositories = [VISITS], plans = [], rules = [], hosts = {}, courier = (deliver) => deliver } = options;
  const { clock = STILL } = options;
  const base = options.base ?? mkdtempSync(join(tmpdir(), 'slipway git é-'));
  const user = join(base, 'user');
  const home = join(base, 'home');
  mkdirSync(home, { recursive: true });
  const environment = {
    PATH: process.env['PATH'],
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_DATE: '2026-01-01T12:00:00Z',
    GIT_COMMITTER_DATE: '2026-01-01T12:00:00Z',
  };
  const git = async (args: readonly string[], folder = user): Promise<string> => {
    const { stdout } = await run('git', ['-C', folder, ...args], { env: environment });
    return stdout.trim();
  };
  const commit = async (files: Readonly<Record<string, string>>, message = 'Change'): Promise<string> => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(user, path)), { recursive: true });
      writeFileSync(join(user, path), text);
    }
    await git(['add', '--all']);
    await git(['commit', '--quiet', '--allow-empty', '--message', message]);
    return git(['rev-parse', 'HEAD']);
  };
  if (options.base === undefined) {
    mkdirSync(user);
    await git(['init', '--quiet', '--initial-branch=develop']);
    await git(['config', 'user.name', 'Ada']);
    await git(['config', 'user.email', 'ada@example.com']);
    await commit({ 'app.py': 'print(1)\n' }, 'First');
  }
  await options.prepare?.({ run: git, commit });

  const warnings: string[] = [];
  const notifications = openNotifications({
    file: join(base, 'state/notifications.jsonl'),
    topics: [],
    show: () => {},
    now: STILL.now,
  });
  const pipelines = new Map(Object.entries(hosts));
  const bus = openBus({
    ...PLACE,
    folder: join(base, 'state/events'),
    rules,
    deliver: courier(deliverTo({ pipelines: () => pipelines, notifications })),
    warn: (message) => warnings.push(message),
    clock,
    newId: () => `00000000-0000-4000-8000-${String(++counter).padStart(12, '0')}`,
    random: () => 0,
  });
  const signal = new AbortController().signal;
  const newId = () => `trigger-${++counter}`;
  const opened = await openGitService({
    ...PLACE,
    folder: join(base, 'state/git'),
    repositories,
    seedFrom: user,
    bus,
    consequences: consequencesOf({ ...PLACE, plans, rules, newId, now: STILL.now }),
    caller: 'arn:aws:iam::111122223333:role/slipway-operator',
    environment,
    signal,
  });
  if (!opened.ok) throw new Error(opened.errors.join('; '));
  const service = opened.value;
  const server = await startGitServer({
    folder: join(base, 'state/git'),
    find: (name) => service.find(name),
    change: (repository, work) => service.change(repository, work),
  });
  bus.start();
  return {
    base,
    user,
    bus,
    git: service,
    server,
    warnings,
    run: git,
    commit,
    async close() {
      await server.close();
      await bus.close();
    },
  };
}

export const remove = (base: string): void => rmSync(base, { recursive: true, force: true });
