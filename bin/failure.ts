import { exitCode } from './exit-codes';

/** An end with one clear message for the user and the exit code that goes with it. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

/** Prints why the command ends and gives the exit code. Only a fault of our own shows a stack. */
export function report(error: unknown): number {
  if (error instanceof Failure) {
    process.stderr.write(`${error.message}\n`);
    return error.code;
  }
  const known = machineTrouble(error);
  if (known) {
    process.stderr.write(`${known}\n`);
    return exitCode['this machine lacks something (slipway doctor)'];
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`slipway itself broke; please report this:\n${detail}\n`);
  return exitCode['slipway itself broke'];
}

/** What is the machine's fault and not slipway's, in words; the cause of an error counts as well. */
function machineTrouble(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path, syscall = '' } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `no permission for ${path ?? 'a file'}: make it writable for you, or run from a copy of the project that is`;
    case 'EROFS':
      return `${path ?? 'this folder'} is read-only: slipway keeps its state in .slipway/ beside slipway.yaml; copy the project to a folder that can be written`;
    case 'ENOSPC':
      return `no space left on the device${path ? ` for ${path}` : ''}: free some; \`slipway resume\` goes on with what it broke off`;
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open: raise the limit (ulimit -n 4096)';
    case 'ENOMEM':
    case 'EAGAIN':
      return `the system has no memory or no process left (${code}${syscall && ` in ${syscall}`}): end other programs, or raise the limit (ulimit -u)`;
    case 'ENOENT':
      return syscall.startsWith('spawn')
        ? `${path ?? 'a program'} can't be started: it is not there; \`slipway doctor\` tells what is missing`
        : undefined;
    default:
      return machineTrouble(error.cause);
  }
}
