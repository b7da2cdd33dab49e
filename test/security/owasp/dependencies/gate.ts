import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECT, SAMPLE } from '../../../buildspecs/workshop';

/** Files by their path. */
export type Files = Record<string, string>;

/** What of the sample says what is installed. */
export const sampleFiles = (): Files =>
  Object.fromEntries(
    ['pyproject.toml', 'uv.lock', 'Dockerfile', 'uv-requirements.txt'].map((path) => [
      path,
      readFileSync(join(SAMPLE, path), 'utf8'),
    ]),
  );

const GATE = join(PROJECT, 'buildspecs', 'lib', 'dependencies.sh');

/** The lines with which the gate of the Build action refuses a repository; none: it lets it pass. */
export function refusals(files: Files, { folder = '.', index = 'https://pypi.org/simple' } = {}): string[] {
  const root = mkdtempSync(join(tmpdir(), 'slipway-dependencies-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['-c', `. "$0"\nset -eu\ndependencies "$@"`, GATE, index, folder, 'Dockerfile'],
      { cwd: root, encoding: 'utf8', env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' } },
    );
    if (status === 0) return [];
    return stdout.trim() === '' ? [`broke: ${stderr}`] : stdout.trim().split('\n');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Files of this project that are run where services are built: buildspecs, Dockerfiles, CI, tools' lists. */
export function ownFiles(): Files {
  const files: Files = {};
  const add = (path: string): void => {
    if (statSync(join(PROJECT, path)).isDirectory())
      for (const name of readdirSync(join(PROJECT, path))) add(join(path, name));
    else files[path] = readFileSync(join(PROJECT, path), 'utf8');
  };
  for (const path of ['buildspecs', '.ci', 'tools', 'scripts', 'examples/visits/Dockerfile', 'package-lock.json'])
    add(path);
  files['examples/visits/uv-requirements.txt'] = readFileSync(join(SAMPLE, 'uv-requirements.txt'), 'utf8');
  return files;
}
