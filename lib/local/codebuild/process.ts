import { spawn } from 'node:child_process';
import { type ProcessGroup, processGroup } from './process-tree';

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
  /** Descriptor that gets its output, standard and error. */
  readonly output: number;
}

export interface RunningProcess {
  /** The group that it leads; undefined if it could not be started. */
  readonly group?: ProcessGroup;
  /** Resolves when the process itself has ended. What it left in the background may go on. */
  readonly ended: Promise<ProcessEnd>;
}

/** Starts a program as the leader of a process group of its own, without standard input. Whoever starts it ends the group (see process-tree.ts). */
export function startProcess(request: ProcessRequest): RunningProcess {
  const child = spawn(request.program, request.arguments, {
    cwd: request.cwd,
    env: request.environment,
    stdio: ['ignore', request.output, request.output],
    detached: true,
  });
  const group = child.pid === undefined ? undefined : processGroup(child.pid);
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('error', (error) => resolve({ kind: 'not-started', reason: error.message }));
    child.once('exit', (code, signal) => {
      group?.leaderEnded();
      resolve(signal ? { kind: 'signal', signal } : { kind: 'exit', code: code ?? 0 });
    });
  });
  return { ...(group && { group }), ended };
}

/** `exit status 2`, `ended by SIGSEGV`. */
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
