import { isAbsolute, resolve } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { err, ok, type Result } from '../../result';
import type { ReleaseStore } from '../release';
import { BlobStore } from './blob-store';
import type { Blobs } from './blobs';
import { FolderBlobs } from './folder-blobs';
import { S3Blobs } from './s3-blobs';

export interface StoreOptions {
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** In place of a client with the environment's Region, credentials and endpoint. */
  readonly client?: Pick<S3Client, 'send'>;
}

/** Milliseconds; the client itself tries three times. */
const CONNECTION_TIMEOUT = 5_000;
const REQUEST_TIMEOUT = 30_000;

/** The store of releases at a location. */
export function openStore(location: string, options: StoreOptions): Result<ReleaseStore, string> {
  const blobs = openBlobs(location, 'the store of releases', options);
  return blobs.ok ? ok(new BlobStore(blobs.value)) : blobs;
}

/**
 * Objects at `s3://bucket`, `s3://bucket/prefix` or in a folder; `what` they are, for messages. Opens no connection and makes no
 * folder yet.
 */
export function openBlobs(
  location: string,
  what: string,
  { signal, now, client }: StoreOptions,
): Result<Blobs, string> {
  if (location === '') return err(`${what} has no location; expected \`s3://bucket/prefix\` or a folder`);
  if (!/^[a-z0-9]+:\/\//i.test(location))
    return ok(new FolderBlobs(isAbsolute(location) ? location : resolve(location), now));
  // Amazon S3 User Guide, "General purpose bucket naming rules".
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(location);
  if (!match) return err(`${location}: expected \`s3://bucket/prefix\` or a folder, for ${what}`);
  const prefix = (match[2] ?? '').replace(/^\/+|\/+$/g, '');
  const s3 =
    client ??
    new S3Client({
      requestHandler: {
        connectionTimeout: CONNECTION_TIMEOUT,
        requestTimeout: REQUEST_TIMEOUT,
        throwOnRequestTimeout: true,
      },
    });
  return ok(new S3Blobs({ bucket: match[1] as string, prefix }, s3, signal));
}
