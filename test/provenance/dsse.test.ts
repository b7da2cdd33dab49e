import { createPublicKey } from 'node:crypto';
import { type Envelope, isSignedBy, open, PAYLOAD_TYPE, pae, seal } from '../../lib/provenance/dsse';
import { sbomStatement } from '../../lib/provenance/statement';
import { err } from '../../lib/result';
import { DIGEST, envelopeOf, KEY_ID, sealed, signer, statementOfBuild, stored } from './fixture';

const kms = signer();
const keys = new Map([[KEY_ID, kms.publicKey]]);

const flip = (base64: string, at: number): string => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64');
};

/** A good envelope, with one thing of it made otherwise. */
const changed = async (change: (envelope: Envelope) => object): Promise<Buffer> =>
  stored(change(await envelopeOf(statementOfBuild(), kms.sign)));

test('what was sealed opens with the key of its signer, and says the same', async () => {
  const statement = statementOfBuild();
  expect(open(await sealed(statement, kms.sign), keys)).toEqual({ ok: true, value: statement });
  const bom = sbomStatement(
    { name: 'r/visits', digest: DIGEST },
    { bomFormat: 'CycloneDX', specVersion: '1.6', components: [] },
  );
  expect(open(await sealed(bom, kms.sign), keys)).toEqual({ ok: true, value: bom });
});

test("the specification's own test vector: encoding and signature", () => {
  const type = 'http://example.com/HelloWorld';
  const message = pae(type, Buffer.from('hello world'));
  expect(message.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  // There the signature is r and s, 32 bytes each; here it is DER.
  const raw = Buffer.from(
    'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==',
    'base64',
  );
  const der = Buffer.concat([
    Buffer.from([0x30, 68, 2, 32]),
    raw.subarray(0, 32),
    Buffer.from([2, 32]),
    raw.subarray(32),
  ]);
  const coordinate = (decimal: string): string =>
    Buffer.from(BigInt(decimal).toString(16).padStart(64, '0'), 'hex').toString('base64url');
  const key = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: coordinate('46950820868899156662930047687818585632848591499744589407958293238635476079160'),
      y: coordinate('5640078356564379163099075877009565129882514886557779369047442380624545832820'),
    },
  });
  expect(isSignedBy(key, message, der)).toBe(true);
  expect(isSignedBy(key, pae(type, Buffer.from('hello World')), der)).toBe(false);
});

test('lengths are of bytes, not of characters', () => {
  expect(pae('ü', Buffer.from('é')).toString()).toBe('DSSEv1 2 ü 2 é');
});

test('what cannot be signed is no envelope', async () => {
  expect(await seal(statementOfBuild(), KEY_ID, async () => err('no key'))).toEqual(err('no key'));
});

describe('an envelope that was tampered with is refused', () => {
  test.each([0, 1, 200, 700])('byte %s of its payload', async (at) => {
    const envelope = await changed((good) => ({ ...good, payload: flip(good.payload, at) }));
    expect(open(envelope, keys)).toMatchObject({ errors: [expect.stringContaining('does not fit what it says')] });
  });

  test.each([8, 30, 50])('byte %s of its signature', async (at) => {
    const envelope = await changed(({ signatures: [only], ...good }) => ({
      ...good,
      signatures: [{ keyid: KEY_ID, sig: flip(only?.sig ?? '', at) }],
    }));
    expect(open(envelope, keys)).toMatchObject({ errors: [expect.stringContaining('does not fit what it says')] });
  });

  test.each([
    ['payload type', (good: Envelope) => ({ ...good, payloadType: 'application/json' }), 'payloadType'],
    ['a member more', (good: Envelope) => ({ ...good, note: '' }), 'note'],
    ['no signature', (good: Envelope) => ({ ...good, signatures: [] }), 'signatures'],
    ['no base64', (good: Envelope) => ({ ...good, payload: `${good.payload}!` }), 'payload'],
    [
      'a member more in a signature',
      (good: Envelope) => ({ ...good, signatures: good.signatures.map((one) => ({ ...one, cert: '' })) }),
      'cert',
    ],
  ])('%s', async (_, change, names) => {
    const opened = open(await changed(change), keys);
    expect(opened).toMatchObject({ errors: [expect.stringMatching(new RegExp(`^is no envelope: .*${names}`))] });
  });

  test('the signed payload type is the one that counts', async () => {
    const payload = Buffer.from(JSON.stringify(statementOfBuild()));
    const sig = Buffer.from(await kms.sign(pae('application/json', payload))).toString('base64');
    const envelope = {
      payloadType: PAYLOAD_TYPE,
      payload: payload.toString('base64'),
      signatures: [{ keyid: KEY_ID, sig }],
    };
    expect(open(stored(envelope), keys)).toMatchObject({ ok: false });
  });

  test('what is not JSON at all', () => {
    expect(open(Buffer.from('<html>'), keys)).toMatchObject({ errors: [expect.stringContaining('is no JSON')] });
  });
});

describe('a signature of another key is refused', () => {
  test('under the name of the right one', async () => {
    expect(open(await sealed(statementOfBuild(), signer().sign), keys)).toMatchObject({
      errors: [expect.stringContaining('signed by another key')],
    });
  });

  test('under a name of its own', async () => {
    expect(open(await sealed(statementOfBuild(), kms.sign, 'mine'), keys)).toMatchObject({
      errors: [`is signed by "mine", not by ${KEY_ID}`],
    });
  });

  test('on another curve', async () => {
    const other = signer('P-384');
    expect(open(await sealed(statementOfBuild(), other.sign), new Map([[KEY_ID, other.publicKey]])).ok).toBe(false);
  });

  test('also beside that of the right key', async () => {
    const mine = JSON.parse((await sealed(statementOfBuild(), signer().sign, 'mine')).toString());
    const envelope = await changed((good) => ({ ...good, signatures: [...mine.signatures, ...good.signatures] }));
    expect(open(envelope, keys)).toMatchObject({ errors: [expect.stringMatching(/is no envelope: signatures/)] });
  });
});
