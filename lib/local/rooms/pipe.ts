import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, readSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
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

/** `path`: a name for it, where there is nothing; it is taken away at once. */
export async function openPipe(path: string, onChunk: (chunk: Uint8Array) => void): Promise<OutputPipe> {
  await promisify(execFile)('mkfifo', ['-m', '600', path], { env: { PATH: '/usr/bin:/bin' } });
  // Without waiting for the other end.
  const output = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const input = openSync(path, constants.O_WRONLY);
  rmSync(path);
  const socket = new Socket({ fd: output, readable: true, writable: false });
  socket.on('data', onChunk);
  socket.on('error', () => {});
  const buffer = Buffer.allocUnsafe(BLOCK);
  let open = true;
  return {
    input,
    drain() {
      for (let length = 0; open && length < CAPACITY; ) {
        try {
          const read = readSync(output, buffer, 0, BLOCK, null);
          if (read === 0) return;
          length += read;
          onChunk(buffer.subarray(0, read));
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
