import { createECDH, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

/**
 * ECDSA on P-256 for digests that were made elsewhere, which Node signs and verifies not: FIPS 186-5, 6.4. Points are OpenSSL's
 * work; the numbers here take a time that depends on the key, so it is for keys that protect nothing beyond this machine.
 */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const BYTES = 32;

export const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

export const keyFrom = (pem: string): KeyObject => createPrivateKey(pem);

/** Signature in DER. `digest`: 32 bytes. */
export function signDigest(key: KeyObject, digest: Uint8Array): Buffer {
  for (;;) {
    const k = numberOf(randomBytes(BYTES));
    if (k === 0n || k >= ORDER) continue;
    const r = abscissa(k);
    const s = modulo(inverse(k) * (numberOf(digest) + r * secretOf(key)));
    if (r !== 0n && s !== 0n) return der(r, s);
  }
}

/** With the private key at hand, the point that the signature stands for is one multiple of the generator. */
export function isDigestSigned(key: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  const numbers = parseDer(signature);
  if (numbers === undefined) return false;
  const { r, s } = numbers;
  if ([r, s].some((each) => each <= 0n || each >= ORDER)) return false;
  const point = modulo(inverse(s) * (numberOf(digest) + r * secretOf(key)));
  return point !== 0n && abscissa(point) === r;
}

const modulo = (value: bigint): bigint => ((value % ORDER) + ORDER) % ORDER;
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const bytesOf = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(2 * BYTES, '0'), 'hex');
const secretOf = (key: KeyObject): bigint =>
  numberOf(Buffer.from(key.export({ format: 'jwk' }).d as string, 'base64url'));

/** By Fermat, since the order is a prime. */
function inverse(value: bigint): bigint {
  let [result, base] = [1n, modulo(value)];
  for (let exponent = ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = modulo(result * base);
    base = modulo(base * base);
  }
  return result;
}

/** x of the generator's multiple, modulo the order. */
function abscissa(factor: bigint): bigint {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(bytesOf(factor));
  return modulo(numberOf(curve.getPublicKey().subarray(1, 1 + BYTES)));
}

/** SEQUENCE of two INTEGERs. */
function der(...values: readonly bigint[]): Buffer {
  const integers = values.map((value) => {
    const bytes = bytesOf(value);
    const start = bytes.findIndex((byte) => byte !== 0);
    const content = bytes.subarray(start);
    const padded = (content[0] as number) >= 0x80 ? Buffer.concat([Buffer.from([0]), content]) : content;
    return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
  });
  const body = Buffer.concat(integers);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function parseDer(signature: Uint8Array): { r: bigint; s: bigint } | undefined {
  const bytes = Buffer.from(signature);
  const rLength = bytes[3] ?? 0;
  const sLength = bytes[5 + rLength] ?? 0;
  const isWhole = bytes[0] === 0x30 && bytes[1] === bytes.length - 2 && bytes.length === 6 + rLength + sLength;
  if (!isWhole || bytes[2] !== 0x02 || bytes[4 + rLength] !== 0x02 || rLength === 0 || sLength === 0) return undefined;
  return { r: numberOf(bytes.subarray(4, 4 + rLength)), s: numberOf(bytes.subarray(6 + rLength)) };
}
