import { mkdirSync } from 'node:fs';
import { acquireLock } from '../lib/local/lock';
import { exitCode } from './exit-codes';
import { Failure } from './failure';

/** Takes the state folder for this command, or ends it with who has it. The folder is made if it is not there. */
export function holdFolder(state: string, purpose: string): { release(): void } {
  mkdirSync(state, { recursive: true });
  const lock = acquireLock(`${state}/lock`, purpose);
  if (lock.held) return lock;
  throw new Failure(
    `${state} is in use by \`${lock.by.purpose}\` (process ${lock.by.pid}): wait until it has ended, or end it; or work in another clone`,
    exitCode['another run uses this folder'],
  );
}
