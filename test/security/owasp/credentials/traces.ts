import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';

/** A way to write a text down, and how one sees in another text that it is there. Own code: nothing of the mask's. */
type Sight = (text: string, secret: string) => boolean;

const seenAs =
  (write: (secret: string) => string): Sight =>
  (text, secret) =>
    text.includes(write(secret));

/** What does not depend on the bytes around it. */
const base64At = (shift: number, of: string): string => {
  const whole = Buffer.concat([Buffer.alloc(shift), Buffer.from(of)]).toString('base64');
  return whole.slice(shift === 0 ? 0 : 4, Math.floor((shift + Buffer.byteLength(of)) / 3) * 4);
};

/** Split, not matched: a run may have millions of characters, and a greedy quantifier keeps a place to go back to for each. */
const decoded = (text: string): string[] =>
  text
    .split(/[^A-Za-z0-9+/]/)
    .filter((run) => run.length >= 24)
    .map((run) => Buffer.from(run, 'base64').toString('latin1'));

const unzipped = (text: string): string[] =>
  decoded(text).flatMap((bytes) => {
    try {
      return [gunzipSync(Buffer.from(bytes, 'latin1')).toString()];
    } catch {
      return [];
    }
  });

export const SIGHTS: Readonly<Record<string, Sight>> = {
  raw: seenAs((secret) => secret),
  base64: (text, secret) =>
    [0, 1, 2].some((shift) => text.replaceAll('-', '+').replaceAll('_', '/').includes(base64At(shift, secret))),
  'base64 of base64': (text, secret) => decoded(text).some((inner) => inner.includes(base64At(0, secret))),
  hex: (text, secret) =>
    text
      .toLowerCase()
      .replaceAll(/(?<=[0-9a-f]{2}) (?=[0-9a-f]{2})/g, '')
      .includes(Buffer.from(secret).toString('hex')),
  url: (text, secret) =>
    text
      .replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
      .replaceAll('+', ' ')
      .includes(secret.replaceAll('+', ' ')),
  json: seenAs((secret) => JSON.stringify(secret).slice(1, -1)),
  'json in json': seenAs((secret) => JSON.stringify(JSON.stringify(secret)).slice(3, -3)),
  shell: (text, secret) =>
    text.replaceAll("'\\''", "'").replaceAll(`'"'"'`, "'").replaceAll(/\\(.)/g, '$1').includes(secret),
  xml: (text, secret) =>
    text
      .replaceAll(/&(quot|#34);/g, '"')
      .replaceAll(/&(apos|#39|#x27);/g, "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
      .includes(secret),
  reversed: seenAs((secret) => [...secret].reverse().join('')),
  'over lines': (text, secret) => text.replaceAll(/\r?\n/g, '').includes(secret),
  gzip: (text, secret) => unzipped(text).some((inner) => inner.includes(secret)),
};

/** Where the secret can be read, as `<way of writing> in <place>`: in texts, in names and contents of files, inside of zips and gz too. */
export function traces(secret: string, folders: readonly string[], texts: Readonly<Record<string, string>>): string[] {
  const places: [place: string, text: string][] = [
    ...Object.entries(texts),
    ...folders.flatMap((folder) =>
      filesBelow(folder).flatMap((path): [string, string][] => {
        const name = relative(folder, path);
        return [
          [`the name ${name}`, name],
          ...contents(readFileSync(path)).map((text): [string, string] => [name, text]),
        ];
      }),
    ),
  ];
  return places.flatMap(([place, text]) =>
    Object.entries(SIGHTS)
      .filter(([, sees]) => sees(text, secret))
      .map(([way]) => `${way} in ${place}`),
  );
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** The text of a file, as it is and unpacked. */
function contents(bytes: Buffer): string[] {
  const inside: Buffer[] = [];
  if (bytes.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) inside.push(gunzipSync(bytes));
  if (bytes.subarray(0, 2).equals(Buffer.from('PK'))) inside.push(...entriesOf(bytes));
  return [bytes.toString('utf8'), ...inside.flatMap(contents)];
}

/** Entries of a zip by its central directory (APPNOTE 4.3.12). */
function entriesOf(zip: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = zip.indexOf('PK\x01\x02'); at !== -1; at = zip.indexOf('PK\x01\x02', at + 4)) {
    const [method, size, local] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(start, start + size);
    found.push(method === 8 ? inflateRawSync(data) : data);
  }
  return found;
}
