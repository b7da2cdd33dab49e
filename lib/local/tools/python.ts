import { err, ok, type Result } from '../../result';
import { runCommand } from './command';

/** The oldest Python that works. */
const OLDEST = [3, 11] as const;

export interface Python {
  /** Absolute path of the interpreter itself: not a launcher, not one inside a virtual environment. */
  readonly executable: string;
  /** `3.12.4`. */
  readonly version: string;
  readonly hasPip: boolean;
  readonly hasEnsurepip: boolean;
}

export interface PythonSearch {
  /** SLIPWAY_PYTHON in it names the one to use; else PATH is searched. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** In the order in which they are tried. */
const CANDIDATES: readonly (readonly string[])[] = [
  ['python3'], ['python3.14'], ['python3.13'], ['python3.12'], ['python3.11'], ['python'], ['py', '-3'],
]; // biome-ignore format: a list of commands

const PROBE = `
import importlib.util, json, os, sys
base = getattr(sys, "_base_executable", None) or sys.executable
print(json.dumps({
  "executable": os.path.abspath(base),
  "version": list(sys.version_info[:3]),
  "pip": importlib.util.find_spec("pip") is not None,
  "ensurepip": importlib.util.find_spec("ensurepip") is not None,
}))`;

/** Finds a Python that is new enough; the error tells what was found and what to do. */
export async function findPython(search: PythonSearch): Promise<Result<Python, string>> {
  const wanted = search.environment['SLIPWAY_PYTHON'];
  const candidates = wanted ? [[wanted]] : CANDIDATES;
  const tooOld: string[] = [];
  let said = '';
  for (const [program = '', ...parameters] of candidates) {
    const probe = await runCommand(program, [...parameters, '-c', PROBE], { ...search, timeout: 20_000 });
    const python = probe.code === 0 ? parseProbe(probe.stdout) : undefined;
    if (!python) {
      said = probe.said;
      continue;
    }
    if (isNewEnough(python.version)) return ok(python);
    tooOld.push(`${[program, ...parameters].join(' ')} is ${python.version}`);
  }
  const need = `Python ${OLDEST.join('.')} or newer`;
  if (tooOld.length > 0) return err(`${need} is needed: ${tooOld.join(', ')}. ${advice(wanted !== undefined)}`);
  if (wanted) return err(`${need} is needed: SLIPWAY_PYTHON is ${wanted}, which does not run as a Python: ${said}`);
  return err(`${need} is needed and there is none on PATH. ${advice(false)}`);
}

const advice = (named: boolean): string => {
  if (named) return 'Let SLIPWAY_PYTHON name a newer one.';
  if (process.platform === 'darwin') return 'Install it (brew install python@3.13), or let SLIPWAY_PYTHON name one.';
  if (process.platform === 'win32')
    return 'Install it (winget install Python.Python.3.13), or let SLIPWAY_PYTHON name one.';
  return 'Install it (Debian, Ubuntu: apt install python3 python3-venv; Fedora: dnf install python3), or let SLIPWAY_PYTHON name one.';
};

function parseProbe(text: string): Python | undefined {
  try {
    const { executable, version, pip, ensurepip } = JSON.parse(text.trim().split('\n').at(-1) ?? '');
    return { executable, version: version.join('.'), hasPip: pip, hasEnsurepip: ensurepip };
  } catch {
    return undefined;
  }
}

const isNewEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
};
