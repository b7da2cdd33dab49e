/** Replaces secrets in a text. */
export type Mask = (text: string) => string;

const STARS = '***';

/**
 * A mask of these values: as they are, URL-encoded, in base64 (wherever they stand in what was encoded) and escaped as in
 * JSON. Of a value of several lines each line is masked, since output comes by lines. CodeBuild itself masks the exact
 * values only. Values (and lines of values) under four characters are left: masking them would eat ordinary text.
 */
export function createMask(secrets: readonly string[]): Mask {
  const values = secrets.flatMap((secret) => [secret, ...secret.split(/\r?\n/)]).map((value) => value.trim());
  const forms = new Set(values.filter((value) => value.length >= 4).flatMap(formsOf));
  // Longest first, so that a form which holds another one goes as a whole.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  if (ordered.length === 0) return (text) => text;
  const pattern = new RegExp(ordered.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
  return (text) => text.replace(pattern, STARS);
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const encoded = [0, 1, 2].map((shift) => {
    // The characters that depend on the value alone, when `shift` bytes stand before it in its group of three.
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor(((shift + bytes.length) * 8) / 6);
    return text.slice(from, to);
  });
  const urlSafe = encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const base64 = [...encoded, ...urlSafe].filter((text) => text.length >= 6);
  const percent = encodeURIComponent(value);
  const strict = percent.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return [value, percent, strict, strict.replaceAll('%20', '+'), JSON.stringify(value).slice(1, -1), ...base64];
}
