import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { err, ok } from '../../result';
import { uploadedBody } from './s3-body';
import { type BucketFolder, Buckets, etagOf } from './s3-buckets';
import { type Answer, operation, type RawRequest, type Service } from './service';

/** A file that `cdk deploy` would have put at `s3://<bucket>/<key>`. */
export interface S3Object {
  readonly bucket: string;
  readonly key: string;
  /** Absolute path. */
  readonly path: string;
}

const readInput = z.strictObject({ Bucket: z.string(), Key: z.string(), Range: z.string().optional() });
const writeInput = z.strictObject({
  Bucket: z.string(),
  Key: z.string(),
  IfMatch: z.string().optional(),
  IfNoneMatch: z.literal('*').optional(),
  request: z.custom<RawRequest>(),
});

/**
 * S3 (S3 API reference), addressed path-style as clients do at an IP address: reads the assembly's assets; reads and writes the
 * objects of the templates' buckets, all of which keep versions; reads the artifacts of executions.
 */
export function s3(
  objects: readonly S3Object[],
  folders: readonly BucketFolder[],
  partition: string,
  /** Path of what else there is to read. */
  others: (bucket: string, key: string) => string | undefined = () => undefined,
): Service {
  const buckets = new Buckets(folders);
  const isAssets = (name: string): boolean => objects.some(({ bucket }) => bucket === name);
  const noBucket = (name: string): Answer =>
    err({ code: 'NoSuchBucket', message: `The specified bucket does not exist: ${name}`, status: 404 });

  const read = async ({ Bucket, Key, Range }: z.output<typeof readInput>): Promise<Answer> => {
    const asset = objects.find(({ bucket, key }) => bucket === Bucket && key === Key);
    const path = asset?.path ?? (await buckets.find(Bucket, Key)) ?? others(Bucket, Key);
    if (path === undefined) {
      return isAssets(Bucket) || buckets.has(Bucket)
        ? err({ code: 'NoSuchKey', message: `The specified key does not exist: ${Key}`, status: 404 })
        : noBucket(Bucket);
    }
    const [body, { mtime }] = await Promise.all([readFile(path), stat(path)]);
    const headers = {
      'content-type': 'application/octet-stream',
      'accept-ranges': 'bytes',
      'last-modified': mtime.toUTCString(),
      etag: etagOf(body),
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

  const write = async (input: z.output<typeof writeInput>): Promise<Answer> => {
    const { Bucket, Key, IfMatch, IfNoneMatch, request } = input;
    if (!buckets.has(Bucket))
      return isAssets(Bucket)
        ? err({
            code: 'AccessDenied',
            message: `${Bucket} holds the assembly's assets: only cdk writes them`,
            status: 403,
          })
        : noBucket(Bucket);
    const body = uploadedBody(request);
    if (!body.ok) return body;
    const put = await buckets.put(Bucket, Key, body.value, { ifMatch: IfMatch, ifNoneMatch: IfNoneMatch });
    if (!put.ok) return put;
    const { etag, version } = put.value;
    return ok({ status: 200, headers: { etag, 'x-amz-version-id': version }, body: Buffer.alloc(0) });
  };

  const arn = ({ Bucket, Key }: { readonly Bucket: string; readonly Key: string }): string =>
    `arn:${partition}:s3:::${Bucket}/${Key}`;
  return {
    prefix: 's3',
    invalidInput: 'InvalidArgument',
    operations: {
      GetObject: operation(readInput, read, arn),
      HeadObject: operation(readInput, read, arn),
      PutObject: operation(writeInput, write, arn),
    },
    route(request) {
      const { method, path, query, headers } = request;
      const match = /^\/([^/]+)\/(.+)$/.exec(path);
      const name = OPERATIONS[method];
      const extra = [...query.keys()].filter((key) => key !== 'x-id');
      if (!match || !name || extra.length > 0) return undefined;
      const place = { Bucket: decodeURIComponent(match[1] as string), Key: decodeURIComponent(match[2] as string) };
      const range = headers['range'];
      return {
        operation: name,
        input:
          name === 'PutObject' ? { ...place, ...writeMembers(request) } : { ...place, ...(range && { Range: range }) },
      };
    },
  };
}

const OPERATIONS: Readonly<Record<string, string>> = { GET: 'GetObject', HEAD: 'HeadObject', PUT: 'PutObject' };

/** Headers of an upload that are of the transport, or are checked with the body. */
const TRANSPORT =
  /^x-amz-(date|content-sha256|security-token|user-agent|decoded-content-length|trailer|sdk-checksum-algorithm|checksum-.+)$/;

/** What else an upload asks for is a member of its input, so that it is refused by name and not silently left out. */
function writeMembers(request: RawRequest): Record<string, unknown> {
  const { headers } = request;
  const others = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-') && !TRANSPORT.test(name));
  return {
    ...Object.fromEntries(others),
    ...(headers['if-match'] !== undefined && { IfMatch: headers['if-match'] }),
    ...(headers['if-none-match'] !== undefined && { IfNoneMatch: headers['if-none-match'] }),
    request,
  };
}
