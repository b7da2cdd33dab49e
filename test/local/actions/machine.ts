import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../lib/local/clock';
import { secretsFile } from '../../../lib/local/codebuild/secrets';
import { extractZip } from '../../../lib/local/codebuild/unzip';
import { writeZip } from '../../../lib/local/codebuild/zip';
import type { ActionReport, Executor, Outcome } from '../../../lib/local/executor';
import { codeBuildExecutor, type HostOptions } from '../../../lib/local/executors/codebuild';
import { linesOf } from '../../../lib/local/output-text';
import type { PlannedAction } from '../../../lib/local/plan';
import { BINDINGS } from './kinds';

type Files = Readonly<Record<string, string>>;

/** Builds on this machine, with nobody at the endpoint. */
export const buildsIn = (root: string, more: Partial<HostOptions> = {}) =>
  codeBuildExecutor({
    ...BINDINGS,
    stateFolder: join(root, '.slipway'),
    tools: { binFolder: join(root, 'bin') },
    endpoint: {
      url: 'http://127.0.0.1:1',
      credentialsFor: (role) => ({
        accessKeyId: `key of ${role}`,
        secretAccessKey: 'a secret',
        sessionToken: 'a token',
      }),
    },
    secrets: secretsFile(join(root, 'secrets.yaml')),
    extraEnvironment: {},
    userEnvironment: {},
    clock: systemClock,
    ...more,
  });

export interface ActionEnd {
  readonly outcome: Outcome;
  readonly events: readonly ActionReport[];
  /** Output less the runner's own. */
  readonly lines: readonly string[];
  readonly workspace: string;
}

/** Runs one action in a workspace of its own below `root`; `inputs` are the files of its artifacts, `given` finished zips. */
export async function runAction<A extends PlannedAction>(
  root: string,
  executor: Executor<A>,
  action: A,
  inputs: Readonly<Record<string, Files>>,
  signal = new AbortController().signal,
  given: Readonly<Record<string, string>> = {},
  execution = 'e1',
): Promise<ActionEnd> {
  const zips: Record<string, string> = { ...given };
  for (const [name, files] of Object.entries(inputs)) zips[name] = await zipOf(join(root, 'inputs', name), files);
  const workspace = join(root, `workspace-${Math.floor(performance.now() * 1000)}`);
  mkdirSync(workspace, { recursive: true });
  const events: ActionReport[] = [];
  const context = { pipeline: 'shop', execution, workspace, inputs: zips, revisions: { Source: '4f2c1d0' } };
  const outcome = await executor.execute(action, context, (event) => events.push(event), signal);
  const output = events.flatMap((event) => (event.kind === 'output' ? linesOf(event.text) : []));
  return { outcome, events, lines: output.filter((line) => !line.startsWith('[slipway] ')), workspace };
}

export async function zipOf(folder: string, files: Files): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const zip = `${folder}.zip`;
  mkdirSync(dirname(zip), { recursive: true });
  const entries = Object.keys(files).map((name) => ({ name, path: join(folder, name) }));
  await writeZip(zip, entries, { links: false });
  return zip;
}

export async function unzip(zip: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const extracted = await extractZip(zip, folder);
  if (!extracted.ok) throw new Error(extracted.errors.join('; '));
}
