import { execFile } from 'node:child_process';

export interface CommandResult {
  /** undefined: it could not be started, or was ended by a signal. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** Everything that it printed, for messages; at most the last 4,000 characters. */
  readonly said: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Milliseconds; the command is ended after it. */
  readonly timeout: number;
}

/** Runs a program to its end. Never rejects: what went wrong is in the result. */
export function runCommand(
  program: string,
  parameters: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const { cwd, environment, signal, timeout } = options;
    execFile(
      program,
      [...parameters],
      {
        ...(cwd === undefined ? {} : { cwd }),
        env: environment as NodeJS.ProcessEnv,
        signal,
        timeout,
        killSignal: 'SIGKILL',
        maxBuffer: 64 << 20,
      },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : undefined) : 0;
        const said = [stdout, stderr]
          .map((text) => text.trim())
          .filter(Boolean)
          .join('\n');
        const words = said || (error && code === undefined ? reason(error, timeout) : '');
        resolve({ code, stdout, said: words.slice(-4_000) });
      },
    ).stdin?.end();
  });
}

const reason = (error: Error & { killed?: boolean }, timeout: number): string =>
  error.killed ? `no end after ${timeout / 1000} s` : error.message;
