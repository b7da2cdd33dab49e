import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../result';
import { evaluate } from './evaluate';
import { matches } from './files';
import type { Shell } from './shell';

const HASH_FILES = /\$\(\s*codebuild-hash-files((?:\s+[^()]*)?)\)/g;

/**
 * What a text of the `cache` section means: `$(codebuild-hash-files GLOB…)` is the SHA-256 of those files (their names count
 * as well), and the rest is what the build's shell makes of it. Source: CodeBuild user guide, caching-s3.
 */
export async function expandKey(
  text: string,
  source: string,
  shell: Pick<Shell, 'run' | 'read' | 'keep'>,
): Promise<Result<string, string>> {
  const problems: string[] = [];
  const hashed = text.replace(HASH_FILES, (_, globs: string) => {
    const hash = hashFiles(source, words(globs));
    if (!hash.ok) problems.push(...hash.errors);
    return hash.ok ? hash.value : '';
  });
  if (problems.length > 0) return err(...problems);
  if (!/[$`\\]/.test(hashed)) return ok(hashed);
  const { slipway_key: value } = await evaluate(shell, { slipway_key: `"${hashed.replaceAll('"', '\\"')}"` });
  return value === undefined ? err('the shell cannot read it') : ok(value);
}

function hashFiles(source: string, globs: readonly string[]): Result<string, string> {
  if (globs.length === 0) return err('codebuild-hash-files needs a pattern');
  const names = [...new Set(globs.flatMap((glob) => matches(source, glob.replace(/^(\.\/+)+/, ''))))].sort();
  if (names.length === 0) return err(`codebuild-hash-files: no file matches ${globs.join(' ')}`);
  const hash = createHash('sha256');
  for (const name of names)
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(source, name)))
      .update('\0');
  return ok(hash.digest('hex'));
}

const words = (text: string): string[] =>
  [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => double ?? single ?? plain ?? '');
