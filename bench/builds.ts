import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../lib/local/clock';
import { secretsFile } from '../lib/local/codebuild/secrets';
import { writeZip } from '../lib/local/codebuild/zip';
import type { Executor, Executors } from '../lib/local/executor';
import { codeBuildExecutor } from '../lib/local/executors/codebuild';
import type { PlannedAction } from '../lib/local/plan';
import { unused } from './unused';

/** Executors of builds on this machine, whose source is one small file. `folder` is made, and gets `.slipway`. */
export async function buildExecutors(folder: string): Promise<Executors> {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const text = join(folder, 'README.md');
  writeFileSync(text, 'bench\n');
  const archive = join(folder, 'source.zip');
  await writeZip(archive, [{ name: 'README.md', path: text }], { links: false });
  const source: Executor<PlannedAction> = {
    execute: async () => ({ status: 'Succeeded', variables: {}, artifacts: { Source: archive } }),
  };
  const codebuild = codeBuildExecutor({
    stateFolder: join(folder, '.slipway'),
    tools: { binFolder: join(folder, 'bin') },
    endpoint: {
      url: 'http://127.0.0.1:1',
      credentialsFor: () => ({ accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' }),
    },
    account: '111122223333',
    region: 'eu-west-1',
    partition: 'aws',
    secrets: secretsFile(join(folder, 'secrets.yaml')),
    extraEnvironment: {},
    userEnvironment: process.env,
    clock: systemClock,
  });
  return { ...unused, codecommit: source, codebuild };
}
