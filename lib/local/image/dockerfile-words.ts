import type { Instruction } from 'dockerfile-ast';
import { err, ok, type Result } from '../../result';

/** Line of an instruction, from 1. */
export const lineOf = (instruction: Instruction): number => instruction.getRange().start.line + 1;

/** What follows the keyword, on one line. */
export const argumentsOf = (instruction: Instruction, escapeChar: string): string =>
  joinLines(instruction.getRawArgumentsContent() ?? '', escapeChar);

/** An instruction's arguments on one line: continuations joined, comment lines between them dropped. */
function joinLines(raw: string, escapeChar: string): string {
  return raw
    .split(/\r?\n/)
    .filter((line, index) => index === 0 || !/^\s*(#|$)/.test(line))
    .map((line) => (line.trimEnd().endsWith(escapeChar) ? line.trimEnd().slice(0, -escapeChar.length) : line))
    .join('')
    .trim();
}

/** Splits at white space outside quotes; quotes and escapes stay in the words, for `expand`. */
export function splitWords(text: string, escapeChar: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === escapeChar && quote !== "'" && at + 1 < text.length) word += char + text[++at];
    else if (quote === '' && /\s/.test(char)) {
      if (word) words.push(word);
      word = '';
    } else {
      if (char === quote) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      word += char;
    }
  }
  if (word) words.push(word);
  return words;
}

/** The exec form `["a", "b"]`; undefined where the text is not one, an error where it only looks like one. */
export function execForm(text: string): Result<string[], string> | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const parsed = JSON.parse(text) as unknown;
    if (Array.isArray(parsed) && parsed.every((each) => typeof each === 'string')) return ok(parsed);
  } catch {
    // told below
  }
  return err(`expected the exec form, a JSON array of strings in double quotes, found ${text}`);
}

/**
 * Takes quotes off and puts values in, as the Dockerfile reference ("Environment replacement") says: `$name`, `${name}`,
 * and the modifiers `:-`, `-`, `:+`, `+`, `:?` and `?`. `undefinedNames` collects what had no value and became nothing.
 */
export function expand(
  word: string,
  variables: ReadonlyMap<string, string>,
  escapeChar: string,
  undefinedNames: Set<string> = new Set(),
): Result<string, string> {
  const errors: string[] = [];
  let out = '';
  let quote = '';
  let at = 0;
  while (at < word.length) {
    const char = word[at] as string;
    if (quote === "'") {
      if (char === "'") quote = '';
      else out += char;
      at++;
    } else if (char === escapeChar && at + 1 < word.length) {
      const next = word[at + 1] as string;
      out += quote === '"' && !['"', '$', escapeChar].includes(next) ? char + next : next;
      at += 2;
    } else if (char === quote || (quote === '' && (char === '"' || char === "'"))) {
      quote = quote === '' ? char : '';
      at++;
    } else if (char === '$') {
      const end = referenceEnd(word, at);
      const value = reference(word.slice(at, end), variables, escapeChar, undefinedNames);
      if (value.ok) out += value.value;
      else errors.push(...value.errors);
      at = end;
    } else {
      out += char;
      at++;
    }
  }
  if (quote) errors.push(`the quote ${quote} is not closed in ${word}`);
  return errors.length > 0 ? err(...errors) : ok(out);
}

/** Index behind the reference that begins with the `$` at `start`. */
function referenceEnd(word: string, start: number): number {
  if (word[start + 1] !== '{') return start + 1 + (/^\w+/.exec(word.slice(start + 1))?.[0].length ?? 0);
  let depth = 0;
  for (let at = start + 1; at < word.length; at++) {
    if (word[at] === '{') depth++;
    if (word[at] === '}' && --depth === 0) return at + 1;
  }
  return word.length;
}

function reference(
  text: string,
  variables: ReadonlyMap<string, string>,
  escapeChar: string,
  undefinedNames: Set<string>,
): Result<string, string> {
  if (text === '$') return ok('$');
  const plain = /^\$(\w+)$/.exec(text)?.[1] ?? /^\$\{(\w+)\}$/.exec(text)?.[1];
  if (plain !== undefined) {
    if (!variables.has(plain)) undefinedNames.add(plain);
    return ok(variables.get(plain) ?? '');
  }
  const parts = /^\$\{(\w+)(:?)([-+?])(.*)\}$/s.exec(text);
  if (!parts) return err(`${text} is not supported: expected \${name} with at most one of :- - :+ + :? ?`);
  const [, name = '', colon, operator, rest = ''] = parts;
  const value = variables.get(name);
  const isSet = value !== undefined && (colon === '' || value !== '');
  if (operator === '-') return isSet ? ok(value) : expand(rest, variables, escapeChar, undefinedNames);
  if (operator === '+') return isSet ? expand(rest, variables, escapeChar, undefinedNames) : ok('');
  return isSet ? ok(value) : err(`${name} is not set: ${rest || 'the Dockerfile requires a value'}`);
}
