import { spawn } from 'node:child_process';
import { lineSplitter } from './lines';

/** How a process ended; a program that cannot be started is a value too. */
export type ProcessEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'not-started'; readonly reason: string };

export interface ProcessRequest {
  /** Absolute path of the program. */
  readonly program: string;
  readonly arguments: readonly string[];
  readonly cwd: string;
  /** The whole environment; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
}

export interface RunningProcess {
  /** Id of the process and of its group; undefined if it could not be started. */
  readonly group?: number;
  /** Resolves when the process itself has ended and its output up to then is passed on. What it left in the background may go on writing. */
  readonly ended: Promise<ProcessEnd>;
}

/** Starts a program as the leader of a process group of its own, without standard input. Whoever starts it ends the group (see process-tree.ts). */
export function startProcess(request: ProcessRequest): RunningProcess {
  const child = spawn(request.program, request.arguments, {
    cwd: request.cwd,
    env: request.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let activity = 0;
  const splitters = (['stdout', 'stderr'] as const).map((stream) => {
    const splitter = lineSplitter((line) => request.onLine(stream, line));
    child[stream].on('data', (chunk: Buffer) => {
      activity++;
      splitter.push(chunk);
    });
    child[stream].on('error', () => {});
    child[stream].on('close', () => splitter.end());
    return splitter;
  });

  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('error', (error) => resolve({ kind: 'not-started', reason: error.message }));
    child.once('exit', (code, signal) => {
      const end: ProcessEnd = signal ? { kind: 'signal', signal } : { kind: 'exit', code: code ?? 0 };
      let closed = false;
      child.once('close', () => {
        closed = true;
        resolve(end);
      });
      // A process left in the background may hold the pipes open: what the ended one wrote is in them already, so two
      // turns of the event loop without data mean that all of it has come.
      let seen = activity;
      let quiet = 0;
      const turn = (): void => {
        if (closed) return;
        quiet = activity === seen ? quiet + 1 : 0;
        seen = activity;
        if (quiet < 3) setImmediate(turn);
        else {
          for (const splitter of splitters) splitter.end();
          resolve(end);
        }
      };
      setImmediate(turn);
    });
  });
  return { ...(child.pid === undefined ? {} : { group: child.pid }), ended };
}

/** `exit status 2`, `killed by SIGSEGV`. */
export const describeEnd = (end: ProcessEnd): string => {
  switch (end.kind) {
    case 'exit':
      return `exit status ${end.code}`;
    case 'signal':
      return `ended by ${end.signal}`;
    case 'not-started':
      return end.reason;
  }
};
