import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const ROOT = resolve(__dirname, '..', '..');

const ASSEMBLY = join(ROOT, 'test', 'fixtures', 'assemblies', 'delivery');
/** An app that copies templates in place of a synthesis: the command line is tested, not the CDK. */
export const COPY = `cp -R '${ASSEMBLY}/.' "$CDK_OUTDIR"`;

export const onLinux = process.platform === 'linux' ? describe : describe.skip;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves with the first line of standard output that holds the text or fits; rejects when there is none to come. */
  line(wanted: string | ((line: string) => boolean)): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Closes our end of its standard output. */
  leave(): void;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** Slipway and a project that uses it, in a temporary folder of their own, with nothing installed and nothing synthesized. */
export class Place {
  readonly folder: string;
  /** Slipway's own folder: the program is a copy, the packages are linked. */
  readonly clone: string;
  readonly project: string;
  readonly service: string;
  readonly state: string;
  private readonly started: Running[] = [];

  constructor(name = 'slipway-cli-') {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), name)));
    this.clone = join(this.folder, 'clone');
    this.project = join(this.folder, 'project');
    this.service = join(this.project, 'service');
    this.state = join(this.project, '.slipway');
    makeClone(this.clone);
    this.app(COPY);
    mkdirSync(this.service, { recursive: true });
    this.configure((yaml) => yaml);
    this.git('init', '--quiet', '--initial-branch=develop');
    this.git('commit', '--quiet', '--allow-empty', '--message=First');
  }

  configure(edit: (yaml: string) => string): void {
    const yaml = readFileSync(join(ROOT, 'slipway.yaml'), 'utf8').replace('path: examples/visits', 'path: service');
    writeFileSync(join(this.project, 'slipway.yaml'), edit(yaml));
  }

  /** What cdk.json names as the app. */
  app(command: string): void {
    const file = join(this.clone, 'cdk.json');
    const cdk = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as object;
    rmSync(file, { force: true });
    writeFileSync(file, JSON.stringify({ ...cdk, app: command }));
  }

  git(...args: string[]): string {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    return execFileSync('git', ['-C', this.service, ...identity, ...args], { encoding: 'utf8' });
  }

  start(args: readonly string[], options: StartOptions = {}): Running {
    const running = startSlipway(this.clone, args, { cwd: this.project, ...options });
    this.started.push(running);
    return running;
  }

  run(args: readonly string[], options?: StartOptions): Promise<Ended> {
    return this.start(args, options).ended;
  }

  /** On a terminal of its own, where somebody types `keys` once the output holds `after`; all output is standard output. */
  onTerminal(
    args: readonly string[],
    keys: string,
    { after = '? ', env }: { readonly after?: string; readonly env: Readonly<Record<string, string>> },
  ): Promise<Ended> {
    const child = spawn(
      'python3',
      ['-c', TERMINAL, keys, after, process.execPath, join(this.clone, 'bin', 'slipway.mjs'), ...args],
      {
        cwd: this.project,
        env: { ...plainEnvironment(), TERM: 'xterm', ...env } as NodeJS.ProcessEnv,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const running = follow(child);
    this.started.push(running);
    return running.ended;
  }

  remove(): void {
    for (const running of this.started) running.kill('SIGKILL');
    // What a failed test leaves would go on for minutes.
    if (process.platform === 'linux') for (const pid of pidsWith(this.folder)) endProcess(pid);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs a program on a pseudo-terminal, prints what it prints, and types the keys when it has printed a text. */
const TERMINAL = `
import os, pty, sys
keys, after, program = sys.argv[1], sys.argv[2].encode(), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(program[0], program)
output, typed = b'', False
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    output += piece
    if not typed and after in output:
        typed = True
        os.write(terminal, (keys if keys < ' ' else keys + '\\n').encode())
sys.stdout.buffer.write(output)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** The command line of the Slipway in `root`. */
export function startSlipway(root: string, args: readonly string[], { env = {}, ...options }: StartOptions): Running {
  return follow(
    spawn(process.execPath, [join(root, 'bin', 'slipway.mjs'), ...args], {
      env: { ...plainEnvironment(), ...env } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    }),
  );
}

/** The environment of whoever runs the tests, less what decides how output looks and what Slipway takes. */
const plainEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(CI|TERM|NO_COLOR|FORCE_COLOR|CDK_.*|GIT_.*|(SLIPWAY|JEST)_.*)$/.test(name),
    ),
  );

function makeClone(clone: string): void {
  // Brings the bundle up to date.
  execFileSync(process.execPath, [join(ROOT, 'bin', 'slipway.mjs'), '--version']);
  mkdirSync(clone);
  for (const name of ['bin', 'dist', 'scripts', 'tools'])
    cpSync(join(ROOT, name), join(clone, name), {
      recursive: true,
      preserveTimestamps: true,
      filter: (file) => !/\.(map|draft)$/.test(file),
    });
  for (const name of ['buildspecs', 'lambda', 'lib', 'node_modules', 'package-lock.json', 'package.json'])
    symlinkSync(join(ROOT, name), join(clone, name));
}

function follow(child: ChildProcess): Running {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const tell = () => {
    for (const look of waiting) look();
  };
  let stderr = '';
  let over = false;
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    lines.push(line);
    tell();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Ended>((done, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      over = true;
      tell();
      done({ code, signal, stdout: lines.map((line) => `${line}\n`).join(''), stderr });
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    line: (wanted) =>
      new Promise((done, reject) => {
        const fits = typeof wanted === 'string' ? (line: string) => line.includes(wanted) : wanted;
        const look = () => {
          const found = lines.find(fits);
          if (found === undefined && !over) return;
          waiting.delete(look);
          if (found === undefined)
            reject(new Error(`ended without a line with ${wanted}:\n${lines.slice(-20).join('\n')}\n${stderr}`));
          else done(found);
        };
        waiting.add(look);
        look();
      }),
    kill: (signal) => void child.kill(signal),
    leave: () => child.stdout?.destroy(),
  };
}

/** Names of what is in a folder; empty where it is not there. */
export function contents(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/**
 * Command lines of the living processes that have `text` in their environment or command line, or write their errors to a file
 * of that name (Linux).
 */
export const processesWith = (text: string): string[] =>
  pidsWith(text).map((pid) => readOrEmpty(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' '));

const pidsWith = (text: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) =>
      [
        readOrEmpty(() => readFileSync(`/proc/${pid}/environ`, 'utf8')),
        readOrEmpty(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')),
        readOrEmpty(() => readlinkSync(`/proc/${pid}/fd/2`)),
      ].some((found) => found.includes(text)),
    );

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Polls for what no event tells, turn by turn of the event loop. */
export async function until(what: () => boolean): Promise<void> {
  const late = Date.now() + 20_000;
  while (!what()) {
    if (Date.now() > late) throw new Error(`waited in vain for ${what}`);
    await new Promise((turn) => setImmediate(turn));
  }
}

const readOrEmpty = (read: () => string): string => {
  try {
    return read();
  } catch {
    return '';
  }
};

/** A folder for PATH with these programs of this machine, and scripts of the test's own. */
export function makePath(
  folder: string,
  programs: readonly string[],
  scripts: Readonly<Record<string, string>> = {},
): string {
  mkdirSync(folder);
  for (const program of programs) {
    const file = execFileSync('/bin/sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
    symlinkSync(file, join(folder, program));
  }
  for (const [name, text] of Object.entries(scripts))
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return folder;
}
