import { createHash, createPublicKey, sign, verify } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
  type SignCommandInput,
  VerifyCommand,
} from '@aws-sdk/client-kms';
import { isDigestSigned, keyFrom, newKey, signDigest } from '../../../lib/local/aws/kms/ecdsa';
import { type Surroundings, surroundings } from './fixture';
import { ALIAS, KEY, keyRing } from './key-fixture';
import { Answers } from './model/checked';

const MESSAGE = Buffer.from('a statement');
const DIGEST = createHash('sha256').update(MESSAGE).digest();
const SIGNING = { KeyId: KEY.arn, SigningAlgorithm: 'ECDSA_SHA_256' } as const;

let folder: string;
let here: Surroundings;
let client: KMSClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  here = await surroundings({ keys: keyRing(join(folder, 'keys')) });
  client = new Answers().check('kms', new KMSClient(here.client()));
});
afterEach(async () => {
  await here.close();
  rmSync(folder, { recursive: true });
});

const signed = async (input: Partial<SignCommandInput>): Promise<Uint8Array> => {
  const { Signature = new Uint8Array() } = await client.send(
    new SignCommand({ ...SIGNING, Message: MESSAGE, ...input }),
  );
  return Signature;
};
const publicKey = async () => {
  const { PublicKey = new Uint8Array() } = await client.send(new GetPublicKeyCommand({ KeyId: KEY.arn }));
  return createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
};
const errorOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: Error) => `${error.name}: ${error.message}`,
  );

test('what it signs, as a message or as its digest, verifies with the public key outside of it', async () => {
  const key = await publicKey();
  for (const input of [{ Message: MESSAGE }, { Message: DIGEST, MessageType: 'DIGEST' }] as const) {
    const signature = await signed(input);
    expect(verify('sha256', MESSAGE, { key, dsaEncoding: 'der' }, signature)).toBe(true);
    expect(verify('sha256', Buffer.from('another'), { key, dsaEncoding: 'der' }, signature)).toBe(false);
  }
});

test('it verifies its own signatures, whichever way the message came', async () => {
  const Signature = await signed({ Message: DIGEST, MessageType: 'DIGEST' });
  const { SignatureValid, KeyId } = await client.send(new VerifyCommand({ ...SIGNING, Message: MESSAGE, Signature }));
  expect({ SignatureValid, KeyId }).toEqual({ SignatureValid: true, KeyId: KEY.arn });
  const another = new VerifyCommand({ ...SIGNING, Message: Buffer.from('another'), Signature });
  expect(await errorOf(client.send(another))).toContain('KMSInvalidSignatureException');
});

test.each([
  [
    'a key that is not there',
    { KeyId: 'none' },
    "NotFoundException: Key 'arn:aws:kms:eu-west-1:111122223333:key/none'",
  ],
  [
    'an alias',
    { KeyId: 'alias/none' },
    'NotFoundException: Alias arn:aws:kms:eu-west-1:111122223333:alias/none is not',
  ],
  ['another algorithm', { SigningAlgorithm: 'RSASSA_PSS_SHA_256' }, 'InvalidKeyUsageException: Algorithm RSASSA_PSS'],
  ['a digest of another length', { MessageType: 'DIGEST' }, 'ValidationException: Digest is invalid length'],
  ['a message that is too long', { Message: Buffer.alloc(4097) }, 'ValidationException'],
  ['a dry run', { DryRun: true }, 'DryRun'],
] as const)('%s is refused as the API does', async (_, input, message) => {
  expect(await errorOf(signed(input as Partial<SignCommandInput>))).toContain(message);
});

test('the key pair is made once, and only its owner may read it', async () => {
  const first = await publicKey();
  const [file = ''] = readdirSync(join(folder, 'keys'));
  expect(statSync(join(folder, 'keys', file)).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'keys'))).toEqual([`${KEY.id}.pem`]);
  const again = keyRing(join(folder, 'keys'));
  expect(createPublicKey(again.privateKey(KEY)).equals(first)).toBe(true);
  expect(keyFrom(readFileSync(join(folder, 'keys', file), 'utf8')).type).toBe('private');
});

test('it answers to its alias, by its own ARN, and IAM is asked for the key', async () => {
  const { KeyId } = await client.send(new GetPublicKeyCommand({ KeyId: ALIAS }));
  expect(KeyId).toBe(KEY.arn);
  expect(here.endpoint.calls.at(-1)?.needs).toEqual([
    { action: 'kms:GetPublicKey', resource: KEY.arn, context: { 'kms:RequestAlias': 'alias/visits-provenance' } },
  ]);
});

test('it is described as what it is', async () => {
  const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: KEY.id }));
  const [file = ''] = readdirSync(join(folder, 'keys'));
  expect(KeyMetadata).toMatchObject({ Arn: KEY.arn, KeyUsage: 'SIGN_VERIFY', KeySpec: 'ECC_NIST_P256' });
  // Not that of the endpoint: the key is older than the run that asks.
  const made = Math.floor(statSync(join(folder, 'keys', file)).mtimeMs);
  expect(Math.floor((KeyMetadata?.CreationDate?.getTime() ?? 0) / 1000)).toBe(Math.floor(made / 1000));
});

describe('ECDSA for a digest', () => {
  const key = newKey();

  test('agrees with OpenSSL, both ways, again and again', () => {
    for (let round = 0; round < 40; round++) {
      const message = Buffer.from(`message ${round}`);
      const digest = createHash('sha256').update(message).digest();
      const theirs = sign('sha256', message, { key, dsaEncoding: 'der' });
      expect(isDigestSigned(key, digest, theirs)).toBe(true);
      expect(verify('sha256', message, { key, dsaEncoding: 'der' }, signDigest(key, digest))).toBe(true);
    }
  });

  test('a changed signature, one of another key, one that is none', () => {
    const good = signDigest(key, DIGEST);
    const changed = Buffer.from(good);
    changed[10] = (changed[10] ?? 0) ^ 1;
    const bad = [changed, signDigest(newKey(), DIGEST), good.subarray(0, -1), Buffer.from('no'), Buffer.alloc(0)];
    expect(bad.map((signature) => isDigestSigned(key, DIGEST, signature))).toEqual(bad.map(() => false));
  });
});
