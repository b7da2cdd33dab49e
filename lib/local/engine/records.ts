import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Files of JSON records, one a line, that only grow. Whoever was killed while writing leaves at most one record that is cut. */

/** The whole records of a file; none if it is not there. A last one that is cut is left out; any other that is none throws. */
export function readRecords(path: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  const records = lines.map((line, index) => {
    try {
      return JSON.parse(line) as unknown;
    } catch (cause) {
      throw new Error(`${path}:${index + 1}: expected a record in JSON, got ${JSON.stringify(line.slice(0, 60))}`, {
        cause,
      });
    }
  });
  const whole = parse(last);
  return whole === undefined ? records : [...records, whole];
}

/** Adds a record and syncs it to the disk. Throws if it can't; the file is then as before, but for a record that is cut. */
export function appendRecord(path: string, record: object): void {
  const file = openForAppending(path);
  try {
    const isNew = fstatSync(file).size === 0;
    writeWhole(file, `${JSON.stringify(record)}\n`);
    fsyncSync(file);
    if (isNew) syncFolder(dirname(path));
  } finally {
    closeSync(file);
  }
}

/**
 * Opens a file of records to append to it: made if it is not there. A last record that is cut
 * goes, one that only lacks its end of line gets it.
 */
export function openForAppending(path: string): number {
  try {
    return openSync(path, 'ax+', 0o644);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  }
  const file = openSync(path, 'a+');
  try {
    mendEnd(file);
    return file;
  } catch (cause) {
    closeSync(file);
    throw cause;
  }
}

function mendEnd(file: number): void {
  const { size } = fstatSync(file);
  const tail = lastLine(file, size);
  if (tail.length === 0) return;
  if (parse(tail.toString('utf8')) !== undefined) writeWhole(file, '\n');
  else ftruncateSync(file, size - tail.length);
}

/** What comes after the last end of line. */
function lastLine(file: number, size: number): Buffer {
  for (let length = 4096; ; length *= 4) {
    const start = Math.max(0, size - length);
    const chunk = Buffer.alloc(size - start);
    readSync(file, chunk, 0, chunk.length, start);
    const end = chunk.lastIndexOf(10);
    if (end >= 0) return chunk.subarray(end + 1);
    if (start === 0) return chunk;
  }
}

/** `end` comes after the text: to put it there first would copy a long one. */
export function writeWhole(file: number, text: string, end = ''): void {
  const fits = (text.length + end.length) * MOST_BYTES <= scratch.length;
  const bytes = fits ? scratch : Buffer.from(text + end);
  let length = bytes.length;
  if (fits) {
    length = scratch.write(text);
    length += scratch.write(end, length);
  }
  for (let at = 0; at < length; ) at += writeSync(file, bytes, at, length - at);
}

/** Of a character (of a string of JavaScript) in UTF-8. */
const MOST_BYTES = 3;
/** Holds a text while it is written: a buffer for each is dearer than the rest. */
const scratch = Buffer.allocUnsafeSlow(256 * 1024);

/** So that a file that was made or renamed in it is there after a loss of power too. Best effort: not every system has it. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // Some file systems refuse to sync folders; what a killed process wrote is safe all the same.
  }
}

/** The same, in the background. */
export async function folderSynced(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

function parse(line: string): object | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
