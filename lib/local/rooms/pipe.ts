import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, readSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * A pipe for the output of processes. What Node.js gives a child is a socket, and of a socket a command cannot open
 * `/dev/stdout` and `/dev/stderr`.
 */
export interface OutputPipe {
  /** Descriptor to write to. */
  readonly input: number;
  /** Passes on what has been written by now. */
  drain(): void;
  close(): void;
}

/** The most that a pipe holds (pipe(7), pipe-max-size): what a process wrote that has ended is within it. */
const CAPACITY = 1024 * 1024;
const BLOCK = 64 * 1024;

/** A chunk holds until the function returns. `path`: a name for it, where there is nothing; it is taken away at once. */
export async function openPipe(path: string, onChunk: (chunk: Uint8Array) => void): Promise<OutputPipe> {
  const { output, input } = await takeEnds(path);
  const buffer = Buffer.allocUnsafe(BLOCK);
  const take = (length: number): boolean => {
    onChunk(buffer.subarray(0, length));
    return true;
  };
  // One buffer for all that is read: as for net.connect, which the types of the constructor do not say.
  const options = { fd: output, readable: true, writable: false, onread: { buffer, callback: take } };
  const socket = new Socket(options);
  socket.on('error', () => {});
  let open = true;
  return {
    input,
    drain() {
      for (let length = 0; open && length < CAPACITY; ) {
        try {
          const read = readSync(output, buffer, 0, BLOCK, null);
          if (read === 0) return;
          length += read;
          take(read);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return;
          throw error;
        }
      }
    },
    close() {
      if (!open) return;
      open = false;
      closeSync(input);
      socket.destroy();
    },
  };
}

interface Ends {
  readonly output: number;
  readonly input: number;
}

/** Pipes that nobody has taken yet: Node.js makes none itself, and a process for each one costs as much as the command that it is for. */
const spare: Ends[] = [];
const SPARE = 8;
let asked = 0;
let making: Promise<void> | undefined;

/** Every pipe is taken once: what a process still writes that outlived its build comes into no other one. */
async function takeEnds(path: string): Promise<Ends> {
  asked++;
  try {
    for (;;) {
      const ends = spare.pop();
      if (ends !== undefined) return ends;
      making ??= makeEnds(path).finally(() => {
        making = undefined;
      });
      await making;
    }
  } finally {
    asked--;
  }
}

/** Makes as many as are asked for in this turn, and some more. */
async function makeEnds(path: string): Promise<void> {
  await turn();
  const names = Array.from({ length: asked + SPARE }, (_, index) => `${path}.${index}`);
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', ...names], { env: { PATH: '/usr/bin:/bin' } });
    for (const name of names) {
      // Without waiting for the other end.
      const output = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
      spare.push({ output, input: openSync(name, constants.O_WRONLY) });
    }
  } finally {
    for (const name of names) rmSync(name, { force: true });
  }
}
