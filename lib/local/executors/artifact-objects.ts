import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { err, ok, type Result } from '../../result';
import { type BucketFolder, Buckets } from '../aws/s3-buckets';

/** An artifact as an object of S3, for whoever reads it through the endpoint. */
export interface ArtifactObject {
  readonly bucket: string;
  readonly key: string;
}

/** The pipelines' artifact store as the endpoint shows it: artifacts come into it only when an action hands them out. */
export class ArtifactObjects {
  private readonly buckets: Buckets;

  constructor(private readonly store: BucketFolder) {
    this.buckets = new Buckets([store]);
  }

  /** A key that is free, as CodePipeline makes them: pipeline and artifact, 20 characters each, and a random name. */
  newKey(pipeline: string, artifact: string): string {
    return `${pipeline.slice(0, 20)}/${artifact.slice(0, 20)}/${randomBytes(4).toString('hex').slice(0, 7)}`;
  }

  async put(pipeline: string, artifact: string, zip: string): Promise<Result<ArtifactObject, string>> {
    const { bucket } = this.store;
    const key = this.newKey(pipeline, artifact);
    const put = await this.buckets.put(bucket, key, await readFile(zip), {});
    return put.ok ? ok({ bucket, key }) : err(...put.errors.map(({ message }) => message));
  }

  /** File of an object that somebody has put; undefined: nobody has. */
  find(key: string): Promise<string | undefined> {
    return this.buckets.find(this.store.bucket, key);
  }

  get bucket(): string {
    return this.store.bucket;
  }
}
