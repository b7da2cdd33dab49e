import { spawn } from 'node:child_process';
import { killGroup, processGroup } from '../codebuild/process-tree';

export interface CommandResult {
  /** undefined: it could not be started, or was ended by a signal. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** Everything that it printed, for messages; at most the last `words` characters. */
  readonly said: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Milliseconds; the command is ended after it. */
  readonly timeout: number;
  /** How much of what it printed is kept for messages, characters (default 4,000). */
  readonly words?: number;
}

/**
 * Runs a program to its end, in a process group of its own: an abort and the timeout end the whole group, and the result
 * comes when none of it is left that could write. Never rejects: what went wrong is in the result.
 */
export function runCommand(
  program: string,
  parameters: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const { cwd, environment, signal, timeout, words = 4_000 } = options;
  return new Promise((resolve) => {
    if (signal.aborted) return resolve({ code: undefined, stdout: '', said: STOPPED });
    const child = spawn(program, parameters, {
      ...(cwd === undefined ? {} : { cwd }),
      env: environment as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const group = child.pid === undefined ? undefined : processGroup(child.pid);
    let ended: string | undefined;
    const end = (reason: string) => {
      ended ??= reason;
      if (group) void killGroup(group);
    };
    const stop = () => end(STOPPED);
    signal.addEventListener('abort', stop, { once: true });
    const timer = setTimeout(() => end(`no end after ${timeout / 1000} s`), timeout);

    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const finish = (code: number | undefined, reason: string) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      const said = [stdout(), stderr()]
        .map((text) => text.trim())
        .filter(Boolean)
        .join('\n');
      resolve({ code, stdout: stdout(), said: (said || reason).slice(-words) });
    };
    child.once('exit', () => group?.leaderEnded());
    child.once('error', (error) => finish(undefined, error.message));
    child.once('close', (code, name) =>
      finish(ended === undefined ? (code ?? undefined) : undefined, ended ?? (name ? `ended by ${name}` : '')),
    );
  });
}

const STOPPED = 'stopped';

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
