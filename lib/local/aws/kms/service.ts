import { createHash, createPublicKey } from 'node:crypto';
import type {
  DescribeKeyRequest,
  DescribeKeyResponse,
  GetPublicKeyRequest,
  GetPublicKeyResponse,
  SignRequest,
  SignResponse,
  VerifyRequest,
  VerifyResponse,
} from '@aws-sdk/client-kms';
import { err, ok, type Result } from '../../../result';
import { type AwsError, type Service, takes } from '../service';
import { isDigestSigned, signDigest } from './ecdsa';
import type { KeyRing, SigningKey } from './key-ring';

export interface KmsContext {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly keys: KeyRing;
}

const ALGORITHM = 'ECDSA_SHA_256';
const SHAPE = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: [ALGORITHM] } as const;

/** KMS (KMS API reference) for the keys of the templates that sign. What encrypts at rest on AWS does not here. */
export function kms({ account, region, partition, keys }: KmsContext): Service {
  const arnOf = (id: string): string =>
    id.startsWith('arn:') ? id : `arn:${partition}:kms:${region}:${account}:${id.includes('/') ? id : `key/${id}`}`;
  const about = ({ KeyId = '' }: { KeyId?: string | undefined }): string => keys.find(KeyId)?.arn ?? arnOf(KeyId);

  const find = (id: string): Result<SigningKey, AwsError> => {
    const key = keys.find(id);
    if (key) return ok(key);
    const message = id.includes('alias/') ? `Alias ${arnOf(id)} is not found.` : `Key '${arnOf(id)}' does not exist`;
    return err({ code: 'NotFoundException', message });
  };

  /** The key and the digest of what is to be signed or verified. */
  const prepare = ({
    KeyId = '',
    Message = new Uint8Array(),
    MessageType = 'RAW',
    SigningAlgorithm = ALGORITHM,
  }: Pick<SignRequest, 'KeyId' | 'Message' | 'MessageType' | 'SigningAlgorithm'>): Result<
    { readonly key: SigningKey; readonly digest: Uint8Array },
    AwsError
  > => {
    const key = find(KeyId);
    if (!key.ok) return key;
    if (SigningAlgorithm !== ALGORITHM) {
      const message = `Algorithm ${SigningAlgorithm} is incompatible with key spec ${SHAPE.KeySpec}.`;
      return err({ code: 'InvalidKeyUsageException', message });
    }
    switch (MessageType) {
      case 'RAW':
        return ok({ key: key.value, digest: createHash('sha256').update(Message).digest() });
      case 'DIGEST':
        if (Message.length === 32) return ok({ key: key.value, digest: Message });
        return err({ code: 'ValidationException', message: `Digest is invalid length for algorithm ${ALGORITHM}.` });
      default:
        return err({ code: 'ValidationException', message: `Message type ${MessageType} is not one of ${ALGORITHM}.` });
    }
  };

  return {
    prefix: 'kms',
    invalidInput: 'ValidationException',
    operations: {
      Sign: takes<SignRequest, SignResponse>()(
        ['KeyId', 'Message', 'MessageType', 'SigningAlgorithm'],
        (input) => {
          const prepared = prepare(input);
          if (!prepared.ok) return prepared;
          const { key, digest } = prepared.value;
          const Signature = signDigest(keys.privateKey(key), digest);
          return ok({ KeyId: key.arn, Signature, SigningAlgorithm: ALGORITHM });
        },
        about,
      ),
      Verify: takes<VerifyRequest, VerifyResponse>()(
        ['KeyId', 'Message', 'MessageType', 'Signature', 'SigningAlgorithm'],
        (input) => {
          const prepared = prepare(input);
          if (!prepared.ok) return prepared;
          const { key, digest } = prepared.value;
          if (!isDigestSigned(keys.privateKey(key), digest, input.Signature ?? new Uint8Array()))
            return err({ code: 'KMSInvalidSignatureException', message: '' });
          return ok({ KeyId: key.arn, SignatureValid: true, SigningAlgorithm: ALGORITHM });
        },
        about,
      ),
      GetPublicKey: takes<GetPublicKeyRequest, GetPublicKeyResponse>()(
        ['KeyId'],
        ({ KeyId = '' }) => {
          const key = find(KeyId);
          if (!key.ok) return key;
          const PublicKey = createPublicKey(keys.privateKey(key.value)).export({ type: 'spki', format: 'der' });
          return ok({
            KeyId: key.value.arn,
            PublicKey,
            ...SHAPE,
            SigningAlgorithms: [...SHAPE.SigningAlgorithms],
            CustomerMasterKeySpec: SHAPE.KeySpec,
          });
        },
        about,
      ),
      DescribeKey: takes<DescribeKeyRequest, DescribeKeyResponse>()(
        ['KeyId'],
        ({ KeyId = '' }) => {
          const key = find(KeyId);
          if (!key.ok) return key;
          const { id, arn, description } = key.value;
          return ok({
            KeyMetadata: {
              AWSAccountId: account,
              KeyId: id,
              Arn: arn,
              Description: description,
              CreationDate: keys.madeAt(key.value),
              Enabled: true,
              KeyState: 'Enabled',
              KeyManager: 'CUSTOMER',
              Origin: 'AWS_KMS',
              MultiRegion: false,
              ...SHAPE,
              SigningAlgorithms: [...SHAPE.SigningAlgorithms],
              CustomerMasterKeySpec: SHAPE.KeySpec,
            },
          });
        },
        about,
      ),
    },
  };
}
