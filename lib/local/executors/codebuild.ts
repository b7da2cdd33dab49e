import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../clock';
import { runBuild } from '../codebuild/build';
import { type Buildspec, parseBuildspec } from '../codebuild/buildspec';
import { cacheNamespaceOf } from '../codebuild/cache';
import { type BuildEnvironment, type BuildSetting, buildEnvironment, type Credentials } from '../codebuild/environment';
import { KnownSecrets } from '../codebuild/known-secrets';
import { startLifetime } from '../codebuild/lifetime';
import { buildLog } from '../codebuild/log';
import { outputsOf } from '../codebuild/outputs';
import { removeFolder } from '../codebuild/remove-folder';
import type { RunningBuilds } from '../codebuild/running-builds';
import type { SecretSource } from '../codebuild/secrets';
import { createShell } from '../codebuild/shell';
import { downloadSources } from '../codebuild/sources';
import { type RunBuild, startBuilds } from '../codebuild/start';
import { makeTemporaryFolder, removeTemporaryFolder } from '../codebuild/temporary';
import type { ActionContext, Emit, Executor, Outcome } from '../executor';
import type { CodeBuildAction } from '../plan';
import { installBreakpoint, sharedBreakpoint } from '../rooms/breakpoint';
import { hostRooms } from '../rooms/host-room';
import { type AskAfterPause, pausingShell } from '../rooms/pause';
import { provision } from '../rooms/provision';
import type { Room, RoomKind, RoomView } from '../rooms/room';
import { buildSetting } from './build-setting';

/** What builds on this machine share. Paths are absolute. */
export interface HostOptions {
  /** `.slipway`: caches are kept in it. */
  readonly stateFolder: string;
  /** Comes first on PATH (see ensureTools). */
  readonly tools: { readonly binFolder: string };
  readonly endpoint: {
    readonly url: string;
    /** The credentials of one build: the endpoint knows by them which role calls. */
    credentialsFor(roleArn: string, sessionName: string, onDenied?: (advice: string) => void): Credentials;
    /** Tells each secret that whoever has the key reads there, before it is answered; ends with the function that it gives. */
    watchSecrets?(accessKeyId: string, hear: (value: string) => void): () => void;
  };
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly secrets: SecretSource;
  /** Variables of the runner's own for every build. */
  readonly extraEnvironment: Readonly<Record<string, string>>;
  /** The environment of whoever started Slipway: only what `passedOn` names reaches a build. */
  readonly userEnvironment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Between SIGTERM and SIGKILL for what is left of a build, milliseconds (default 3,000). */
  readonly grace?: number;
  /** Where commands run; default: this machine. */
  readonly rooms?: RoomKind;
  /** Where the builds are told while they run; absent: they cannot be stopped one by one. */
  readonly running?: Pick<RunningBuilds, 'add'>;
  /** Holds a build whose command failed, and asks how to go on; absent: no build is held. */
  readonly pause?: AskAfterPause;
}

/**
 * Runs CodeBuild actions on this machine: the buildspec's phases, shell, environment, artifacts, exported variables and
 * reports are CodeBuild's; VPCs have no effect, and on the host room neither have image, compute type and privileged mode. The workspace gets
 * `src` (the extracted input), `reports`, `artifacts` and `log.txt`; when the action has ended no process of it is left,
 * and its home, its temporary files and its environment are gone. `src` is kept when the build failed, less the files that hold a secret.
 */
export function codeBuildExecutor(host: HostOptions): Executor<CodeBuildAction> {
  const runOne: RunBuild = (action, context, emit, signal) => execute(host, action, context, emit, signal);
  return {
    execute: (action, context, emit, signal) =>
      startBuilds({ action, context, emit, signal, clock: host.clock, runOne }),
  };
}

