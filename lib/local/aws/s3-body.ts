import { createHash } from 'node:crypto';
import { err, ok, type Result } from '../../result';
import type { AwsError, RawRequest } from './service';

/** In place of the body's hash: the body is chunked and its checksum comes after it (S3 API reference, "Trailing checksums"). */
export const UNSIGNED_TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

const CHECKSUM = /^x-amz-checksum-(?!algorithm$|mode$|type$)/;

/** The object that a request uploads: taken out of its chunks, and compared with the checksums that came along. */
export function uploadedBody({ headers, body }: Pick<RawRequest, 'headers' | 'body'>): Result<Buffer, AwsError> {
  const hash = headers['x-amz-content-sha256'] ?? '';
  const isChunked = (headers['content-encoding'] ?? '').includes('aws-chunked') || hash.startsWith('STREAMING-');
  if (isChunked && hash !== UNSIGNED_TRAILER)
    return err({
      code: 'NotImplemented',
      message: `x-amz-content-sha256: ${hash} is not supported by the local endpoint`,
      status: 501,
    });
  const read = isChunked ? readChunks(body) : { data: body, trailers: {} };
  if (!read) return err({ code: 'IncompleteBody', message: 'The chunks of the body cannot be read.' });
  const { data } = read;
  const declared = headers['x-amz-decoded-content-length'];
  if (isChunked && declared !== undefined && Number(declared) !== data.length)
    return err({ code: 'IncompleteBody', message: `${declared} bytes were declared and ${data.length} came.` });
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== digest('md5', data)) return badDigest('content-md5');
  for (const [name, value] of Object.entries({ ...headers, ...read.trailers })) {
    if (!CHECKSUM.test(name)) continue;
    const checksum = CHECKSUMS[name.slice('x-amz-checksum-'.length)];
    if (!checksum)
      return err({ code: 'NotImplemented', message: `${name} is not supported by the local endpoint`, status: 501 });
    if (checksum(data) !== value) return badDigest(name);
  }
  return ok(data);
}

const badDigest = (name: string): Result<never, AwsError> =>
  err({ code: 'BadDigest', message: `The ${name} you specified did not match what we received.` });

/** `<size in hexadecimal>[;extensions]\r\n<data>\r\n` …, one of size 0, then header lines. Undefined: it is not that. */
function readChunks(body: Buffer): { data: Buffer; trailers: Record<string, string> } | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const size = /^([0-9a-f]+)(;|$)/i.exec(end < 0 ? '' : body.toString('latin1', at, end))?.[1];
    if (size === undefined) return undefined;
    const start = end + 2;
    const length = Number.parseInt(size, 16);
    if (length === 0) return { data: Buffer.concat(parts), trailers: readTrailers(body.toString('latin1', start)) };
    if (body.toString('latin1', start + length, start + length + 2) !== '\r\n') return undefined;
    parts.push(body.subarray(start, start + length));
    at = start + length + 2;
  }
}

const readTrailers = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line) => {
        const [name = '', value = ''] = line.split(/:(.*)/s);
        return [name.trim().toLowerCase(), value.trim()];
      }),
  );

const digest = (algorithm: string, data: Buffer): string => createHash(algorithm).update(data).digest('base64');

/** S3 API reference, "Checking object integrity": the algorithms that are here. */
const CHECKSUMS: Readonly<Record<string, (data: Buffer) => string>> = {
  crc32: (data) => {
    const value = Buffer.alloc(4);
    value.writeUInt32BE(crc32(data));
    return value.toString('base64');
  },
  sha1: (data) => digest('sha1', data),
  sha256: (data) => digest('sha256', data),
};

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** CRC-32 of ISO 3309; node:zlib has it from Node 22 on only. */
function crc32(data: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] as number);
  return (crc ^ 0xffffffff) >>> 0;
}
