import { createWriteStream, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, posix, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from 'yauzl';
import { err, ok, type Result } from '../../result';

const FILE_TYPE = 0o170000;
const LINK = 0o120000;
/** Bytes of an entry that is written at once. */
const SMALL = 1 << 20;
/** Bytes of a zip that is read at once. */
const IN_MEMORY = 32 << 20;

/**
 * Extracts a zip into an existing, empty folder. Nothing is ever written outside it: a name that is absolute or climbs out
 * and a link that points out are errors, and links are made after all files. Modes keep the executable bit only.
 */
export async function extractZip(file: string, folder: string): Promise<Result<void, string>> {
  let zip: ZipFile;
  try {
    const options = { strictFileNames: true };
    // In memory, an entry takes no turn through the thread pool.
    const whole = statSync(file).size <= IN_MEMORY;
    zip = await (whole ? fromBufferPromise(readFileSync(file), options) : openPromise(file, options));
  } catch (error) {
    return err(`${file}: not a readable zip: ${(error as Error).message}`);
  }
  const links: { name: string; target: string }[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      const refused = await extractEntry(zip, entry, folder, links);
      if (refused) return err(`${file}: ${refused}`);
    }
  } catch (error) {
    return err(`${file}: ${(error as Error).message}`);
  } finally {
    zip.close();
  }
  for (const { name, target } of links) {
    // A link below a link would be made, and resolved, in another place than its name says.
    if (links.some((other) => name.startsWith(`${other.name}/`)))
      return err(`${file}: link "${name}" stands below a link`);
    if (lstatSync(join(folder, name), { throwIfNoEntry: false }))
      return err(`${file}: two entries are named "${name}"`);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    symlinkSync(target, join(folder, name));
  }
  return ok(undefined);
}

/** Says why the entry is refused; undefined when it is extracted. */
async function extractEntry(
  zip: ZipFile,
  entry: Entry,
  folder: string,
  links: { name: string; target: string }[],
): Promise<string | undefined> {
  const name = entry.fileName;
  if (name.includes('\\') || isAbsolute(name) || climbs(name)) return `entry "${name}" leaves the folder`;
  const target = join(folder, name);
  if (name.endsWith('/')) {
    mkdirSync(target, { recursive: true });
    return undefined;
  }
  const mode = entry.externalFileAttributes >>> 16;
  if ((mode & FILE_TYPE) === LINK) {
    const to = (await content(zip, entry)).toString();
    if (isAbsolute(to) || climbs(posix.join(posix.dirname(name), to)) || turnsBack(to)) {
      return `link "${name}" points to "${to}", outside the folder`;
    }
    links.push({ name, target: to });
    return undefined;
  }
  mkdirSync(dirname(target), { recursive: true });
  const permissions = mode & 0o100 ? 0o755 : 0o644;
  if (entry.uncompressedSize <= SMALL) {
    writeFileSync(target, await content(zip, entry), { flag: 'wx', mode: permissions });
  } else {
    const stream = await zip.openReadStreamPromise(entry);
    const write = createWriteStream(target, { flags: 'wx', mode: permissions });
    await pipeline(stream, (bytes) => checked(bytes as AsyncIterable<Buffer>, entry), write);
  }
  return undefined;
}

/** A small entry at once: streams cost it many times what is done with its bytes. Throws if it is not as large as it says. */
async function content(zip: ZipFile, entry: Entry): Promise<Buffer> {
  if (entry.uncompressedSize > SMALL) throw new Error(`"${entry.fileName}" is too large for a link`);
  const deflated = entry.compressionMethod === 8;
  const bytes = await buffer(await zip.openReadStreamPromise(entry, deflated ? { decompress: false } : {}));
  const result = deflated ? inflateRawSync(bytes, { maxOutputLength: Math.max(entry.uncompressedSize, 1) }) : bytes;
  if (result.length !== entry.uncompressedSize) {
    throw new Error(`"${entry.fileName}" has ${result.length} bytes, not ${entry.uncompressedSize} as the zip says`);
  }
  if (crc32(result) !== entry.crc32) throw new Error(damaged(entry));
  return result;
}

const damaged = ({ fileName }: Entry): string => `"${fileName}" is damaged: its checksum is not the one in the zip`;

/** Passes bytes on and breaks at their end if they are not those that were packed. */
async function* checked(bytes: AsyncIterable<Buffer>, entry: Entry): AsyncGenerator<Buffer> {
  let sum = 0;
  for await (const piece of bytes) {
    sum = crc32(piece, sum);
    yield piece;
  }
  if (sum !== entry.crc32) throw new Error(damaged(entry));
}

const climbs = (path: string): boolean => normalize(path).split(sep)[0] === '..';

/** `a/../..`: where `a` is a link, this is not the place that it reads like. */
const turnsBack = (path: string): boolean => {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  return segments.some((segment, index) => segment === '..' && index > 0 && segments[index - 1] !== '..');
};
