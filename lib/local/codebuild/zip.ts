import { createWriteStream, lstatSync, readlinkSync, renameSync, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { SelectedFile } from './files';

/** The first moment that a zip can name: the same files give the same bytes, whenever they were written. */
const TIME = { mtime: new Date(1980, 0, 1), forceDosTimestamp: true } as const;

export interface ZipOptions {
  /** Keeps symbolic links as links; else what they point to is stored. */
  readonly links: boolean;
}

/** Writes a zip of these files in their order; modes are 0644, or 0755 where the owner may execute. It appears under its name only when it is whole. */
export async function writeZip(target: string, files: readonly SelectedFile[], options: ZipOptions): Promise<void> {
  const draft = `${target}.part`;
  const zip = new ZipFile();
  const failed = new Promise<never>((_, reject) => zip.on('error', reject));
  try {
    for (const { name, path } of files) {
      if (options.links && lstatSync(path).isSymbolicLink()) {
        zip.addBuffer(Buffer.from(readlinkSync(path)), name, { ...TIME, mode: 0o120777 });
      } else {
        zip.addFile(path, name, { ...TIME, mode: statSync(path).mode & 0o100 ? 0o100755 : 0o100644 });
      }
    }
    zip.end();
    await Promise.race([failed, pipeline(zip.outputStream, createWriteStream(draft))]);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
