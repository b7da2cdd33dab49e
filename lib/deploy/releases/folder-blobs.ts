import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../../result';
import type { Blob, Blobs } from './blobs';

/** A draft that is older belongs to a writer that was killed. */
const STALE_SECONDS = 10;

/**
 * Objects as files, readable by their owner alone. A writer makes `<file>.next`, which no second writer can make at the same time,
 * compares, and renames it over the file.
 */
export class FolderBlobs implements Blobs {
  constructor(
    readonly location: string,
    private readonly now: () => Date,
  ) {}

  nameOf(key: string): string {
    return join(this.location, key);
  }

  remedyFor(key: string): string {
    return `put a good copy of ${this.nameOf(key)} back, or remove it`;
  }

  async read(key: string, limit = Number.POSITIVE_INFINITY): Promise<Result<Blob | undefined, string>> {
    const file = this.nameOf(key);
    try {
      const { size } = await stat(file);
      if (size > limit) return ok({ bytes: Buffer.of(), size, etag: '' });
      const bytes = await readFile(file);
      return ok({ bytes, size: bytes.length, etag: etagOf(bytes) });
    } catch (error) {
      return codeOf(error) === 'ENOENT' ? ok(undefined) : err(`${file} cannot be read: ${sentence(error)}`);
    }
  }

  async write(key: string, bytes: Buffer, etag: string | undefined): ReturnType<Blobs['write']> {
    const file = this.nameOf(key);
    const next = `${file}.next`;
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      if (!(await this.claim(next, bytes))) return err({ kind: 'conflict' });
      const present = await this.read(key);
      if (!present.ok || present.value?.etag !== etag) {
        await rm(next, { force: true });
        return present.ok
          ? err({ kind: 'conflict' })
          : err(...present.errors.map((message) => ({ kind: 'failed' as const, message })));
      }
      await rename(next, file);
      return ok(etagOf(bytes));
    } catch (error) {
      return err({ kind: 'failed', message: `${file} cannot be written: ${sentence(error)}` });
    }
  }

  /** Writes the draft; false: another writer has one. */
  private async claim(next: string, bytes: Buffer): Promise<boolean> {
    const draft = await open(next, 'wx', 0o600).catch(async (error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
      const { mtimeMs = 0 } = (await stat(next).catch(() => undefined)) ?? {};
      if (this.now().getTime() - mtimeMs < STALE_SECONDS * 1000) return undefined;
      await rm(next, { force: true });
      return open(next, 'wx', 0o600).catch(() => undefined);
    });
    if (!draft) return false;
    try {
      await draft.writeFile(bytes);
      await draft.sync();
    } finally {
      await draft.close();
    }
    return true;
  }
}

const etagOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not; give it the right, or choose another folder',
  EPERM: 'this user may not; give it the right, or choose another folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only; choose another folder',
  ENOTDIR: 'a part of its path is no folder; choose another folder',
  EISDIR: 'a folder is there; remove it',
};

const sentence = (error: unknown): string => WORDS[codeOf(error) ?? ''] ?? (error as Error).message;
