/**
 * Whether a name matches a glob as CodePipeline's filters have it (CodePipeline user guide, syntax-glob; the syntax is Java's
 * PathMatcher): `*` within a part of a path, `**` across, `?`, `[abc]`, `[!a-c]`, `{one,two}`, `\` before what is meant as it is.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  return compile(pattern).test(name);
}

function compile(pattern: string): RegExp {
  let source = '';
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    const set = char === '[' ? /^\[(!?)((?:\\.|[^\]\\])+)\]/s.exec(pattern.slice(at)) : null;
    if (char === '\\' && at + 1 < pattern.length) source += quote(pattern.charAt(++at));
    else if (pattern.startsWith('**', at)) {
      source += '.*';
      at++;
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (set) {
      source += `(?!/)[${set[1] ? '^' : ''}${(set[2] ?? '').replace(/[\\[\]^&]/g, '\\$&')}]`;
      at += set[0].length - 1;
    } else if (char === '{' && pattern.indexOf('}', at) > 0) {
      source += '(?:';
      depth++;
    } else if (char === '}' && depth > 0) {
      source += ')';
      depth--;
    } else if (char === ',' && depth > 0) source += '|';
    else source += quote(char);
  }
  try {
    return new RegExp(`^${source}${')'.repeat(depth)}$`, 's');
  } catch {
    // A set whose range runs backwards matches nothing.
    return /(?!)/;
  }
}

const quote = (char: string): string => char.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
