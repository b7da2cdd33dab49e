import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { err, ok, type Result } from '../../result';
import type { Blob, Blobs } from './blobs';

export interface S3Place {
  readonly bucket: string;
  /** Before each key: empty, or without a slash at either end. */
  readonly prefix: string;
}

/**
 * Objects in a bucket, whose versioning keeps what is replaced. Conditional writes: Amazon S3 User Guide, "How to prevent object
 * overwrites with conditional writes". A reader needs s3:ListBucket too: without, an object that is not there
 * cannot be told from one that may not be read.
 */
export class S3Blobs implements Blobs {
  readonly location: string;

  constructor(
    private readonly place: S3Place,
    private readonly client: Pick<S3Client, 'send'>,
    private readonly signal: AbortSignal,
  ) {
    this.location = `s3://${[place.bucket, place.prefix].filter((part) => part !== '').join('/')}`;
  }

  nameOf(key: string): string {
    return `${this.location}/${key}`;
  }

  remedyFor(key: string): string {
    return `put an earlier version back (aws s3api list-object-versions --bucket ${this.place.bucket} --prefix ${this.keyOf(key)})`;
  }

  async read(key: string, limit = Number.POSITIVE_INFINITY): Promise<Result<Blob | undefined, string>> {
    try {
      const {
        Body,
        ETag = '',
        ContentLength = 0,
      } = await this.client.send(new GetObjectCommand(this.at(key)), {
        abortSignal: this.signal,
      });
      if (ContentLength > limit) {
        await Body?.transformToWebStream().cancel();
        return ok({ bytes: Buffer.of(), size: ContentLength, etag: ETag });
      }
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
      return ok({ bytes, size: bytes.length, etag: ETag });
    } catch (error) {
      return (await this.isAbsent(key, error)) ? ok(undefined) : err(this.sentence('read', key, error));
    }
  }

  async write(key: string, bytes: Buffer, etag: string | undefined): ReturnType<Blobs['write']> {
    const condition = etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag };
    try {
      const { ETag = '' } = await this.client.send(
        new PutObjectCommand({ ...this.at(key), ...condition, Body: bytes, ContentType: 'application/json' }),
        { abortSignal: this.signal },
      );
      return ok(ETag);
    } catch (error) {
      // NoSuchKey: the object that should be replaced was deleted.
      if (['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'].includes(nameIn(error)))
        return err({ kind: 'conflict' });
      return err({ kind: 'failed', message: this.sentence('written', key, error) });
    }
  }

  /** A role that may list keys by their prefix only hears "forbidden" of an object that is not there; so the list is asked. */
  private async isAbsent(key: string, error: unknown): Promise<boolean> {
    if (nameIn(error) !== 'AccessDenied') return nameIn(error) === 'NoSuchKey';
    const { Bucket, Key } = this.at(key);
    try {
      const { KeyCount } = await this.client.send(new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 }), {
        abortSignal: this.signal,
      });
      return KeyCount === 0;
    } catch {
      return false;
    }
  }

  private keyOf(key: string): string {
    return this.place.prefix === '' ? key : `${this.place.prefix}/${key}`;
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.place.bucket, Key: this.keyOf(key) };
  }

  private sentence(what: 'read' | 'written', key: string, error: unknown): string {
    const name = nameIn(error);
    const { bucket } = this.place;
    const right = what === 'read' ? 's3:GetObject and s3:ListBucket' : 's3:PutObject';
    const known: Readonly<Record<string, string>> = {
      NoSuchBucket: `the bucket ${bucket} does not exist; deploy the delivery stack, or correct the location`,
      AccessDenied: `AWS refuses access; the role needs ${right} here, and the use of the bucket's key`,
      PermanentRedirect: `the bucket ${bucket} is in another Region; set AWS_REGION to it`,
      ExpiredToken: 'the credentials have expired; get new ones and run again',
      CredentialsProviderError: 'there are no AWS credentials; sign in and run again',
      AbortError: 'it was told to stop',
    };
    return `${this.nameOf(key)} cannot be ${what}: ${known[name] ?? `${name}: ${(error as Error).message}`}`;
  }
}

const nameIn = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error');
