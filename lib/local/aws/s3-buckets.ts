import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../../result';
import { digestOf } from '../image/manifest';
import type { AwsError } from './service';

/** A bucket whose objects are files: `<folder>/<key>`, and every version of each in `<folder>/.versions/<key>/<version id>`. */
export interface BucketFolder {
  readonly bucket: string;
  /** Absolute path; made with the first object. */
  readonly folder: string;
}

/** What an object must be for a write (S3 User Guide, "Conditional writes"). */
export interface WriteCondition {
  /** Entity tag, in quotes or without. */
  readonly ifMatch?: string;
  /** There must be none. */
  readonly ifNoneMatch?: '*';
}

const VERSIONS = '.versions';

/** The local stand-in's entity tag; S3's own are no hash that a client may rely on either. */
export const etagOf = (body: Buffer): string => `"${digestOf(body).slice('sha256:'.length, 'sha256:'.length + 32)}"`;

export class Buckets {
  private readonly folders: ReadonlyMap<string, string>;
  /** Writes of one object happen one after the other. */
  private readonly last = new Map<string, Promise<unknown>>();

  constructor(folders: readonly BucketFolder[]) {
    this.folders = new Map(folders.map(({ bucket, folder }) => [bucket, folder]));
  }

  has(bucket: string): boolean {
    return this.folders.has(bucket);
  }

  /** The file of an object; undefined: there is no such object. */
  async find(bucket: string, key: string): Promise<string | undefined> {
    const file = this.fileOf(bucket, key);
    return file !== undefined && (await stat(file).catch(() => undefined))?.isFile() ? file : undefined;
  }

  async put(
    bucket: string,
    key: string,
    body: Buffer,
    condition: WriteCondition,
  ): Promise<Result<{ readonly etag: string; readonly version: string }, AwsError>> {
    const file = this.fileOf(bucket, key);
    if (file === undefined)
      return err({ code: 'InvalidArgument', message: `The local endpoint cannot keep an object of the key ${key}` });
    const write = (this.last.get(file) ?? Promise.resolve()).then(() => this.write(file, bucket, key, body, condition));
    this.last.set(
      file,
      write.catch(() => {}),
    );
    return write;
  }

  private async write(
    file: string,
    bucket: string,
    key: string,
    body: Buffer,
    { ifMatch, ifNoneMatch }: WriteCondition,
  ): Promise<Result<{ readonly etag: string; readonly version: string }, AwsError>> {
    const present = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    if (ifMatch !== undefined && !present)
      return err({ code: 'NoSuchKey', message: `The specified key does not exist: ${key}`, status: 404 });
    const isAsWanted = ifMatch === undefined || etagOf(present as Buffer) === `"${ifMatch.replaceAll('"', '')}"`;
    if (!isAsWanted || (ifNoneMatch && present))
      return err({
        code: 'PreconditionFailed',
        message: 'At least one of the pre-conditions you specified did not hold',
        status: 412,
      });
    const version = randomUUID().replaceAll('-', '');
    const kept = join(this.folders.get(bucket) as string, VERSIONS, key, version);
    const draft = `${kept}.draft`;
    await writeDurably(kept, body);
    await writeDurably(draft, body);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await rename(draft, file);
    return ok({ etag: etagOf(body), version });
  }

  /** Undefined: the key cannot be a path of its own under the folder. */
  private fileOf(bucket: string, key: string): string | undefined {
    const folder = this.folders.get(bucket);
    const parts = key.split('/');
    const isPath = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'));
    return folder !== undefined && isPath && parts[0] !== VERSIONS ? join(folder, ...parts) : undefined;
  }
}

async function writeDurably(file: string, body: Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(body);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
