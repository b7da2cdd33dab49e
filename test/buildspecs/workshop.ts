import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { renderBuildspec } from '../../lib/cloud/buildspec';
import { systemClock } from '../../lib/local/clock';
import { secretsFile } from '../../lib/local/codebuild/secrets';
import { writeZip } from '../../lib/local/codebuild/zip';
import type { ActionReport, Outcome } from '../../lib/local/executor';
import { codeBuildExecutor, type HostOptions } from '../../lib/local/executors/codebuild';
import { linesOf } from '../../lib/local/output-text';
import type { EnvironmentVariable } from '../../lib/local/plan';
import { ensureTools } from '../../lib/local/tools/tools';
import type { Job } from '../../lib/model/pipeline';

export const PROJECT = join(__dirname, '..', '..');
export const SAMPLE = join(PROJECT, 'examples', 'visits');
export const COMMIT = '4f2c1d0a9b8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a';
export const VERSION = '1.4.2-4f2c1d0a9b8e';

interface JobRequest {
  /** Folder whose files are the source artifact. */
  readonly source: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A folder that is searched for programs before the tools. */
  readonly programs?: string;
  /** Changes the buildspec. */
  readonly change?: (buildspec: string) => string;
}

interface JobResult {
  readonly outcome: Outcome;
  /** Everything it said, one string. */
  readonly log: string;
  readonly reports: readonly Extract<ActionReport, { kind: 'report' }>['report'][];
  /** Rows of the table of checks: name -> result. */
  readonly checks: Readonly<Record<string, string>>;
}

export interface Workshop {
  readonly root: string;
  /** The tools of local runs. */
  readonly binFolder: string;
  /** A copy of the sample's files as git knows them, for a fault to be planted in. */
  sample(): string;
  run(job: Job, request: JobRequest): Promise<JobResult>;
  remove(): void;
}

/**
 * Runs the jobs of buildspecs/ by the executor and with the tools of a local run. Tools and package cache are those of the
 * project's own .slipway, so that they are there once for all tests; everything else lies in a folder that `remove` removes.
 */
export async function openWorkshop(
  endpoint: HostOptions['endpoint'] = NO_ENDPOINT,
  extra: Record<string, string> = {},
): Promise<Workshop> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-jobs-')));
  const stateFolder = join(PROJECT, '.slipway');
  const tools = await ensureTools({
    projectRoot: PROJECT,
    stateFolder,
    environment: process.env,
    onProgress: () => {},
    signal: new AbortController().signal,
  });
  if (!tools.ok) throw new Error(tools.errors.map(({ message }) => message).join('\n'));
  const { binFolder } = tools.value;
  let count = 0;

  const run = async (job: Job, request: JobRequest): Promise<JobResult> => {
    const workspace = join(root, `${job}-${++count}`);
    mkdirSync(workspace);
    const artifact = join(root, `${job}-${count}.zip`);
    await writeZip(artifact, filesOf(request.source), { links: false });
    const executor = codeBuildExecutor({
      stateFolder,
      tools: { binFolder: request.programs ? `${request.programs}:${binFolder}` : binFolder },
      endpoint,
      account: '111122223333',
      region: 'eu-west-1',
      partition: 'aws',
      secrets: secretsFile(join(root, 'no-secrets.yaml')),
      extraEnvironment: extra,
      userEnvironment: process.env,
      clock: systemClock,
    });
    const events: ActionReport[] = [];
    const outcome = await executor.execute(
      {
        kind: 'codebuild',
        id: `Test/${job}`,
        stage: 'Test',
        name: job,
        runOrder: 1,
        inputs: ['SourceArtifact'],
        outputs: OUTPUTS[job] ?? [],
        primarySource: 'SourceArtifact',
        environment: [],
        project: {
          name: `visits-${job}`,
          logicalId: 'Project',
          arn: `arn:aws:codebuild:eu-west-1:111122223333:project/visits-${job}`,
          roleArn: `arn:aws:iam::111122223333:role/visits-${job}`,
          image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
          computeType: 'BUILD_GENERAL1_SMALL',
          privileged: false,
          buildspec: (request.change ?? same)(renderBuildspec(job, PROJECT)),
          environment: plain({ ...SAMPLE_PROJECT, ...request.environment }),
          timeoutMinutes: 5,
        },
      },
      {
        pipeline: 'visits-development',
        execution: 'e1',
        workspace,
        inputs: { SourceArtifact: artifact },
        revisions: { SourceArtifact: COMMIT },
      },
      (event) => events.push(event),
      new AbortController().signal,
    );
    const log = events.flatMap((event) => (event.kind === 'output' ? linesOf(event.text) : [])).join('\n');
    return {
      outcome,
      log,
      reports: events.flatMap((event) => (event.kind === 'report' ? [event.report] : [])),
      checks: checksIn(log),
    };
  };
  let samples = 0;
  const sample = (): string => copySample(join(root, `sample-${++samples}`));
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  return { root, binFolder, run, sample, remove };
}

const same = (text: string): string => text;

const SAMPLE_PROJECT = {
  SERVICE: 'visits',
  PACKAGE_DIR: '.',
  PACKAGE_INDEX: 'https://pypi.org/simple',
  DOCKERFILE: 'Dockerfile',
};

const OUTPUTS: Partial<Record<Job, readonly string[]>> = { build: ['Package'], image: ['Sbom'] };

const NO_ENDPOINT: HostOptions['endpoint'] = {
  url: 'http://127.0.0.1:1',
  credentialsFor: () => ({ accessKeyId: 'key', secretAccessKey: 'secret-key', sessionToken: 'session-token' }),
};

const plain = (variables: Readonly<Record<string, string>>): EnvironmentVariable[] =>
  Object.entries(variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' }));

/** The sample's files, without what tools have left beside them. */
function copySample(target: string): string {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: SAMPLE,
    encoding: 'utf8',
  });
  for (const file of files.split('\n').filter(Boolean)) cpSync(join(SAMPLE, file), join(target, file));
  return target;
}

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: relative(folder, path), path }));

/** The rows between the table's head and the line after it. */
export function checksIn(log: string): Record<string, string> {
  const [, table = ''] = log.split(/^check +result +seconds +detail$/m);
  const rows = table.split('\n').flatMap((line) => {
    const row = /^(\S+) +(PASS|FAIL|ERROR|NOT RUN) /.exec(line);
    return row ? [[row[1], row[2]]] : [];
  });
  return Object.fromEntries(rows);
}

export const read = (...path: string[]): string => readFileSync(join(PROJECT, ...path), 'utf8');