async function execute(
  host: HostOptions,
  action: CodeBuildAction,
  context: ActionContext,
  emit: Emit,
  signal: AbortSignal,
): Promise<Outcome> {
  const { project } = action;
  const uuid = randomUUID();
  const fail = (...reasons: string[]): Outcome => failed(`${project.name}:${uuid}`, ...reasons);
  const parsed = parseBuildspec(project.buildspec);
  if (!parsed.ok) {
    const lines = parsed.errors.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`);
    return fail(`buildspec of ${project.name} is not valid:`, ...lines.map((line) => `  ${line}`));
  }
  const buildspec = parsed.value;
  const primary = action.primarySource ?? action.inputs[0];
  if (primary === undefined) return fail('the action has no input artifact');

  const temporary = makeTemporaryFolder(host.stateFolder);
  const denials: Denials = { told: [], note: () => {} };
  const onDenied = (advice: string): void => {
    denials.told.push(advice);
    denials.note(advice);
  };
  const setting = buildSetting(host, action, context, { uuid, primary, temporary, onDenied });
  // Who looks for the build's log or state while it runs, knows its id.
  emit({ kind: 'fact', name: 'buildId', value: setting.id });
  emit({ kind: 'fact', name: 'buildNumber', value: String(setting.number) });
  const stop = new AbortController();
  const leave = host.running?.add(setting.id, () => stop.abort());
  const rooms = host.rooms ?? hostRooms(host.stateFolder);
  const view = rooms.view(setting, host.extraEnvironment, host.userEnvironment);
  try {
    const environment = buildEnvironment(view.setting, {
      buildspec,
      project: project.environment,
      action: action.environment,
      extra: view.extraEnvironment,
      user: view.userEnvironment,
      secretSource: host.secrets,
    });
    if (environment.problems.length > 0) return fail(...environment.problems);
    const outcome = await runInWorkspace({
      host,
      action,
      context,
      emit,
      signal: AbortSignal.any([signal, stop.signal]),
      buildspec,
      primary,
      uuid,
      setting,
      rooms,
      view,
      environment,
      denials,
    });
    // An execution that is stopped stops its builds; a build that is stopped fails its action.
    const isAlone = outcome.status === 'Stopped' && stop.signal.aborted && !signal.aborted;
    return isAlone ? fail('STOPPED: the build was stopped') : outcome;
  } finally {
    leave?.();
    await Promise.all([removeFolder(setting.home), removeTemporaryFolder(temporary)]);
  }
}

/** Calls that the project's role may not make: what to do about each. */
interface Denials {
  readonly told: string[];
  /** The build's log, once it is open. */
  note: (advice: string) => void;
}

interface Prepared {
  readonly host: HostOptions;
  readonly action: CodeBuildAction;
  readonly context: ActionContext;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly buildspec: Buildspec;
  /** Name of the primary input artifact. */
  readonly primary: string;
  readonly uuid: string;
  readonly setting: BuildSetting;
  readonly rooms: RoomKind;
  readonly view: RoomView;
  readonly environment: BuildEnvironment;
  readonly denials: Denials;
}

async function runInWorkspace(prepared: Prepared): Promise<Outcome> {
  const { host, action, context, buildspec, setting, environment } = prepared;
  const { project } = action;
  let phase: string | undefined;
  const emit: Emit = (report) => {
    if (report.kind === 'phase-started') phase = report.phase;
    prepared.emit(report);
  };
  const secrets = new KnownSecrets(environment.secrets, environment.confidential);
  const { mask } = secrets;
  const leave = host.endpoint.watchSecrets?.(setting.credentials.accessKeyId, (value) => secrets.learn(value));
  const log = buildLog(setting.log, mask, emit);
  prepared.denials.note = log.note;
  const state = join(context.workspace, 'state');
  let room: Room | undefined;
  let stopping: Promise<void> = Promise.resolve();
  let succeeded = false;
  const lifetime = startLifetime(prepared.signal, host.clock, project.timeoutMinutes, () => {
    stopping = room?.endAll() ?? Promise.resolve();
  });
  const ended = (failure: () => Outcome): Outcome => {
    if (lifetime.reason() === 'stopped') return { status: 'Stopped', reason: 'the build was stopped' };
    if (lifetime.reason() !== 'timed-out') return failure();
    return failed(setting.id, `TIMED_OUT: the build took longer than its ${project.timeoutMinutes} minutes`);
  };
  try {
    const opened = await provision(
      {
        ...prepared,
        project,
        shell: buildspec.shell,
        grace: host.grace ?? 3_000,
        scripts: state,
        note: log.note,
        signal: lifetime.signal,
      },
      emit,
    );
    if (typeof opened === 'string') return ended(() => failed(setting.id, opened));
    room = opened;
    for (const notice of room.notices) log.note(notice);
    const mayHold = host.pause !== undefined;
    const programs =
      mayHold || prepared.rooms.provisions
        ? installBreakpoint(state, room.scripts, mayHold)
        : sharedBreakpoint(host.stateFolder);
    const { PATH, ...variables } = environment.variables;
    const plain = createShell({
      room,
      stateFolder: state,
      directory: prepared.view.setting.sourceFolder,
      // Of a container the first command puts it before the image's own.
      environment: { ...variables, ...(PATH !== undefined && { PATH: `${programs}:${PATH}` }) },
      onOutput: log.lines,
    });
    const shell =
      host.pause === undefined
        ? plain
        : pausingShell(plain, {
            ask: host.pause,
            stateFolder: host.stateFolder,
            clock: host.clock,
            build: { build: setting.id, execution: context.execution, stage: action.stage, action: action.name },
            phase: () => phase,
            room,
            scripts: state,
            lifetime,
            log,
            mask,
          });
    const problem = await downloadSources({ setting, inputs: context.inputs, primary: prepared.primary }, emit);
    if (problem !== undefined) return failed(setting.id, `DOWNLOAD_SOURCE: ${problem}`);
    const namespace = cacheNamespaceOf(project);
    const seen = prepared.view.setting;
    const end = await runBuild({
      buildspec,
      outputs: outputsOf(action),
      roots: {
        source: setting.sourceFolder,
        home: setting.home,
        seen: { source: seen.sourceFolder, home: seen.home },
      },
      workspace: context.workspace,
      shell,
      ...(namespace !== undefined && { cache: { folder: setting.cacheFolder, namespace } }),
      unexportable: project.environment.filter(({ type }) => type !== 'PLAINTEXT').map(({ name }) => name),
      ...(prepared.rooms.provisions && { user: 'root' }),
      log,
      mask,
      holdsSecret: secrets.holds,
      emit,
      signal: lifetime.signal,
    });
    return ended(() => {
      if (end.failure !== undefined) return failed(setting.id, mask(end.failure), ...new Set(prepared.denials.told));
      succeeded = true;
      return { status: 'Succeeded', variables: end.variables, artifacts: end.artifacts, externalId: setting.id };
    });
  } finally {
    await lifetime.close();
    await stopping;
    await room?.endAll();
    room?.close();
    leave?.();
    if (!succeeded) {
      for (const name of secrets.removeFrom(setting.sourceFolder))
        log.note(`src/${name} is removed: a secret stands in it`);
    }
    // After the last process, which could still write into it.
    await Promise.all([removeFolder(state), succeeded && removeFolder(setting.sourceFolder)]);
    log.close();
  }
}

const failed = (externalId: string, ...reasons: string[]): Outcome => ({
  status: 'Failed',
  reason: reasons.join('\n'),
  externalId,
});
