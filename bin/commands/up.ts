import { systemClock } from '../../lib/local/clock';
import type { PipelineHost } from '../../lib/local/pipelines/host';
import { jsonReporter } from '../../lib/local/reporters/json';
import type { Reporter } from '../../lib/local/reporters/reporter';
import { serviceReporter } from '../../lib/local/reporters/service';
import { type Git, gitIn } from '../../lib/local/source/git';
import { answerApprovals } from '../approver';
import { bindings } from '../bindings';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { holdFolder } from '../folder';
import { type Hosting, openHosting } from '../hosting';
import { openProject, type Project, serviceFolder } from '../project';
import { choosePaint, type OutputOptions } from '../reporter';
import type { RoomOptions } from '../rooms';
import { checkSource } from '../source';
import { untilStopped } from '../stop';
import { type DeliveryRoom, makeDeliveryRoom, unsupportedTargets } from '../up/delivery';
import { detach } from '../up/detach';
import { greeting } from '../up/greeting';

export interface UpOptions extends OutputOptions, RoomOptions {
  readonly config?: string;
  readonly approve?: boolean;
  readonly context?: string;
  readonly realTime?: boolean;
  /** Adds the git remote `slipway` to the user's repository. */
  readonly remote?: boolean;
  /** In the background. */
  readonly detach?: boolean;
}

/** How long a second Ctrl-C is waited for, in milliseconds. */
const SECOND_THOUGHT = 2000;

/** `slipway up`: the pipelines as a service, until Ctrl-C. */
export async function up(options: UpOptions): Promise<void> {
  const project = openProject(options);
  process.exitCode = await untilStopped(async (signal) => {
    const folder = serviceFolder(project);
    await checkSource({ folder }, signal);
    if (options.detach) return detach(project.state, signal);
    const held = holdFolder(project.state, 'slipway up');
    const write = (text: string) => void process.stdout.write(text);
    const reporter = options.json
      ? jsonReporter(write)
      : serviceReporter(write, choosePaint(), options.verbose ?? false);
    try {
      return await serve(project, options, reporter, signal);
    } finally {
      reporter.close();
      held.release();
    }
  });
}

async function serve(project: Project, options: UpOptions, reporter: Reporter, signal: AbortSignal): Promise<number> {
  const folder = serviceFolder(project);
  const place = bindings(project.config);
  const hosts = { known: new Map<string, PipelineHost>() as ReadonlyMap<string, PipelineHost> };
  // What ends git's processes ends with everything, not at the first Ctrl-C.
  const over = new AbortController();
  const prefix = await prefixOf(folder, signal);
  // With --json standard output is for events alone.
  const say = (line: string) => (options.json ? void process.stderr.write(`${line}\n`) : reporter.text(line));
  let room: DeliveryRoom | undefined;
  const hosting = await openHosting(
    {
      ...options,
      project,
      reporter,
      source: (repository, branch) => room?.source(prefix)(repository, branch),
      onAlarm: (before, now) => room?.alarmChanged(before, now),
      services({ plans, world }) {
        room = makeDeliveryRoom({
          stateFolder: project.state,
          place,
          plans,
          world,
          pipelines: () => hosts.known,
          say,
        });
        return room.services;
      },
    },
    signal,
  );
  hosts.known = hosting.hosts;
  let how: 'unfinished' | 'stopped' = 'unfinished';
  try {
    if (!room) throw new Error('the event bus was not made');
    await openRoom(room, hosting, folder, over.signal);
    for (const host of hosting.hosts.values()) {
      host.subscribe((event) => reporter.event(event));
      if (options.approve) answerApprovals(host, reporter, options);
    }
    await greet(project, options, hosting, room, say);
    for (const host of hosting.hosts.values())
      for (const id of await host.resume()) say(`${host.plan.pipeline}: execution ${id} goes on`);
    room.start();
    await aborted(signal);
    how = await secondThought(hosting, say);
    return exitCode['all done'];
  } finally {
    await room?.close();
    over.abort();
    await hosting.close(how);
  }
}

