import { closeSync, openSync, readSync } from 'node:fs';

/** Passes on what is appended to a file, as it comes. */
export interface Follower {
  /** Reads what is there now. */
  look(): void;
  close(): void;
}

const BLOCK = 64 * 1024;
/** Between two looks, milliseconds: while something comes, and at rest. */
const BUSY = 10;
const IDLE = 40;

/** The file exists. Looks by itself again and again: a folder that a virtual machine mounts tells of no change. */
export function follow(path: string, onChunk: (chunk: Uint8Array) => void): Follower {
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(BLOCK);
  let timer: NodeJS.Timeout | undefined;
  let open = true;
  const look = (): boolean => {
    let any = false;
    while (open) {
      const length = readSync(file, buffer, 0, BLOCK, null);
      if (length === 0) return any;
      any = true;
      onChunk(buffer.subarray(0, length));
    }
    return any;
  };
  const later = (wait: number): void => {
    timer = setTimeout(() => open && later(look() ? BUSY : IDLE), wait);
  };
  later(BUSY);
  return {
    look: () => void look(),
    close() {
      if (!open) return;
      open = false;
      clearTimeout(timer);
      closeSync(file);
    },
  };
}
