import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock';
import { runBuild } from '../codebuild/build';
import { parseBuildspec } from '../codebuild/buildspec';
import { buildCache } from '../codebuild/cache';
import { type BuildSetting, buildEnvironment, type Credentials } from '../codebuild/environment';
import { buildLog } from '../codebuild/log';
import { createMask } from '../codebuild/mask';
import { endProcesses } from '../codebuild/process-tree';
import type { SecretSource } from '../codebuild/secrets';
import { createShell, type Shell } from '../codebuild/shell';
import { extractZip } from '../codebuild/unzip';
import type { ActionContext, Emit, Executor, Outcome } from '../executor';
import type { CodeBuildAction } from '../plan';

/** What builds on this machine share. Paths are absolute. */
export interface HostOptions {
  /** `.slipway`: caches are kept in it. */
  readonly stateFolder: string;
  /** Comes first on PATH (see ensureTools). */
  readonly tools: { readonly binFolder: string };
  readonly endpoint: {
    readonly url: string;
    /** The credentials of one build: the endpoint knows by them which role calls. */
    credentialsFor(roleArn: string, sessionName: string): Credentials;
  };
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly secrets: SecretSource;
  /** Variables of the runner's own for every build. */
  readonly extraEnvironment: Readonly<Record<string, string>>;
  /** The environment of whoever started Slipway: only what PASSED_ON names reaches a build. */
  readonly userEnvironment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Between SIGTERM and SIGKILL for what is left of a build, milliseconds (default 3,000). */
  readonly grace?: number;
}

/** Marks every process of a build and of this state folder in its environment. */
const BUILD_MARKER = 'SLIPWAY_BUILD_ID';
const STATE_MARKER = 'SLIPWAY_STATE';

