import { KeyRing } from '../../../lib/local/aws/kms/key-ring';
import { ACCOUNT, REGION } from './fixture';

const id = '0f5d3a52-6f0a-4a3e-9d55-0f6d1f0c5a11';

/** Of KEY. */
export const ALIAS = `arn:aws:kms:${REGION}:${ACCOUNT}:alias/visits-provenance`;

export const KEY = { id, arn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`, description: 'Signs', aliases: [ALIAS] };

/** A ring that has KEY, its private key in `folder`. */
export const keyRing = (folder: string): KeyRing => new KeyRing([KEY], folder);
