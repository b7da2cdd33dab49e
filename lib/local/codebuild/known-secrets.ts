import { closeSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createMask, type Mask, textsIn } from './mask';

/** Shorter values of Secrets Manager may be ordinary words (a user, a host), which may stand in any file. */
const LEAST_IN_FILES = 12;
const PIECE = 4 * 1024 * 1024;
/** What two pieces of a file share, so that no secret is cut: more than any form of an ordinary one. */
const OVERLAP = 64 * 1024;

/** What a build's output must not show, and what none of the files that outlive it may hold. */
export class KnownSecrets {
  #masked: readonly string[];
  #confidential: readonly string[];
  #current: Mask;
  #inFiles: Mask | undefined;

  /** `masked`: every value that no output shows. `confidential`: those of them that no file that is kept may hold. */
  constructor(masked: readonly string[], confidential: readonly string[]) {
    this.#masked = masked;
    this.#confidential = confidential;
    this.#current = createMask(masked);
    this.#inFiles = maskOfFiles(confidential);
  }

  /** Masks what is known when it is asked. */
  readonly mask: Mask = Object.assign((text: string) => this.#current(text), {
    lines: (text: string) => this.#current.lines?.(text) ?? this.#current(text),
    settled: (text: string) => this.#current.settled?.(text) ?? text.length,
  });

  /** From now on a secret like the others: the build has read it itself. */
  learn(value: string): void {
    if (value === '' || this.#masked.includes(value)) return;
    this.#masked = [...this.#masked, value];
    this.#confidential = [...this.#confidential, value];
    this.#current = createMask(this.#masked);
    this.#inFiles = maskOfFiles(this.#confidential);
  }

  /** Whether a file holds a confidential value in a form that output would mask. A file that cannot be read holds none. */
  readonly holds = (path: string): boolean => {
    const find = this.#inFiles;
    return find !== undefined && anyPiece(path, (text) => (find.lines?.(text) ?? text) !== text);
  };

  /** Removes the files below a folder that hold a confidential value. Gives their names. */
  removeFrom(folder: string): readonly string[] {
    if (this.#inFiles === undefined) return [];
    const held = filesBelow(folder).filter(this.holds);
    for (const path of held) rmSync(path, { force: true });
    return held.map((path) => relative(folder, path)).sort();
  }
}

function maskOfFiles(values: readonly string[]): Mask | undefined {
  const long = values.flatMap((value) => [value, ...textsIn(value)]).filter((value) => value.length >= LEAST_IN_FILES);
  return long.length === 0 ? undefined : createMask(long, LEAST_IN_FILES);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function anyPiece(path: string, test: (text: string) => boolean): boolean {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return false;
  }
  try {
    const piece = Buffer.allocUnsafe(PIECE);
    for (let at = 0; ; at += PIECE - OVERLAP) {
      const length = readSync(file, piece, 0, PIECE, at);
      if (length > 0 && test(piece.toString('utf8', 0, length))) return true;
      if (length < PIECE) return false;
    }
  } catch {
    return false; // A folder, or a device that says no.
  } finally {
    closeSync(file);
  }
}
