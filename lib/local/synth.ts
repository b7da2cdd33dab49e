import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { err, ok, type Result } from '../result';

export interface SynthOptions {
  /** Folder with cdk.json. */
  readonly projectRoot: string;
  /** Where the assembly goes. */
  readonly output: string;
  /** Path of slipway.yaml. */
  readonly config: string;
  readonly signal: AbortSignal;
}

export interface SynthError {
  readonly message: string;
}

/** Files that decide what is synthesized: the program, the buildspecs, the configuration, the versions. */
const sources = [
  'bin/app.ts',
  'buildspecs',
  'cdk.json',
  'lambda',
  'lib/cloud',
  'lib/config',
  'lib/model',
  'lib/result.ts',
  'package-lock.json',
];

/**
 * Runs the app that cdk.json names as the CDK CLI runs it (CDK_OUTDIR, CDK_CONTEXT_JSON), without the CLI's own start and
 * its second validation. An assembly whose inputs have not changed is kept.
 * Source: https://docs.aws.amazon.com/cdk/v2/guide/cdk-in-practice.html, aws-cdk `lib/cxapp/exec.ts`.
 */
export async function synthesize(options: SynthOptions): Promise<Result<{ readonly fresh: boolean }, SynthError>> {
  const fingerprint = fingerprintOf(options);
  const stamp = join(options.output, '.inputs');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return ok({ fresh: false });

  const cdk = JSON.parse(readFileSync(join(options.projectRoot, 'cdk.json'), 'utf8')) as {
    app: string;
    context?: object;
  };
  const draft = mkdtempSync(`${options.output}.`);
  try {
    const run = await runApp(cdk.app, options, {
      CDK_OUTDIR: draft,
      CDK_CONTEXT_JSON: JSON.stringify({
        ...cdk.context,
        'aws:cdk:enable-asset-metadata': true,
        'aws:cdk:enable-path-metadata': true,
      }),
      SLIPWAY_CONFIG: options.config,
    });
    if (run.code !== 0)
      return err({ message: `\`${cdk.app}\` ended with exit code ${run.code}:\n${run.output.trim()}` });
    writeFileSync(join(draft, '.inputs'), fingerprint);
    rmSync(options.output, { recursive: true, force: true });
    renameSync(draft, options.output);
    return ok({ fresh: true });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function runApp(
  command: string,
  { projectRoot, signal }: SynthOptions,
  environment: Record<string, string>,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const path = `${join(projectRoot, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`;
    const child = spawn(command, {
      shell: true,
      cwd: projectRoot,
      env: { ...process.env, PATH: path, ...environment },
      signal,
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function fingerprintOf({ projectRoot, config, output }: SynthOptions): string {
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
