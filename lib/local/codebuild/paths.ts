import { join, posix } from 'node:path';
import { err, ok, type Result } from '../../result';

/** `$NAME` and `${NAME}` in a path of a buildspec. */
export const VARIABLE = /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/** The folders of a build that paths of its buildspec mean. Absolute. */
export interface Roots {
  readonly source: string;
  /** What `~` and `/root` are: CodeBuild's HOME is /root. */
  readonly home: string;
  /** The same two as the build sees them, where that is another place (a container). */
  readonly seen?: { readonly source: string; readonly home: string };
}

/** A pattern, and the folder that it counts from. */
export interface RootedPattern {
  readonly root: string;
  readonly pattern: string;
  /** What stands before the names of its files: '' in the source. */
  readonly prefix: string;
}

/** Where a pattern points: below the source, below the build's home, or anywhere (absolute). */
export function rootPattern(pattern: string, roots: Roots): RootedPattern {
  const { source, home, seen } = roots;
  for (const path of [source, ...(seen ? [seen.source] : [])]) {
    const inside = insideOf(pattern, path);
    if (inside !== undefined) return { ...climb(source, inside), prefix: '' };
  }
  for (const path of [home, ...(seen ? [seen.home] : []), '~', '/root']) {
    const inside = insideOf(pattern, path);
    if (inside !== undefined) return { ...climb(home, inside), prefix: 'root' };
  }
  if (pattern.startsWith('/')) return { root: '/', pattern: pattern.replace(/^\/+/, '') || '.', prefix: '' };
  return { ...climb(source, pattern), prefix: '' };
}

/** The folder that a pattern counts from when its `..` are followed, and what is left of it. */
export function climb(root: string, pattern: string): { root: string; pattern: string } {
  if (!pattern.split('/').includes('..')) return { root, pattern };
  const segments = posix.normalize(pattern).split('/');
  const up = segments.findIndex((segment) => segment !== '..');
  const ups = up === -1 ? segments.length : up;
  return { root: join(root, ...segments.slice(0, ups)), pattern: segments.slice(ups).join('/') || '.' };
}

/** What is left of a pattern below a folder. */
const insideOf = (pattern: string, folder: string): string | undefined => {
  if (pattern === folder) return '.';
  return pattern.startsWith(`${folder}/`) ? pattern.slice(folder.length).replace(/^\/+/, '') || '.' : undefined;
};

export const namesIn = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap((text) => [...text.matchAll(VARIABLE)].map(([, braced, plain]) => braced ?? plain ?? ''))),
];

/** The text with its variables; the error names every one that has no value. */
export function expandVariables(text: string, values: Readonly<Record<string, string>>): Result<string, string> {
  const missing = namesIn([text]).filter((name) => values[name] === undefined);
  if (missing.length > 0) return err(...missing.map((name) => `"${text}": the variable ${name} is not set`));
  return ok(text.replace(VARIABLE, (_, braced?: string, plain?: string) => values[braced ?? plain ?? ''] ?? ''));
}

/** A file's place on disk, and the folder below which it must stay. */
export const below = (root: string, name: string): string => (name === '.' ? root : join(root, name));
