import { mayHold } from './needles';

/** Replaces secrets in a text. */
export interface Mask {
  (text: string): string;
  /**
   * The same for lines of output, each for itself: whatever comes together, the lines of a secret of several lines are masked one
   * by one, and none goes. Absent: there is nothing to mask.
   */
  readonly lines?: (text: string) => string;
  /** How many characters of `text` can be passed on when more follows: no secret is cut that begins before. */
  readonly settled?: (text: string) => number;
}

const STARS = '***';
/** Shortest value that is masked, unless told otherwise: shorter ones would eat ordinary text. */
const LEAST = 4;

/**
 * A mask of these values: as they are, URL-encoded, in base64 (wherever they stand in what was encoded, with and without
 * padding, in both alphabets), in hex, and escaped as in JSON, in a shell's words and in XML. Of a value of several lines
 * each line is masked, since output comes by lines; of a JSON object every text in it. CodeBuild itself masks the exact
 * values only.
 */
export function createMask(secrets: readonly string[], least = LEAST): Mask {
  const values = secrets
    .flatMap((secret) => [secret, ...textsIn(secret)])
    .flatMap((value) => [value, ...value.split(/\r?\n/)])
    .map((value) => value.trim());
  const forms = new Set(values.filter((value) => value.length >= least).flatMap(formsOf));
  // Longest first, so that a form which holds another one goes as a whole.
  const ordered = [...forms].filter((form) => form !== '').sort((a, b) => b.length - a.length);
  if (ordered.length === 0) return (text) => text;
  const pattern = patternOf(ordered);
  const inLines = ordered.filter((form) => !form.includes('\n'));
  const inLine = patternOf(inLines);
  const mayHoldOne = mayHold(inLines);
  const longest = ordered[0]?.length ?? 0;
  const mask = (text: string): string => text.replace(pattern, STARS);
  const lines = (text: string): string => (mayHoldOne(text) ? text.replace(inLine, STARS) : text);
  const settled = (text: string): number => {
    let cut = Math.max(0, text.length - longest + 1);
    for (const match of text.matchAll(inLine)) {
      if (match.index < cut && match.index + match[0].length > cut) cut = match.index;
    }
    return cut;
  };
  return Object.assign(mask, { lines, settled });
}

const patternOf = (forms: readonly string[]): RegExp =>
  new RegExp(forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|') || '(?!)', 'g');

/** The texts in a secret that is JSON: programs take them out one by one. */
export function textsIn(secret: string): string[] {
  if (!/^\s*[[{]/.test(secret)) return [];
  try {
    return leaves(JSON.parse(secret));
  } catch {
    return [];
  }
}

const leaves = (value: unknown): string[] => {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [];
};

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
  const percent = percentOf(value);
  const strict = percent.replace(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const urls = [percent, strict, percent.replaceAll('%20', '+'), strict.replaceAll('%20', '+')];
  const hex = bytes.toString('hex');
  const json = JSON.stringify(value).slice(1, -1);
  return [
    value,
    ...urls,
    ...urls.map((text) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    json,
    json.replaceAll('/', '\\/'),
    escaped(json, (code) => `\\u${code.toString(16).padStart(4, '0')}`),
    ...base64,
    ...(hex.length >= 2 * LEAST ? [hex, hex.toUpperCase(), hex.replace(/..(?=.)/g, '$& ')] : []),
    ...shellForms(value),
    ...xmlForms(value),
  ];
}

const percentOf = (value: string): string => {
  try {
    return encodeURIComponent(value);
  } catch {
    return value; // Half a surrogate pair: there is no such form.
  }
};

const escaped = (text: string, code: (unit: number) => string): string =>
  text.replace(/[^ -~]/g, (sign) => code(sign.charCodeAt(0)));

/** As `set -x`, `export -p`, `printf %q` and double quotes write it. */
function shellForms(value: string): string[] {
  const single = value.replaceAll("'", "'\\''");
  const word = value.replace(/[^A-Za-z0-9_@%+=:,./-]/g, '\\$&');
  // printf %q of bash leaves fewer characters as they are than the rule of POSIX.
  const bash = value.replace(/[^A-Za-z0-9_@%+=:./-]/g, '\\$&');
  const double = value.replace(/[\\"$`]/g, '\\$&');
  const ansi = value.replace(/[\\']/g, '\\$&').replaceAll('\t', '\\t').replaceAll('\n', '\\n');
  const dash = value.replaceAll("'", `'"'"'`);
  return [single, word, bash, double, ansi, dash];
}

function xmlForms(value: string): string[] {
  const text = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = text.replaceAll('"', '&quot;');
  return [
    text,
    quoted,
    quoted.replaceAll("'", '&apos;'),
    quoted.replaceAll("'", '&#39;'),
    quoted.replaceAll("'", '&#x27;'),
  ];
}
