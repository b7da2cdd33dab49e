import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from '../../../lib/local/clock';
import type { RunningBuilds } from '../../../lib/local/codebuild/running-builds';
import { type SecretSource, secretsFile } from '../../../lib/local/codebuild/secrets';
import { writeZip } from '../../../lib/local/codebuild/zip';
import type { ActionReport, Outcome } from '../../../lib/local/executor';
import { codeBuildExecutor } from '../../../lib/local/executors/codebuild';
import { linesOf } from '../../../lib/local/output-text';
import type { CodeBuildAction, EnvironmentVariable, PlannedBatch } from '../../../lib/local/plan';
import type { AskAfterPause } from '../../../lib/local/rooms/pause';
import type { RoomKind } from '../../../lib/local/rooms/room';

/** A folder that is removed after the test file. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files by their relative names; a name that ends in `*` is executable. */
export function writeTree(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name.replace(/\*$/, ''));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode: name.endsWith('*') ? 0o755 : 0o644 });
  }
}

export interface BuildRequest {
  readonly buildspec: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly outputs?: readonly string[];
  readonly project?: readonly EnvironmentVariable[];
  readonly environment?: readonly EnvironmentVariable[];
  readonly secondary?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly user?: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, string>>;
  readonly secrets?: SecretSource;
  readonly clock?: Clock;
  readonly cacheNamespace?: string;
  readonly cacheModes?: readonly string[];
  readonly batch?: PlannedBatch;
  readonly buildspecOverride?: string;
  readonly grace?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ActionReport) => void;
  /** Default: this machine. */
  readonly rooms?: RoomKind;
  readonly pause?: AskAfterPause;
  readonly running?: RunningBuilds;
  /** Is handed what hears of the calls that the project's role may not make. */
  readonly onCredentials?: (onDenied: (advice: string) => void) => void;
  readonly image?: string;
  readonly privileged?: boolean;
}

export interface BuildResult {
  readonly outcome: Outcome;
  readonly events: readonly ActionReport[];
  /** Output lines less the runner's own. */
  readonly lines: readonly string[];
  /** All output lines. */
  readonly log: string;
  readonly workspace: string;
}

export const plain = (variables: Readonly<Record<string, string>>): EnvironmentVariable[] =>
  Object.entries(variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' }));

/** A host in a folder of its own, whose builds share caches and nothing else. */
export function testHost() {
  const root = temporaryFolder();
  let count = 0;
  return { root, run: (request: BuildRequest) => run(root, `${++count}`, request) };
}

async function run(root: string, id: string, request: BuildRequest): Promise<BuildResult> {
  const workspace = join(root, 'builds', id);
  mkdirSync(workspace, { recursive: true });
  const inputs: Record<string, string> = {};
  for (const [name, files] of Object.entries({
    Source: request.files ?? { 'README.md': 'sample' },
    ...request.secondary,
  })) {
    const folder = join(root, 'inputs', id, name);
    writeTree(folder, files);
    inputs[name] = join(root, 'inputs', id, `${name}.zip`);
    const entries = Object.keys(files).map((file) => file.replace(/\*$/, ''));
    await writeZip(
      inputs[name],
      entries.map((file) => ({ name: file, path: join(folder, file) })),
      { links: false },
    );
  }
  mkdirSync(join(root, 'bin'), { recursive: true });
  const executor = codeBuildExecutor({
    stateFolder: join(root, '.slipway'),
    tools: { binFolder: join(root, 'bin') },
    endpoint: {
      url: 'http://127.0.0.1:1',
      credentialsFor: (role, session, onDenied) => {
        if (onDenied) request.onCredentials?.(onDenied);
        return {
          accessKeyId: `key of ${role}`,
          secretAccessKey: `secret of ${session}`,
          sessionToken: `token of ${session}`,
        };
      },
    },
    account: '111122223333',
    region: 'eu-west-1',
    partition: 'aws',
    secrets: request.secrets ?? secretsFile(join(root, 'secrets.yaml')),
    extraEnvironment: request.extra ?? {},
    userEnvironment: request.user ?? {},
    clock: request.clock ?? systemClock,
    grace: request.grace ?? 3_000,
    ...(request.rooms && { rooms: request.rooms }),
    ...(request.pause && { pause: request.pause }),
    ...(request.running && { running: request.running }),
  });
  const events: ActionReport[] = [];
  const outcome = await executor.execute(
    action(request, Object.keys(inputs)),
    { pipeline: 'visits-development', execution: 'e1', workspace, inputs, revisions: { Source: '4f2c1d0' } },
    (event) => {
      events.push(event);
      request.onEvent?.(event);
    },
    request.signal ?? new AbortController().signal,
  );
  const output = events.flatMap((event) => (event.kind === 'output' ? linesOf(event.text) : []));
  return {
    outcome,
    events,
    lines: output.filter((line) => !line.startsWith('[slipway] ')),
    log: output.join('\n'),
    workspace,
  };
}

const action = (request: BuildRequest, inputs: readonly string[]): CodeBuildAction => ({
  kind: 'codebuild',
  id: 'Build/Build',
  stage: 'Build',
  name: 'Build',
  runOrder: 1,
  inputs,
  outputs: request.outputs ?? [],
  primarySource: 'Source',
  environment: request.environment ?? [],
  ...(request.batch && { batch: request.batch }),
  ...(request.buildspecOverride !== undefined && { buildspecOverride: request.buildspecOverride }),
  project: {
    name: 'visits-build',
    logicalId: 'BuildProject',
    arn: 'arn:aws:codebuild:eu-west-1:111122223333:project/visits-build',
    roleArn: 'arn:aws:iam::111122223333:role/visits-build',
    image: request.image ?? 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
    computeType: 'BUILD_GENERAL1_SMALL',
    privileged: request.privileged ?? false,
    buildspec: request.buildspec,
    environment: request.project ?? [],
    timeoutMinutes: 30,
    ...(request.cacheNamespace ? { cacheNamespace: request.cacheNamespace } : {}),
    ...(request.cacheModes ? { cacheModes: request.cacheModes } : {}),
  },
});
