import { type Complaint, key, value } from './complaints';
import type { File } from './schema';

/** Of the CloudFormation registry's schema of AWS::Signer::SigningProfile, but for keys with aws:, which no file may have. */
const TAG_KEY = /^[A-Za-z0-9+,\-./:;<=_]{1,127}$/;

/** Tags that AWS::Signer::SigningProfile refuses, though other types take them. */
export const signingRules = ({ signing }: File['images'], tags: File['tags']): Complaint[] => {
  if (signing === 'none') return [];
  return Object.entries(tags).flatMap(([name, text]) => [
    ...(TAG_KEY.test(name)
      ? []
      : [
          key(
            ['tags', name],
            `\`images.signing: ecr\` makes a signing profile, and AWS Signer takes tag keys of 1 to 127 letters (A to Z), digits and _ . : / = + - only; rename it, or leave the signing out`,
          ),
        ]),
    ...(text !== '' && text.length <= 255
      ? []
      : [
          value(
            ['tags', name],
            `\`images.signing: ecr\` makes a signing profile, and AWS Signer takes tag values of 1 to 255 characters only; change it, or leave the signing out`,
          ),
        ]),
  ]);
};
