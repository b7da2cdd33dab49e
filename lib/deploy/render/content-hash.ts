import { createHash } from 'node:crypto';
import { type Fields, isFields } from './fields';

/** Letters in place of digits and vowels, so that no hash spells a word (kustomize, api/hasher). */
const SAFE: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };

/** Ten characters that stand for a text; good inside a name of Kubernetes. */
export const contentHash = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 10)
    .replace(/[013ae]/g, (character) => SAFE[character] as string);

/** The same text for the same value, whatever the order of its keys. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    isFields(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) : each,
  );

/**
 * The hash that kustomize's generators put behind the names of ConfigMaps and Secrets (api/hasher of sigs.k8s.io/kustomize: Go's JSON
 * of kind, data and, of Secrets, type, with an empty name). Equal hash: kustomize named the object already.
 */
export function generatorHash(object: Fields): string {
  const { kind, data, binaryData, stringData, type } = object;
  const content =
    kind === 'Secret'
      ? { data: data ?? '', kind, name: '', ...(isFields(stringData) && { stringData }), type: type ?? '' }
      : { ...(isFields(binaryData) && { binaryData }), data: data ?? '', kind, name: '' };
  const goJson = canonicalJson(content).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return contentHash(goJson);
}
