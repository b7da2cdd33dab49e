import type { SigningKey } from '../aws/kms/key-ring';
import { type Resource, resourcesOf } from './find-resource';

/** An AWS::KMS::Key that signs; undefined: one that encrypts, which nothing here does. Its policy has no effect here. */
export function readSigningKey({ node, properties, ref: id, arn }: Resource): SigningKey | undefined {
  if ((properties.member('KeyUsage').text() ?? 'ENCRYPT_DECRYPT') !== 'SIGN_VERIFY') return undefined;
  properties.member('KeySpec').oneOf(['ECC_NIST_P256']);
  const aliases = resourcesOf('AWS::KMS::Alias', node.findings)
    .filter((alias) => [id, arn].includes(alias.properties.member('TargetKeyId').text() ?? ''))
    .map((alias) => arn.replace(/key\/[^/]*$/, alias.ref));
  const description = properties.member('Description').text() ?? '';
  return { id, arn, description, ...(aliases.length > 0 && { aliases }) };
}
