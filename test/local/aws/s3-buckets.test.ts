import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  ChecksumAlgorithm,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { uploadedBody } from '../../../lib/local/aws/s3-body';
import { Buckets } from '../../../lib/local/aws/s3-buckets';
import { type Surroundings, surroundings } from './fixture';
import { sendSigned } from './signed-request';

let here: Surroundings;
let folder: string;
let client: S3Client;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bucket-'));
  here = await surroundings({ buckets: [{ bucket: 'releases', folder: join(folder, 'made') }] });
  client = new S3Client(here.client());
});
afterEach(async () => {
  await here.close();
  rmSync(folder, { recursive: true });
});

const put = (Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
  client.send(new PutObjectCommand({ Bucket: 'releases', Key, Body, ...more }));
const get = async (Key: string) =>
  (await client.send(new GetObjectCommand({ Bucket: 'releases', Key }))).Body?.transformToString();
const nameOfError = (answer: Promise<unknown>) =>
  answer.then(
    () => 'no error',
    (error: Error & { $metadata: { httpStatusCode: number } }) => `${error.$metadata.httpStatusCode} ${error.name}`,
  );

describe('a bucket of the templates', () => {
  it('gives back what the SDK put, with its defaults and every checksum that is here', async () => {
    await put('shop/dev/a+ü (1).json', '{"a":"ü"}');
    expect(await get('shop/dev/a+ü (1).json')).toBe('{"a":"ü"}');
    for (const algorithm of [ChecksumAlgorithm.SHA1, ChecksumAlgorithm.SHA256, ChecksumAlgorithm.CRC32]) {
      await put(algorithm, algorithm, { ChecksumAlgorithm: algorithm });
      expect(await get(algorithm)).toBe(algorithm);
    }
    const head = await client.send(new HeadObjectCommand({ Bucket: 'releases', Key: 'SHA1' }));
    expect([head.ContentLength, head.ETag]).toEqual([4, expect.stringMatching(/^"[0-9a-f]{32}"$/)]);
    expect(here.endpoint.calls.filter(({ operation }) => operation === 'PutObject')[1]).toEqual({
      principal: expect.any(String),
      session: 'build-1',
      service: 's3',
      operation: 'PutObject',
      resource: 'arn:aws:s3:::releases/SHA1',
      needs: [{ action: 's3:PutObject', resource: 'arn:aws:s3:::releases/SHA1' }],
    });
  });

  it('takes a stream, which comes in chunks with its checksum behind', async () => {
    const text = 'chunk '.repeat(50_000);
    const input = { Bucket: 'releases', Key: 'stream', Body: Readable.from([text]), ContentLength: text.length };
    await client.send(new PutObjectCommand(input));
    expect(await get('stream')).toBe(text);
  });

  it('keeps every version, readable by its owner alone', async () => {
    const versions = [await put('a/b', '1'), await put('a/b', '2'), await put('a/b', '2')].map(
      ({ VersionId }) => VersionId as string,
    );
    const kept = join(folder, 'made/.versions/a/b');
    expect(readdirSync(kept).sort()).toEqual([...versions].sort());
    expect(versions.map((version) => readFileSync(join(kept, version), 'utf8'))).toEqual(['1', '2', '2']);
    expect(await get('a/b')).toBe('2');
    expect(statSync(join(folder, 'made/a/b')).mode & 0o777).toBe(0o600);
  });

  it('writes on a condition only when it holds', async () => {
    expect(await nameOfError(put('a', '0', { IfMatch: '"x"' }))).toBe('404 NoSuchKey');
    const { ETag } = await put('a', '1', { IfNoneMatch: '*' });
    expect(await nameOfError(put('a', '2', { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
    expect(await nameOfError(put('a', '2', { IfMatch: '"0123"' }))).toBe('412 PreconditionFailed');
    await put('a', '3', { IfMatch: ETag });
    expect(await get('a')).toBe('3');
    const { ETag: now } = await client.send(new HeadObjectCommand({ Bucket: 'releases', Key: 'a' }));
    const all = await Promise.all(['4', '5', '6'].map((text) => nameOfError(put('a', text, { IfMatch: now }))));
    expect(all.filter((each) => each === 'no error')).toHaveLength(1);
  });

  it.each(['../x', 'a/../../x', 'a//b', '.versions/a/x', 'a/./b', 'a\0'])('has no object %j', async (key) => {
    const buckets = new Buckets([{ bucket: 'releases', folder }]);
    const wrote = await buckets.put('releases', key, Buffer.from('x'), {});
    expect(wrote).toMatchObject({ ok: false, errors: [{ code: 'InvalidArgument' }] });
    expect(await buckets.find('releases', key)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses by name what it does not do', async () => {
    const answer = nameOfError(put('a', '1', { ServerSideEncryption: 'aws:kms', Tagging: 'a=b' }));
    expect(await answer).toBe('400 InvalidArgument');
    await expect(put('a', '1', { Tagging: 'a=b' })).rejects.toThrow(/x-amz-tagging/);
    await expect(put('a', '1', { ChecksumCRC32C: 'AAAAAA==' })).rejects.toThrow(
      /x-amz-checksum-crc32c is not supported/,
    );
    expect(await nameOfError(get('a'))).toBe('404 NoSuchKey');
  });

  it('does not take what was changed on its way', async () => {
    const request = { method: 'PUT', path: '/releases/a', body: 'good' };
    const headers = { 'x-amz-content-sha256': createHash('sha256').update('good').digest('hex') };
    expect((await sendSigned(here, 's3', { ...request, headers })).status).toBe(200);
    expect((await sendSigned(here, 's3', { ...request, headers }, { body: 'evil' })).status).toBe(403);
    expect(await get('a')).toBe('good');
  });
});

describe('an upload', () => {
  const TRAILER = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
  const chunked = (text: string, headers = {}) => {
    const read = uploadedBody({ headers: { ...TRAILER, ...headers }, body: Buffer.from(text) });
    return read.ok ? read.value.toString() : read.errors[0]?.code;
  };

  it('is taken out of its chunks and compared with the checksum behind them', () => {
    // CRC-32 of "123456789" is cbf43926.
    const chunks = '5\r\n12345\r\n4;x=y\r\n6789\r\n0\r\n';
    expect(chunked(`${chunks}x-amz-checksum-crc32:y/Q5Jg==\r\n\r\n`)).toBe('123456789');
    expect(chunked(`${chunks}x-amz-checksum-crc32:y/Q5JA==\r\n\r\n`)).toBe('BadDigest');
    expect(chunked(`${chunks}x-amz-checksum-crc64nvme:AAA=\r\n\r\n`)).toBe('NotImplemented');
    expect(chunked(`${chunks}\r\n`, { 'x-amz-decoded-content-length': '9' })).toBe('123456789');
    expect(chunked(`${chunks}\r\n`, { 'x-amz-decoded-content-length': '8' })).toBe('IncompleteBody');
  });

  it.each(['', 'x', '5\r\n123', '5\r\n123456\r\n0\r\n', '5\r\n12345\r\n'])('is refused when cut: %j', (text) => {
    expect(chunked(text)).toBe('IncompleteBody');
  });

  it('is refused in chunks that are signed one by one, and with a wrong hash', () => {
    expect(chunked('', { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' })).toBe('NotImplemented');
    const plain = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'content-md5': 'AAA=' };
    expect(chunked('x', plain)).toBe('BadDigest');
  });
});
