import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { kubectlProgram } from '../cluster/harness';

/** Path of the AWS CLI; undefined: not on the PATH, and what needs it is NOT RUN. */
export const awsCli = ((): string | undefined => {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return execFileSync('/bin/sh', ['-c', 'command -v aws'], { encoding: 'utf8' }).trim();
  } catch {
    console.warn('NOT RUN: what calls the AWS CLI, which is not on the PATH');
    return undefined;
  }
})();

/** A folder with the programs that a build finds: kubectl, the stand-in for docker, the AWS CLI. */
export async function programsIn(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  symlinkSync(await kubectlProgram(), join(folder, 'kubectl'));
  const bundle = join(folder, 'docker.mjs');
  await build({
    entryPoints: [join(__dirname, '../../../lib/local/image/docker.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const script = (name: string, line: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\nexec ${line} "$@"\n`, { mode: 0o755 });
  script('docker', `"${process.execPath}" "${bundle}"`);
  if (awsCli !== undefined) script('aws', awsCli);
  return folder;
}
