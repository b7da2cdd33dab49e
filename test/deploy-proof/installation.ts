import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runCommand } from '../../lib/local/tools/command';
import { findPython } from '../../lib/local/tools/python';

const projectRoot = join(__dirname, '..', '..');
/** Milliseconds: a package index may be slow, a hang must still end. */
const TIMEOUT = 10 * 60_000;

/** The Python of the emulated AWS. */
export const installedPython = (signal: AbortSignal): Promise<string> => pythonOf(__dirname, 'deploy-proof', signal);

/**
 * A Python with the packages of a project's uv.lock; installed once into `.slipway/<store>` by pip (uv, by hash) and uv. Throws with
 * what the installer said.
 */
export async function pythonOf(project: string, storeName: string, signal: AbortSignal): Promise<string> {
  const python = await findPython({ environment: process.env, signal });
  if (!python.ok) throw new Error(python.errors.join('\n'));
  const pins = ['pyproject.toml', 'uv.lock'].map((name) => readFileSync(join(project, name), 'utf8'));
  const requirements = join(projectRoot, 'tools', 'uv-requirements.txt');
  const id = createHash('sha256').update(
    [python.value.version, ...pins, readFileSync(requirements, 'utf8')].join('\n'),
  );
  const store = join(projectRoot, '.slipway', storeName);
  const folder = join(store, id.digest('hex').slice(0, 16));
  const program = join(folder, 'venv', 'bin', 'python');
  if (existsSync(join(folder, 'venv'))) return program;

  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const run = async (what: string, command: string, parameters: readonly string[], more: NodeJS.ProcessEnv = {}) => {
    const environment = { ...process.env, VIRTUAL_ENV: undefined, ...more };
    const done = await runCommand(command, parameters, { environment, signal, timeout: TIMEOUT, cwd: draft });
    if (done.code !== 0) throw new Error(`${what} failed:\n${done.said}`);
  };
  await run('pip, installing uv,', python.value.executable, [
    '-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--quiet', '--no-deps', '--require-hashes',
    '--only-binary', ':all:', '--target', join(draft, 'uv'), '-r', requirements,
  ]); // biome-ignore format: a command
  await run(
    `uv, installing ${join(relative(projectRoot, project), 'uv.lock')},`,
    join(draft, 'uv', 'bin', 'uv'),
    ['sync', '--locked', '--no-progress', '--no-python-downloads', '--compile-bytecode', '--python', python.value.executable,
      '--project', project],
    { UV_PROJECT_ENVIRONMENT: join(draft, 'venv'), UV_CACHE_DIR: join(projectRoot, '.slipway', 'cache', 'uv') },
  ); // biome-ignore format: a command
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another process was quicker.
    if (!existsSync(join(folder, 'venv'))) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  return program;
}
