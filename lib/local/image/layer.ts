import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Header, Pax } from 'tar';
import type { Entry, Tree } from './context';
import { type Descriptor, MediaType } from './manifest';
import type { ImageStore } from './store';

const BLOCK = 512;
/** Of every entry. Not 0: zip archives, and so Python's wheels, know no time before 1980 in any time zone. */
const TIME = new Date('1980-01-02T00:00:00Z');

/**
 * Writes a tree as a tar archive into the store. Nothing of this machine goes in: paths in order, owner 0, one time, modes
 * 0755 or 0644. Equal trees give equal bytes, and so equal digests.
 */
export async function storeLayer(
  store: ImageStore,
  tree: Tree,
  mediaType: string = MediaType.layer,
): Promise<Descriptor> {
  const draft = await store.draftPath();
  const file = createWriteStream(draft);
  const hash = createHash('sha256');
  let size = 0;
  const write = async (bytes: Buffer): Promise<void> => {
    hash.update(bytes);
    size += bytes.length;
    if (!file.write(bytes)) await new Promise<void>((resolve) => file.once('drain', resolve));
  };
  for (const [path, entry] of tree) {
    await write(headerOf(path, entry));
    if (entry.type !== 'file') continue;
    let written = 0;
    for await (const chunk of createReadStream(entry.source)) {
      written += (chunk as Buffer).length;
      await write(chunk as Buffer);
    }
    if (written !== entry.size) throw new Error(`${entry.source} changed while the image was built`);
    await write(Buffer.alloc((BLOCK - (written % BLOCK)) % BLOCK));
  }
  await write(Buffer.alloc(2 * BLOCK));
  file.end();
  await finished(file);
  const digest = `sha256:${hash.digest('hex')}`;
  await store.adoptBlob(draft, digest);
  return { mediaType, digest, size };
}

function headerOf(path: string, entry: Entry): Buffer {
  const fields = {
    path: entry.type === 'folder' ? `${path}/` : path,
    mode: entry.type === 'file' ? entry.mode : entry.type === 'folder' ? 0o755 : 0o777,
    uid: 0,
    gid: 0,
    size: entry.type === 'file' ? entry.size : 0,
    mtime: TIME,
    type: ({ folder: 'Directory', file: 'File', link: 'SymbolicLink' } as const)[entry.type],
    ...(entry.type === 'link' && { linkpath: entry.target }),
  };
  const header = new Header(fields);
  const needsPax = header.encode();
  const block = header.block as Buffer;
  if (!needsPax) return block;
  return Buffer.concat([new Pax({ path: fields.path, linkpath: fields.linkpath, size: fields.size }).encode(), block]);
}
