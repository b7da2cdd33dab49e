import { createHash, randomInt } from 'node:crypto';

/** No vowels and nothing that looks like another letter, as Kubernetes' own generated names. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

export const suffix = (length: number): string =>
  Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** A short name for a value that depends on nothing but the value; the order of keys does not count. */
export function hashName(value: unknown, length = 10): string {
  const bytes = createHash('sha256').update(canonical(value)).digest();
  return Array.from(bytes.subarray(0, length), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner as object).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
