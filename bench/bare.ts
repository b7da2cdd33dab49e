import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Buildspec, PHASES, parseBuildspec } from '../lib/local/codebuild/buildspec';
import { type BuildSetting, buildEnvironment } from '../lib/local/codebuild/environment';
import { secretsFile } from '../lib/local/codebuild/secrets';
import { quote } from '../lib/local/codebuild/shell';
import type { Machine } from '../lib/local/machine';
import type { Bindings, CodeBuildAction } from '../lib/local/plan';

/** What bare builds share. Paths are absolute. */
export interface BareBuilds {
  /** Gets a folder for each build, which is removed after it, and `cache`, which stays. */
  readonly folder: string;
  readonly bindings: Bindings;
  readonly binFolder: string;
  /** `.slipway`: the package cache in it is the one that Slipway's own builds use. */
  readonly stateFolder: string;
  readonly endpoint: Machine['endpoint'];
  /** What a local run adds to each build's environment. */
  readonly extra: Readonly<Record<string, string>>;
}

export interface BareSource {
  /** A tar of the commit. */
  readonly archive: string;
  readonly commit: string;
}

/** One action as one bash script: prepared beforehand, so that only `run` is worth timing. */
export interface BareBuild {
  /** Extracts the source anew and runs the commands, to their end. Rejects, with what they said, unless all succeed. */
  run(): Promise<void>;
  /** The exported variables that they left. */
  variables(): Record<string, string>;
  remove(): void;
}

/**
 * The action's commands in their order in one shell, in the environment that the buildspec executor would give them, and nothing
 * else of what a build has: no state carried by files, no log, no reports, no artifacts, no search for processes left over.
 * `action` comes with its references resolved.
 */
export function bareBuild(builds: BareBuilds, action: CodeBuildAction, source: BareSource): BareBuild {
  const parsed = parseBuildspec(action.project.buildspec);
  if (!parsed.ok) throw new Error(`buildspec of ${action.id}: ${JSON.stringify(parsed.errors)}`);
  const folder = mkdtempSync(join(builds.folder, `${action.name}-`));
  for (const name of ['home', 'tmp', 'src']) mkdirSync(join(folder, name));
  const cache = join(builds.folder, 'cache', action.name);
  mkdirSync(cache, { recursive: true });
  symlinkSync(cache, join(folder, 'src', '.cache'));
  const environment = buildEnvironment(settingOf(builds, action, source, folder), {
    buildspec: parsed.value,
    // Nothing is attested here, so a deploy is told of nothing to verify.
    project: action.project.environment.filter(({ name }) => !/^(ATTESTATIONS$|PROVENANCE_)/.test(name)),
    action: action.environment,
    extra: builds.extra,
    user: process.env,
    secretSource: secretsFile(join(builds.folder, 'no-secrets.yaml')),
  });
  if (environment.problems.length > 0) throw new Error(`${action.id}: ${environment.problems.join('; ')}`);
  const values = join(folder, 'variables');
  const script = join(folder, 'script.sh');
  writeFileSync(script, scriptOf(parsed.value, source.archive, values));
  return {
    run: () => bash(action.id, script, join(folder, 'src'), environment.variables),
    variables: () =>
      Object.fromEntries(
        readFileSync(values, 'utf8')
          .split('\0')
          .slice(0, -1)
          .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      ),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function scriptOf(buildspec: Buildspec, archive: string, values: string): string {
  const commands = PHASES.flatMap((phase) => [
    ...(buildspec.phases[phase]?.commands ?? []),
    ...(buildspec.phases[phase]?.finally ?? []),
  ]);
  return [
    'set -a',
    `tar -xf ${quote(archive)} || exit`,
    // Options of one command do not hold for the next, as in a build.
    ...commands.flatMap((command) => [
      'set +eu +o pipefail',
      command,
      'status=$?; [ "$status" = 0 ] || exit "$status"',
    ]),
    `: > ${quote(values)}`,
    ...buildspec.exportedVariables.map((name) => `printf '${name}=%s\\0' "$${name}" >> ${quote(values)}`),
    '',
  ].join('\n');
}

function bash(id: string, script: string, cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', [script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${id} from plain bash: exit ${code}\n${said.slice(-4000)}`)),
    );
  });
}

function settingOf(builds: BareBuilds, action: CodeBuildAction, source: BareSource, folder: string): BuildSetting {
  const { project } = action;
  const uuid = randomUUID();
  const arn = `arn:${builds.bindings.partition}:codebuild:${builds.bindings.region}:${builds.bindings.account}`;
  return {
    id: `${project.name}:${uuid}`,
    arn: `${arn}:build/${project.name}:${uuid}`,
    projectArn: `${arn}:project/${project.name}`,
    image: project.image,
    kmsKey: '',
    number: 1,
    initiator: 'bench',
    region: builds.bindings.region,
    startTime: new Date(),
    sourceFolder: join(folder, 'src'),
    secondarySources: {},
    sourceVersion: source.archive,
    resolvedSourceVersion: source.commit,
    home: join(folder, 'home'),
    temporary: join(folder, 'tmp'),
    log: join(folder, 'log.txt'),
    cacheFolder: join(builds.stateFolder, 'cache'),
    binFolder: builds.binFolder,
    endpoint: builds.endpoint.url,
    credentials: builds.endpoint.credentialsFor(project.roleArn, `AWSCodeBuild-${uuid}`),
  };
}