async function openRoom(room: DeliveryRoom, hosting: Hosting, folder: string, signal: AbortSignal): Promise<void> {
  const problems = await room.open(folder, signal);
  if (problems.length > 0)
    throw new Failure(problems.join('\n'), exitCode['this machine lacks something (slipway doctor)']);
  if (hosting.hosts.size === 0) throw new Error('the synthesized templates hold no pipeline');
}

/** Says what is up, and what of the templates is not. */
async function greet(
  project: Project,
  options: UpOptions,
  hosting: Hosting,
  room: DeliveryRoom,
  say: (text: string) => void,
): Promise<void> {
  const { world, plans, machine } = hosting;
  const server = room.server();
  const repositories = room.git()?.repositories ?? [];
  const [first] = repositories;
  if (!server || !first) throw new Error('the repositories are not served');
  const lost = [
    ...unsupportedTargets(world),
    ...world.notices.map(({ file, path, message }) => `${file}: ${path}: ${message}`),
    ...(server.moved ? ['the port of the git remote is taken: the remote has a new address'] : []),
  ];
  for (const line of lost) say(`! ${line}`);
  const git = gitIn(serviceFolder(project), process.env, new AbortController().signal);
  const url = server.url(first.name);
  if (options.remote) await setRemote(git, url);
  const remote = await remoteOf(git, url);
  const { endpoint, cluster } = machine;
  const said = { place: bindings(project.config), plans, world, endpoint, cluster, server, repositories, remote };
  if (!options.json) say(greeting(said));
  else
    process.stdout.write(
      `${JSON.stringify({
        kind: 'up',
        endpoint: endpoint.url,
        region: said.place.region,
        repositories: repositories.map(({ name }) => ({ name, url: server.url(name) })),
        pipelines: plans.map(({ pipeline }) => pipeline),
      })}\n`,
    );
}

const REMOTE = 'slipway';

async function setRemote(git: Git, url: string): Promise<void> {
  const known = await git.run(['remote', 'get-url', REMOTE]);
  if (known.ok && known.value.trim() === url) return;
  const done = await git.run(known.ok ? ['remote', 'set-url', REMOTE, url] : ['remote', 'add', REMOTE, url]);
  if (!done.ok)
    throw new Failure(
      `the remote could not be set: ${done.errors.join('; ')}`,
      exitCode['this machine lacks something (slipway doctor)'],
    );
}

/** Which remote of the user's repository has this address. */
async function remoteOf(git: Git, url: string): Promise<string | undefined> {
  const listed = await git.run(['config', '--get-regexp', '^remote\\..*\\.url$']);
  const line = listed.ok ? listed.value.split('\n').find((each) => each.endsWith(` ${url}`)) : undefined;
  return line && /^remote\.(.*)\.url /.exec(line)?.[1];
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** What becomes of executions that run: they are left to the next `slipway up`, unless Ctrl-C comes once more. */
async function secondThought(hosting: Hosting, say: (text: string) => void): Promise<'unfinished' | 'stopped'> {
  const running = [...hosting.hosts.values()]
    .flatMap((host) => host.executions())
    .filter(({ status }) => status === 'InProgress' || status === 'Stopping').length;
  if (running === 0) return 'unfinished';
  const what = running === 1 ? '1 execution runs and goes' : `${running} executions run and go`;
  say(`${what} on with the next \`slipway up\`; Ctrl-C again stops ${running === 1 ? 'it' : 'them'} for good`);
  const again = new AbortController();
  const stop = () => again.abort();
  process.once('SIGINT', stop);
  try {
    return (await systemClock.sleep(SECOND_THOUGHT, again.signal)) === 'aborted' ? 'stopped' : 'unfinished';
  } finally {
    process.off('SIGINT', stop);
  }
}

/** Path of the folder in its repository, '' or `a/b`. */
async function prefixOf(folder: string, signal: AbortSignal): Promise<string> {
  const shown = await gitIn(folder, process.env, signal).run(['rev-parse', '--show-prefix']);
  return shown.ok ? shown.value.trim().replace(/\/$/, '') : '';
}
