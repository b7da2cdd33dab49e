import { createPublicKey, type KeyObject } from 'node:crypto';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeKeyCommand, GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { asked } from '../../provenance/asked';
import { type Attestation, attestationKey, LARGEST_ENVELOPE } from '../../provenance/storage';
import { err, ok, type Result } from '../../result';
import type { Blobs } from '../releases/blobs';

/** What is signed about images, and by whom. */
export interface AttestationSource {
  /** ARN of the key whose signature counts, or of an alias of it: of a key of another account nobody knows the id in advance. */
  readonly keyId: string;
  /** `id`: the key's own ARN, which signatures name. */
  publicKey(): Promise<Result<{ readonly id: string; readonly publicKey: KeyObject }, string>>;
  /** Undefined: there is none. */
  envelope(service: string, digest: string, attestation: Attestation): Promise<Result<Uint8Array | undefined, Unread>>;
  /** Whether an image was pushed before the key was made, when nobody could sign it. Neither time is a writer's to choose. */
  isOlderThanKey(repositoryUri: string, digest: string): Promise<Result<boolean, string>>;
}

export interface Unread {
  /** `huge`: nobody signed it like that; `away`: nobody knows what it is. */
  readonly kind: 'huge' | 'away';
  readonly message: string;
}

/** KMS, ECR, and a bucket or folder of envelopes. */
export function attestationSource(blobs: Blobs, keyId: string, signal: AbortSignal): AttestationSource {
  const options = { abortSignal: signal };
  const keys = new KMSClient({});
  return {
    keyId,
    publicKey: () =>
      asked('kms:GetPublicKey', async () => {
        const { PublicKey, KeyId } = await keys.send(new GetPublicKeyCommand({ KeyId: keyId }), options);
        if (PublicKey === undefined || KeyId === undefined || !isKeyOf(KeyId, keyId))
          throw new Error(`answered with the key ${KeyId}, not ${keyId}`);
        return { id: KeyId, publicKey: createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' }) };
      }),
    envelope: async (service, digest, attestation) => {
      const key = attestationKey(service, digest, attestation);
      const blob = await blobs.read(key, LARGEST_ENVELOPE);
      if (!blob.ok) return err(...blob.errors.map((message): Unread => ({ kind: 'away', message })));
      const { bytes, size = 0 } = blob.value ?? {};
      if (size <= LARGEST_ENVELOPE) return ok(bytes);
      const message = `${blobs.nameOf(key)} has ${size} bytes, and more than ${LARGEST_ENVELOPE} are not read`;
      return err({ kind: 'huge', message });
    },
    isOlderThanKey: (repositoryUri, imageDigest) =>
      asked('ecr:DescribeImages, kms:DescribeKey', async () => {
        // The registry may be that of another account.
        const registryId = repositoryUri.slice(0, repositoryUri.indexOf('.'));
        const repositoryName = repositoryUri.slice(repositoryUri.indexOf('/') + 1);
        const images = new DescribeImagesCommand({ registryId, repositoryName, imageIds: [{ imageDigest }] });
        const [{ imageDetails: [image] = [] }, { KeyMetadata: key }] = await Promise.all([
          new ECRClient({}).send(images, options),
          keys.send(new DescribeKeyCommand({ KeyId: keyId }), options),
        ]);
        const [pushed, made] = [image?.imagePushedAt, key?.CreationDate];
        return pushed !== undefined && made !== undefined && pushed < made;
      }),
  };
}

/** Whether a key's ARN is the one that was asked for, or may be that of the alias: one of the same account and Region. */
const isKeyOf = (arn: string, asked: string): boolean =>
  asked.includes(':alias/') ? arn.startsWith(`${asked.split(':alias/')[0]}:key/`) : arn === asked;
