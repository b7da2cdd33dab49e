import type { SigningKey } from '../aws/kms/key-ring';
import type { Resource } from './find-resource';

/** An AWS::KMS::Key that signs; undefined: one that encrypts, which nothing here does. Its policy has no effect here. */
export function readSigningKey({ properties, ref: id, arn }: Resource): SigningKey | undefined {
  if ((properties.member('KeyUsage').text() ?? 'ENCRYPT_DECRYPT') !== 'SIGN_VERIFY') return undefined;
  properties.member('KeySpec').oneOf(['ECC_NIST_P256']);
  return { id, arn, description: properties.member('Description').text() ?? '' };
}
