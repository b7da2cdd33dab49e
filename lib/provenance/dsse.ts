import { type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { err, ok, type Result } from '../result';
import { readStatement, type Statement } from './statement';
import { issuesOf } from './zod-issues';

/** Dead Simple Signing Envelope 1.0: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md */

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** One spelling only: some digits of base64 have bits that nobody reads. */
const base64 = z
  .base64()
  .refine((text) => Buffer.from(text, 'base64').toString('base64') === text, { error: 'is not the one spelling' });

const schema = z.strictObject({
  payloadType: z.literal(PAYLOAD_TYPE),
  payload: base64,
  /** The protocol allows more; `seal` makes one, so another is a stranger's. */
  signatures: z.tuple([z.strictObject({ keyid: z.string(), sig: base64 })]),
});

export type Envelope = z.output<typeof schema>;

/** What is signed: payload type and payload with their lengths in bytes ("Pre-Authentication Encoding"). */
export const pae = (payloadType: string, payload: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.byteLength} `),
    payload,
  ]);

/** `sign` gives the DER-encoded ECDSA signature of a message by SHA-256, made by the key `keyid`; or why there is none. */
export async function seal(
  statement: Statement,
  keyid: string,
  sign: (message: Uint8Array) => Promise<Result<Uint8Array, string>>,
): Promise<Result<Envelope, string>> {
  const payload = Buffer.from(JSON.stringify(statement));
  const signature = await sign(pae(PAYLOAD_TYPE, payload));
  if (!signature.ok) return signature;
  return ok({
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString('base64'),
    signatures: [{ keyid, sig: Buffer.from(signature.value).toString('base64') }],
  });
}

/**
 * The statement of an envelope that one of `keys` (key id -> public key, P-256) has signed. The payload is not parsed before
 * its signature is found to be good. `envelope`: the bytes as they were stored.
 */
export function open(envelope: Uint8Array, keys: ReadonlyMap<string, KeyObject>): Result<Statement, string> {
  const parsed = readEnvelope(envelope);
  if (!parsed.ok) return parsed;
  const { payload, payloadType, signatures } = parsed.value;
  const bytes = Buffer.from(payload, 'base64');
  const message = pae(payloadType, bytes);
  const [{ keyid, sig }] = signatures;
  const key = keys.get(keyid);
  if (key === undefined) return err(`is signed by ${JSON.stringify(keyid)}, not by ${[...keys.keys()].join(' or ')}`);
  if (!isSignedBy(key, message, Buffer.from(sig, 'base64')))
    return err('its signature does not fit what it says: it was changed after it was signed, or signed by another key');
  return readStatement(bytes.toString('utf8'));
}

/** `signature` in DER; ECDSA on P-256 with SHA-256, which KMS calls ECDSA_SHA_256. */
export function isSignedBy(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return false;
  return verify('sha256', message, { key, dsaEncoding: 'der' }, signature);
}

function readEnvelope(bytes: Uint8Array): Result<Envelope, string> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    return err(`is no JSON (${(error as Error).message})`);
  }
  const checked = schema.safeParse(value);
  return checked.success ? ok(checked.data) : err(`is no envelope: ${issuesOf(checked.error)}`);
}
