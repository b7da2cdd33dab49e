/**
 * Names of the shell variables, in capitals, that commands read and do not set themselves (`own`: those too). Good enough for
 * commands that set a variable as `NAME=…`, `for NAME in` or `read NAME`; text between single quotes is not the shell's.
 */
export function variablesRead(commands: readonly string[], { own = false } = {}): string[] {
  const text = commands
    .map((command) =>
      command
        .replace(/<<'(\w+)'\n[\s\S]*?\n\1$/gm, '')
        .replace(/\bawk\b[^\n]*'\n[\s\S]*?\n\s*'/g, 'awk')
        .replace(/^\s*#.*$/gm, ''),
    )
    .join('\n')
    .replace(/'[^'\n]*'/g, "''");
  const names = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] as string);
  const read = new Set(names(/\$\{?([A-Z][A-Z0-9_]*)/g));
  const set = new Set([
    ...names(/(?:^|[\s;{(])([A-Z][A-Z0-9_]*)=/gm),
    ...names(/\b(?:for|read)\s+(?:-\w+\s+)*([A-Z][A-Z0-9_]*)\b/g),
  ]);
  return [...read].filter((name) => own || !set.has(name)).sort();
}
