import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';

/** A file in S3 that builds take only with the hash that the stack was made with. */
export interface PinnedFile {
  readonly asset: Asset;
  /** SHA-256 of the file, in hex. */
  readonly sha256: string;
}

const hashes = new Map<string, string>();

/** The file as it is; a zip is not packed again. */
export function pinnedFile(scope: Construct, id: string, path: string): PinnedFile {
  const sha256 = hashes.get(path) ?? createHash('sha256').update(readFileSync(path)).digest('hex');
  hashes.set(path, sha256);
  return { asset: new Asset(scope, id, { path }), sha256 };
}
