import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { err, ok, type Result } from '../../result';

/** Runs git in one folder, deaf to the caller's GIT_* variables; git's own configuration of the user holds. */
export interface Git {
  /** The output of a command; the error is in words for people. */
  run(args: readonly string[], extra?: Readonly<Record<string, string>>): Promise<Result<string, string>>;
  /** A command that is written to and read from until it ends. */
  start(args: readonly string[], extra?: Readonly<Record<string, string>>): GitProcess;
}

export interface GitProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  kill(): void;
}

/** Nothing of the user's is written or asked for: no lock for a refreshed index, no monitor, no prompt, no pager. */
const SETTINGS = [
  'core.fsmonitor=false',
  'core.splitIndex=false',
  'core.untrackedCache=false',
  'log.showSignature=false',
];

/** `environment` is the program's own (PATH, HOME …); `fixed` is added to it for every command. */
export function gitIn(
  folder: string,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
  fixed: Readonly<Record<string, string>> = {},
): Git {
  const start = (args: readonly string[], extra: Readonly<Record<string, string>> = {}) =>
    spawn('git', ['-C', folder, ...SETTINGS.flatMap((setting) => ['-c', setting]), ...args], {
      env: {
        ...withoutGit(environment),
        LC_ALL: 'C',
        GIT_OPTIONAL_LOCKS: '0',
        GIT_TERMINAL_PROMPT: '0',
        ...fixed,
        ...extra,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
      signal,
    });
  return {
    run: (args, extra) =>
      new Promise((resolve) => {
        const child = start(args, extra);
        const out: Buffer[] = [];
        const errors: Buffer[] = [];
        child.stdin.on('error', () => {}).end();
        child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
        child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
        child.on('error', (cause: NodeJS.ErrnoException) => resolve(err(explainStart(cause))));
        child.on('close', (code) => {
          const words = Buffer.concat(errors).toString().trim();
          resolve(
            code === 0 ? ok(Buffer.concat(out).toString()) : err(explain(words || `git ${args[0]} failed`, folder)),
          );
        });
      }),
    start(args, extra) {
      const child = start(args, extra);
      child.stderr.resume();
      child.stdin.on('error', () => {});
      child.on('error', (cause) => child.stdout.destroy(cause));
      return { stdin: child.stdin, stdout: child.stdout, kill: () => void child.kill('SIGKILL') };
    },
  };
}

const withoutGit = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GIT_')));

const explainStart = (cause: NodeJS.ErrnoException): string =>
  cause.code === 'ENOENT'
    ? 'git was not found on PATH: install git, the source comes from a git repository'
    : `git could not be started: ${cause.message}`;

function explain(words: string, folder: string): string {
  if (words.includes('dubious ownership'))
    return `git does not trust ${folder}, since another user owns it; if you do: git config --global --add safe.directory '${folder}'`;
  if (words.includes('not a git repository'))
    return `${folder} is not in a git repository: the source is what git has committed; make one with git init, git add and git commit`;
  return words.replace(/^fatal: /, '');
}
