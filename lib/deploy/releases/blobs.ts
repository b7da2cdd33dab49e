import type { Result } from '../../result';

/** What a stored object holds, and a word that changes with it (ETag of RFC 9110). */
export interface Blob {
  readonly bytes: Buffer;
  /** Bytes that it has. */
  readonly size: number;
  readonly etag: string;
}

/**
 * - `conflict`: the object is not, or no longer, what the condition says
 * - `failed`: the rest, in a sentence that names the object and says what to do
 */
export type WriteFailure = { readonly kind: 'conflict' } | { readonly kind: 'failed'; readonly message: string };

/** Objects by key, where a release store keeps its own. */
export interface Blobs {
  /** `s3://bucket/prefix` or a path. */
  readonly location: string;
  /** How errors name an object. */
  nameOf(key: string): string;
  /** What a person does about an object that is damaged. */
  remedyFor(key: string): string;
  /** Undefined: there is none. `limit`: bytes; of a larger one only the size is read. */
  read(key: string, limit?: number): Promise<Result<Blob | undefined, string>>;
  /** Whole or not at all. `etag`: of the object that is replaced; undefined: there must be none. Gives the new one. */
  write(key: string, bytes: Buffer, etag: string | undefined): Promise<Result<string, WriteFailure>>;
}
