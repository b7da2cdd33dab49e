import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { err, ok } from '../../result';
import { digestOf } from '../image/manifest';
import { type Answer, operation, type Service } from './service';

/** A file that `cdk deploy` would have put at `s3://<bucket>/<key>`. */
export interface S3Object {
  readonly bucket: string;
  readonly key: string;
  /** Absolute path. */
  readonly path: string;
}

const input = z.strictObject({ Bucket: z.string(), Key: z.string(), Range: z.string().optional() });

/** S3 (S3 API reference): reads the assembly's assets, addressed path-style as clients do at an IP address. */
export function s3(objects: readonly S3Object[], partition: string): Service {
  const read = async ({ Bucket, Key, Range }: z.output<typeof input>): Promise<Answer> => {
    const object = objects.find(({ bucket, key }) => bucket === Bucket && key === Key);
    if (!object) {
      const isBucket = objects.some(({ bucket }) => bucket === Bucket);
      return err(
        isBucket
          ? { code: 'NoSuchKey', message: `The specified key does not exist: ${Key}`, status: 404 }
          : { code: 'NoSuchBucket', message: `The specified bucket does not exist: ${Bucket}`, status: 404 },
      );
    }
    const [body, { mtime }] = await Promise.all([readFile(object.path), stat(object.path)]);
    const headers = {
      'content-type': 'application/octet-stream',
      'accept-ranges': 'bytes',
      'last-modified': mtime.toUTCString(),
      etag: `"${digestOf(body).slice('sha256:'.length, 'sha256:'.length + 32)}"`,
    };
    const range = /^bytes=(\d+)-(\d*)$/.exec(Range ?? '');
    if (!range) return ok({ status: 200, headers, body });
    const first = Number(range[1]);
    const last = Math.min(range[2] ? Number(range[2]) : body.length - 1, body.length - 1);
    if (first > last)
      return err({ code: 'InvalidRange', message: `The requested range ${Range} is not satisfiable`, status: 416 });
    const part = body.subarray(first, last + 1);
    return ok({
      status: 206,
      headers: { ...headers, 'content-range': `bytes ${first}-${last}/${body.length}` },
      body: part,
    });
  };
  const arn = ({ Bucket, Key }: z.output<typeof input>): string => `arn:${partition}:s3:::${Bucket}/${Key}`;
  return {
    prefix: 's3',
    invalidInput: 'InvalidArgument',
    operations: { GetObject: operation(input, read, arn), HeadObject: operation(input, read, arn) },
    route({ method, path, query, headers }) {
      const match = /^\/([^/]+)\/(.+)$/.exec(path);
      const extra = [...query.keys()].filter((name) => name !== 'x-id');
      if (!match || (method !== 'GET' && method !== 'HEAD') || extra.length > 0) return undefined;
      const range = headers['range'];
      return {
        operation: method === 'GET' ? 'GetObject' : 'HeadObject',
        input: {
          Bucket: decodeURIComponent(match[1] as string),
          Key: decodeURIComponent(match[2] as string),
          ...(range !== undefined && { Range: range }),
        },
      };
    },
  };
}
