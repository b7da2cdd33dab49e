import { shown, type TemplateRule } from './rule';

/** The only kind of key that KMS rotates by itself (KMS developer guide, rotate-keys). */
const ROTATED = 'SYMMETRIC_DEFAULT';

export const keyRotation: TemplateRule = {
  id: 'key-rotation',
  holds: 'A key that KMS can rotate is rotated every year.',
  reason:
    'Rotation is off by default; a key that never changes opens everything that was ever encrypted with it (OWASP CI/CD 7). Asymmetric keys and HMAC keys cannot be rotated by KMS.',
  remedy: 'set EnableKeyRotation to true',
  types: ['AWS::KMS::Key'],
  check: ({ KeySpec: spec = ROTATED, EnableKeyRotation: rotated }) => {
    if (typeof spec !== 'string') return `the kind of the key is known after the deploy only (${shown(spec)})`;
    return spec !== ROTATED || rotated === true ? undefined : 'the key is not rotated';
  },
};
