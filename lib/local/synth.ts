import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { err, ok, type Result } from '../result';
import { runCommand } from './tools/command';

export interface SynthOptions {
  /** Folder with cdk.json. */
  readonly projectRoot: string;
  /** Where the assembly goes. */
  readonly output: string;
  /** Path of slipway.yaml. */
  readonly config: string;
  /** The app's. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export interface SynthError {
  readonly message: string;
}

/** Files that decide what is synthesized: the program, what it bundles, the buildspecs, the configuration, the versions. */
export const sources = [
  'bin/app.ts',
  'buildspecs',
  'cdk.json',
  'lambda',
  'lib/attest',
  'lib/bundle.json',
  'lib/cloud',
  'lib/config',
  'lib/deploy',
  'lib/model',
  'lib/pod-security.ts',
  'lib/provenance',
  'lib/quantity.ts',
  'lib/result.ts',
  'package-lock.json',
];

/** Variables that decide it, too. */
const VARIABLES = ['SLIPWAY_ACCOUNT', 'SLIPWAY_REGION'];

/** A synthesis takes seconds. Milliseconds. */
const TIMEOUT = 10 * 60_000;

/** Whether the assembly is there and nothing that decides what it holds has changed since. */
export function isUpToDate(options: SynthOptions): boolean {
  const stamp = stampOf(options.output);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprintOf(options);
}

/**
 * Runs the app that cdk.json names as the CDK CLI runs it (CDK_OUTDIR, CDK_CONTEXT_JSON), without the CLI's own start and
 * its second validation. An assembly whose inputs have not changed is kept, unless it is wanted `anew`. It appears whole or not
 * at all; one synthesis of a folder at a time.
 * Source: https://docs.aws.amazon.com/cdk/v2/guide/cdk-in-practice.html, aws-cdk `lib/cxapp/exec.ts`.
 */
export async function synthesize(
  options: SynthOptions,
  { anew = false } = {},
): Promise<Result<{ readonly fresh: boolean }, SynthError>> {
  const { projectRoot, output, signal } = options;
  if (!anew && isUpToDate(options)) return ok({ fresh: false });
  const fingerprint = fingerprintOf(options);
  const cdk = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8')) as {
    app: string;
    context?: object;
  };
  removeDrafts(output);
  const draft = mkdtempSync(`${output}.`);
  try {
    const run = await runCommand('/bin/sh', ['-c', cdk.app], {
      cwd: projectRoot,
      environment: {
        ...options.environment,
        PATH: searchPath(options),
        CDK_OUTDIR: draft,
        CDK_CONTEXT_JSON: JSON.stringify({
          ...cdk.context,
          'aws:cdk:enable-asset-metadata': true,
          'aws:cdk:enable-path-metadata': true,
        }),
        SLIPWAY_CONFIG: options.config,
      },
      signal,
      timeout: TIMEOUT,
      words: 20_000,
    });
    signal.throwIfAborted();
    if (run.code !== 0) {
      const end = run.code === undefined ? 'did not end by itself' : `ended with exit code ${run.code}`;
      return err({ message: `\`${cdk.app}\` ${end}:\n${withoutNoise(run.said, projectRoot)}` });
    }
    writeFileSync(stampOf(draft), fingerprint);
    const old = `${draft}.old`;
    if (existsSync(output)) renameSync(output, old);
    renameSync(draft, output);
    rmSync(old, { recursive: true, force: true });
    return ok({ fresh: true });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

const stampOf = (assembly: string): string => join(assembly, '.inputs');

/** Removes what killed syntheses left. */
function removeDrafts(output: string): void {
  const drafts = readdirSync(dirname(output)).filter((name) => name.startsWith(`${basename(output)}.`));
  for (const name of drafts) rmSync(join(dirname(output), name), { recursive: true, force: true });
}

/** The project's programs first, and this Node where the user's PATH has none. */
const searchPath = ({ projectRoot, environment }: SynthOptions): string =>
  [join(projectRoot, 'node_modules', '.bin'), environment['PATH'], dirname(process.execPath)]
    .filter(Boolean)
    .join(delimiter);

/** What an app said before it ended, without the frames of Node and of packages, and without what Node adds about itself. */
const withoutNoise = (said: string, projectRoot: string): string =>
  said
    .split('\n')
    .filter((line) => !/^\s+at .*(node:|node_modules)/.test(line) && !/^Node\.js v\d/.test(line))
    .join('\n')
    .replaceAll(`${projectRoot}/`, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

function fingerprintOf({ projectRoot, config, output, environment }: SynthOptions): string {
  const hash = createHash('sha256');
  const add = (file: string) =>
    hash
      .update(relative(dirname(output), file))
      .update('\0')
      .update(readFileSync(file))
      .update('\0');
  for (const source of sources) {
    const path = join(projectRoot, source);
    if (!existsSync(path)) continue;
    for (const file of filesBelow(path)) add(file);
  }
  add(config);
  hash.update(JSON.stringify(VARIABLES.map((name) => environment[name] ?? null)));
  return hash.digest('hex');
}

function filesBelow(path: string): string[] {
  let entries: import('node:fs').Dirent[];
  try {
    entries = readdirSync(path, { withFileTypes: true, recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path];
    throw error;
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
