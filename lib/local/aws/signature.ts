import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { err, ok, type Result } from '../../result';
import type { CredentialIssuer } from './credentials';
import type { Principal, RawRequest } from './service';

export interface Signer {
  readonly principal: Principal;
  /** Signing name of the service: `ecr`, `sts`, `monitoring` … */
  readonly service: string;
}

/** Why a request's signature was not accepted. */
export interface SignatureProblem {
  readonly kind: 'missing' | 'unknown-key' | 'expired' | 'mismatch';
  readonly message: string;
  /** Signing name, where the request tells it. */
  readonly service?: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** As AWS: a signature in headers is good for five minutes to either side; a presigned one for as long as it says. */
const SKEW = 5 * 60_000;
const LONGEST_EXPIRY = 7 * 24 * 60 * 60;
/** STS takes a presigned call for fifteen minutes whatever it says; tokens of `aws eks get-token` (60 s) rely on it. */
const STS_EXPIRY = 15 * 60;

interface Parts {
  readonly accessKeyId: string;
  /** `<yyyymmdd>/<region>/<service>/aws4_request`. */
  readonly scope: readonly string[];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: string;
  readonly token?: string;
  /** Seconds; for presigned requests. */
  readonly expires?: number;
}

/** Verifies Signature Version 4 (AWS documentation, "Signature Version 4 for API requests"), in headers or presigned. */
export function verifySignature(
  request: RawRequest,
  issuer: CredentialIssuer,
  region: string,
  now: Date,
): Result<Signer, SignatureProblem> {
  const parts = readParts(request);
  if (!parts) return err({ kind: 'missing', message: 'Missing Authentication Token' });
  const [day = '', scopeRegion = '', service = '', end = ''] = parts.scope;
  const mismatch = (message: string): Result<Signer, SignatureProblem> => err({ kind: 'mismatch', message, service });
  const issued = issuer.find(parts.accessKeyId);
  if (!issued || parts.token !== issued.sessionToken)
    return err({ kind: 'unknown-key', message: 'The security token included in the request is invalid.', service });
  if (issued.expires && issued.expires <= now)
    return err({ kind: 'expired', message: 'The security token included in the request is expired', service });
  if (scopeRegion !== region || end !== 'aws4_request' || !parts.date.startsWith(day))
    return mismatch(
      `Credential should be scoped to a valid region: this endpoint is '${region}', found '${parts.scope.join('/')}'.`,
    );
  if (!parts.signedHeaders.includes('host'))
    return mismatch("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  const unsigned = Object.keys(request.headers).find(
    (name) => name.startsWith('x-amz-') && !parts.signedHeaders.includes(name),
  );
  if (unsigned) return mismatch(`The header '${unsigned}' has to be signed.`);
  const signedAt = readDate(parts.date);
  const age = now.getTime() - signedAt;
  const expires = parts.expires !== undefined && service === 'sts' ? STS_EXPIRY : parts.expires;
  const lifetime = expires === undefined ? SKEW : expires * 1000;
  if (Number.isNaN(age) || age > lifetime || age < -SKEW || lifetime > LONGEST_EXPIRY * 1000)
    return mismatch(
      `Signature expired: ${parts.date} is not within the time that it is good for (now ${now.toISOString()}).`,
    );

  const canonical = canonicalRequest(request, parts, service);
  const toSign = [ALGORITHM, parts.date, parts.scope.join('/'), sha256(canonical)].join('\n');
  const key = parts.scope.reduce<Buffer | string>(
    (secret, part) => hmac(secret, part),
    `AWS4${issued.secretAccessKey}`,
  );
  const expected = hmac(key, toSign);
  const given = Buffer.from(parts.signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected)
    ? ok({ principal: issued.principal, service })
    : mismatch('The request signature we calculated does not match the signature you provided.');
}

function readParts({ headers, query }: RawRequest): Parts | undefined {
  const header = headers['authorization'];
  if (header?.startsWith(`${ALGORITHM} `)) {
    const fields = new Map(
      header
        .slice(ALGORITHM.length)
        .split(',')
        .map((field) => field.trim().split(/=(.*)/s) as [string, string]),
    );
    return partsOf(
      fields.get('Credential'),
      fields.get('SignedHeaders'),
      fields.get('Signature'),
      headers['x-amz-date'],
      {
        token: headers['x-amz-security-token'],
      },
    );
  }
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) return undefined;
  const [credential, signed, signature, date, token] = [
    'Credential',
    'SignedHeaders',
    'Signature',
    'Date',
    'Security-Token',
  ].map((name) => query.get(`X-Amz-${name}`) ?? undefined);
  return partsOf(credential, signed, signature, date, {
    token,
    expires: Number(query.get('X-Amz-Expires') ?? Number.NaN),
  });
}

function partsOf(
  credential: string | undefined,
  signedHeaders: string | undefined,
  signature: string | undefined,
  date: string | undefined,
  rest: Pick<Parts, 'token' | 'expires'>,
): Parts | undefined {
  const [accessKeyId, ...scope] = credential?.split('/') ?? [];
  if (!accessKeyId || scope.length !== 4 || !signedHeaders || !signature || !date) return undefined;
  return { accessKeyId, scope, signedHeaders: signedHeaders.split(';'), signature, date, ...rest };
}

function canonicalRequest(request: RawRequest, parts: Parts, service: string): string {
  const query = [...request.query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)))
    .map((pair) => pair.join('='))
    .join('&');
  const headers = parts.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`,
  );
  // S3 signs the path as sent; every other service encodes it once more.
  const path = service === 's3' ? request.path : request.path.split('/').map(encode).join('/');
  return [request.method, path, query, headers.join(''), parts.signedHeaders.join(';'), payloadHash(request)].join(
    '\n',
  );
}

function payloadHash({ headers, body }: RawRequest): string {
  const actual = sha256(body);
  const declared = headers['x-amz-content-sha256'];
  // A declared hash that is not the body's gives another signature than the caller's.
  return declared === 'UNSIGNED-PAYLOAD' || declared?.startsWith('STREAMING-') ? declared : actual;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');

const hmac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();

const readDate = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
