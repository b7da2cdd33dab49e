/** Tells whether a path of the context (relative, `/` between its parts) is left out of it. */
export interface Ignore {
  ignores(path: string): boolean;
  /** Whether something below an ignored folder may be taken back in by a `!` line. */
  readonly hasExceptions: boolean;
}

interface Rule {
  readonly except: boolean;
  readonly expression: RegExp;
}

/**
 * Reads a .dockerignore (Docker documentation, ".dockerignore files"): one pattern a line, `#` comments, `*` and `?` within
 * a part, `**` over parts, `[…]` sets, `!` exceptions; the last line that matches a path, or a folder above it, decides.
 */
export function readDockerignore(text: string): Ignore {
  const rules = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .flatMap((line): Rule[] => {
      const except = line.startsWith('!');
      const pattern = clean(except ? line.slice(1).trim() : line);
      return pattern === '' ? [] : [{ except, expression: new RegExp(`^${globSource(pattern)}(/|$)`, 's') }];
    });
  return {
    hasExceptions: rules.some((rule) => rule.except),
    ignores: (path) => rules.findLast((rule) => rule.expression.test(path))?.except === false,
  };
}

const clean = (pattern: string): string =>
  pattern
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');

/** Source of a regular expression for a pattern in the manner of Go's filepath.Match, and with `**`. */
export function globSource(pattern: string): string {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string;
    if (char === '*' && pattern[at + 1] === '*') {
      at++;
      if (pattern[at + 1] === '/') {
        at++;
        source += '(?:.*/)?';
      } else source += '.*';
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[' && pattern.indexOf(']', at + 2) > 0) {
      const end = pattern.indexOf(']', at + 2);
      source += `[${pattern.slice(at + 1, end).replace(/\\(?![\\\]^-])|\[/g, '\\$&')}]`;
      at = end;
    } else if (char === '\\' && at + 1 < pattern.length) source += escapeSource(pattern[++at] as string);
    else source += escapeSource(char);
  }
  return source;
}

const escapeSource = (char: string): string => (/[\w/]/.test(char) ? char : `\\${char}`);