const SHELLS = { bash: ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'], '/bin/sh': ['/bin/sh'] } as const;

/**
 * Runs CodeBuild actions as processes of this machine: the buildspec's phases, shell, environment, artifacts, exported
 * variables and reports are CodeBuild's; image, compute type, privileged mode and VPC have no effect. The workspace gets
 * `src` (the extracted input), `reports`, `artifacts` and `log.txt`; when the action has ended no process of it is left,
 * and its home, its temporary files and its environment are gone. `src` is kept when the build failed.
 */
export function codeBuildExecutor(host: HostOptions): Executor<CodeBuildAction> {
  return { execute: (action, context, emit, signal) => execute(host, action, context, emit, signal) };
}

/** Ends what builds of an earlier, killed run with this state folder left behind (Linux; elsewhere nothing can be told). */
export const endStrayBuilds = (stateFolder: string): Promise<void> =>
  endProcesses({ groups: [], marker: `${STATE_MARKER}=${stateFolder}` }, { grace: 3_000 });

async function execute(
  host: HostOptions,
  action: CodeBuildAction,
  context: ActionContext,
  emit: Emit,
  signal: AbortSignal,
): Promise<Outcome> {
  const uuid = randomUUID();
  const externalId = `${action.project.name}:${uuid}`;
  const fail = (...reasons: string[]): Outcome => ({ status: 'Failed', reason: reasons.join('\n'), externalId });
  const parsed = parseBuildspec(action.project.buildspec);
  if (!parsed.ok) {
    const lines = parsed.errors.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`);
    return fail(`buildspec of ${action.project.name} is not valid:`, ...lines.map((line) => `  ${line}`));
  }
  const buildspec = parsed.value;
  const program = SHELLS[buildspec.shell].find((path) => existsSync(path));
  if (!program) return fail(`the buildspec asks for ${buildspec.shell}, which is not on this machine; install it`);
  const primary = action.primarySource ?? action.inputs[0];
  if (primary === undefined) return fail('the action has no input artifact');

  const setting = buildSetting(host, action, context, uuid, primary);
  const environment = buildEnvironment(setting, {
    buildspec,
    project: action.project.environment,
    action: action.environment,
    extra: host.extraEnvironment,
    user: host.userEnvironment,
    secretSource: host.secrets,
  });
  if (environment.problems.length > 0) return fail(...environment.problems);
  if (signal.aborted) return { status: 'Stopped', reason: 'stopped before it began' };

  const mask = createMask(environment.secrets);
  const log = buildLog(setting.log, mask, emit);
  const marker = { [BUILD_MARKER]: uuid, [STATE_MARKER]: host.stateFolder };
  const state = join(context.workspace, 'state');
  let shell: Shell | undefined;
  let ending: Promise<void> | undefined;
  const endAll = (): Promise<void> => {
    ending = endProcesses(
      { groups: shell?.groups() ?? [], marker: `${BUILD_MARKER}=${uuid}` },
      { grace: host.grace ?? 3_000 },
    );
    return ending;
  };

  const stop = new AbortController();
  const onAbort = (): void => stop.abort('stopped');
  signal.addEventListener('abort', onAbort, { once: true });
  const done = new AbortController();
  const timeout = host.clock.sleep(action.project.timeoutMinutes * 60_000, done.signal).then((end) => {
    if (end === 'elapsed') stop.abort('timed-out');
  });
  stop.signal.addEventListener('abort', () => void endAll(), { once: true });

  try {
    emit({ kind: 'phase-started', phase: 'DOWNLOAD_SOURCE' });
    const problem = await downloadSources(setting, context, primary);
    if (problem !== undefined) {
      emit({ kind: 'phase-ended', phase: 'DOWNLOAD_SOURCE', status: 'FAILED', reason: problem });
      return fail(`DOWNLOAD_SOURCE: ${problem}`);
    }
    emit({ kind: 'phase-ended', phase: 'DOWNLOAD_SOURCE', status: 'SUCCEEDED' });
    shell = createShell({
      shell: buildspec.shell,
      program,
      stateFolder: state,
      directory: setting.sourceFolder,
      environment: environment.variables,
      marker,
      onLine: log.line,
    });
    const namespace = action.project.cacheNamespace;
    const end = await runBuild({
      buildspec,
      outputs: action.outputs,
      source: setting.sourceFolder,
      workspace: context.workspace,
      shell,
      cache: buildCache(
        setting.cacheFolder,
        namespace ?? '',
        setting.sourceFolder,
        namespace ? buildspec.cachePaths : [],
      ),
      log,
      mask,
      emit,
      signal: stop.signal,
    });
    if (stop.signal.aborted) {
      if (stop.signal.reason === 'stopped') return { status: 'Stopped', reason: 'the build was stopped' };
      return fail(`TIMED_OUT: the build took longer than its ${action.project.timeoutMinutes} minutes`);
    }
    if (end.failure !== undefined) return fail(mask(end.failure));
    rmSync(setting.sourceFolder, { recursive: true, force: true });
    return { status: 'Succeeded', variables: end.variables, artifacts: end.artifacts, externalId };
  } finally {
    signal.removeEventListener('abort', onAbort);
    done.abort();
    await timeout;
    await ending;
    await endAll();
    log.close();
    for (const folder of [state, setting.home, setting.temporary]) rmSync(folder, { recursive: true, force: true });
  }
}

function buildSetting(
  host: HostOptions,
  action: CodeBuildAction,
  context: ActionContext,
  uuid: string,
  primary: string,
): BuildSetting {
  const { name } = action.project;
  const folder = (leaf: string): string => join(context.workspace, leaf);
  const arn = `arn:${host.partition}:codebuild:${host.region}:${host.account}`;
  const secondary = action.inputs.filter((input) => input !== primary);
  return {
    id: `${name}:${uuid}`,
    arn: `${arn}:build/${name}:${uuid}`,
    projectArn: `${arn}:project/${name}`,
    image: action.project.image,
    initiator: `codepipeline/${context.pipeline}`,
    region: host.region,
    startTime: host.clock.now(),
    sourceFolder: folder('src'),
    secondarySources: Object.fromEntries(secondary.map((input) => [input, join(folder('sources'), input)])),
    sourceVersion: `arn:${host.partition}:s3:::${context.pipeline}/${primary}`,
    resolvedSourceVersion: context.revisions[primary] ?? '',
    home: folder('home'),
    temporary: folder('tmp'),
    log: folder('log.txt'),
    cacheFolder: join(host.stateFolder, 'cache'),
    binFolder: host.tools.binFolder,
    endpoint: host.endpoint.url,
    credentials: host.endpoint.credentialsFor(action.project.roleArn, `AWSCodeBuild-${uuid}`),
  };
}

/** Says what is wrong, if anything is. */
async function downloadSources(
  setting: BuildSetting,
  context: ActionContext,
  primary: string,
): Promise<string | undefined> {
  for (const folder of [setting.home, setting.temporary]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [artifact, folder] of [
    [primary, setting.sourceFolder] as const,
    ...Object.entries(setting.secondarySources),
  ]) {
    const zip = context.inputs[artifact];
    if (zip === undefined) return `input artifact ${artifact} was not handed over`;
    mkdirSync(folder, { recursive: true });
    const extracted = await extractZip(zip, folder);
    if (!extracted.ok) return extracted.errors.join('; ');
  }
  return undefined;
}
