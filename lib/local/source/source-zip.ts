import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { err, ok, type Result } from '../../result';
import { Blobs } from './blobs';
import type { Git } from './git';
import type { Revision } from './revision';

/** What a source artifact lacks in comparison with a clone. */
export interface SourceContents {
  readonly files: number;
  readonly submodules: readonly string[];
  /** Files whose content is in Git LFS; the artifact holds the pointers. */
  readonly lfsPointers: readonly string[];
}

interface Entry {
  readonly mode: string;
  readonly object: string;
  readonly size: number;
  readonly path: string;
}

/**
 * Writes the artifact as CODE_ZIP does: every file as it is in the commit (no .git, no attribute of git applied), **without
 * executable bits**, so that a build that relies on them fails here as it does on AWS (CodePipeline, action-reference-CodeCommit:
 * CODE_ZIP has no git metadata). Symbolic links stay links; submodules are left out. The same revision gives the same bytes.
 */
export async function writeSourceZip(
  git: Git,
  revision: Revision,
  path: string,
  signal: AbortSignal,
): Promise<Result<SourceContents, string>> {
  const listed = await git.run(['ls-tree', '-r', '-z', '-l', '--full-tree', revision.tree], revision.objects);
  if (!listed.ok) return listed;
  const entries = listed.value.split('\0').filter(Boolean).map(parseEntry);
  const impossible = entries.filter((entry) => entry.path.includes('\\'));
  if (impossible.length > 0)
    return err(`a source artifact cannot hold a file with a backslash in its name: ${impossible[0]?.path}`);

  if (entries.length === 0) return err('the source has no files');

  const lfsPointers: string[] = [];
  const files = entries.filter((entry) => entry.mode !== SUBMODULE);
  const blobs = new Blobs(git.start(['cat-file', '--batch'], revision.objects));
  const zip = new ZipFile();
  const mtime = new Date(revision.committerDate);
  for (const { path, object, mode, size } of files) {
    const options = { mtime, mode: mode === SYMLINK ? 0o120777 : 0o100644, size, forceDosTimestamp: true };
    zip.addReadStreamLazy(path, options, (use) => {
      blobs.read(object).then(
        (bytes) => {
          if (isLfsPointer(bytes)) lfsPointers.push(path);
          use(null, Readable.from([bytes]));
        },
        (cause) => use(cause, Readable.from([])),
      );
    });
  }
  zip.end();
  zip.on('error', (cause) => (zip.outputStream as Readable).destroy(cause));
  try {
    await pipeline(zip.outputStream, createWriteStream(path), { signal });
  } finally {
    blobs.close();
  }
  const submodules = entries.filter((entry) => entry.mode === SUBMODULE).map((entry) => entry.path);
  return ok({ files: files.length, submodules, lfsPointers });
}

const SYMLINK = '120000';
const SUBMODULE = '160000';

/** `<mode> <type> <object> <size>\t<path>`; a submodule's size is `-`. */
function parseEntry(line: string): Entry {
  const tab = line.indexOf('\t');
  const [mode = '', , object = '', size = ''] = line.slice(0, tab).split(/ +/);
  return { mode, object, size: Number(size) || 0, path: line.slice(tab + 1) };
}

const isLfsPointer = (bytes: Buffer): boolean =>
  bytes.length < 1024 && bytes.toString('utf8', 0, 64).startsWith('version https://git-lfs.github.com/spec/');
