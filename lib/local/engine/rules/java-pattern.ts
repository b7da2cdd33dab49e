import { err, ok, type Result } from '../../../result';

const ESCAPES = /^[dDwWtnrfbB]$/;
/** What Java's \s takes; JavaScript's takes more. */
const SPACE = ' \\t\\n\\v\\f\\r';

/**
 * A regular expression of Java's as JavaScript's, which must match the whole text as String.matches does: the rule VariableCheck
 * compares so (CodePipeline, rule-reference-VariableCheck). Errors: syntax that JavaScript has not, or understands otherwise.
 */
export function javaPattern(text: string): Result<RegExp, string> {
  const refused = (what: string) =>
    err(`"${text}" is no regular expression that both Java (on AWS) and JavaScript (here) understand: ${what}`);
  let source = '';
  let inClass = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    const rest = text.slice(at);
    if (char === '\\') {
      const read = readEscape(rest, inClass);
      if (!read.ok) return refused(read.errors.join('; '));
      source += read.value.source;
      at += read.value.length - 1;
    } else if (inClass) {
      if (char === '[') return refused('a class within a class');
      if (rest.startsWith('&&')) return refused('&& within a class');
      inClass = char !== ']';
      source += char;
    } else {
      const group = /^\(\?(?!:|=|!|<[A-Za-z][A-Za-z0-9]*>).{0,2}/.exec(rest);
      if (group) return refused(`the group ${group[0]}…`);
      inClass = char === '[';
      source += char;
      if (rest.startsWith('[^')) source += text[++at];
    }
  }
  try {
    return ok(new RegExp(`^(?:${source})$`, 'u'));
  } catch (cause) {
    return refused((cause as Error).message.replace(/^Invalid regular expression: \/.*\/u?: /s, ''));
  }
}

/** An escape at the beginning of `text`: what it is in JavaScript, and its length in Java. */
function readEscape(text: string, inClass: boolean): Result<{ source: string; length: number }, string> {
  const char = text[1] ?? '';
  const whole = (pattern: RegExp) => {
    const found = pattern.exec(text)?.[0];
    return found === undefined ? undefined : ok({ source: found, length: found.length });
  };
  if (char === 's') return ok({ source: inClass ? SPACE : `[${SPACE}]`, length: 2 });
  if (char === 'S' && !inClass) return ok({ source: `[^${SPACE}]`, length: 2 });
  if (ESCAPES.test(char) && !(inClass && /[bB]/.test(char))) return ok({ source: `\\${char}`, length: 2 });
  const same = whole(/^\\(?:[pP]\{[A-Z][a-z]?\}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|c[A-Z])/);
  if (same) return same;
  // Java takes a backslash before anything but a letter or digit for that character.
  if (char !== '' && char < '\x7f' && !/[A-Za-z0-9]/.test(char))
    return ok({ source: `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`, length: 2 });
  return err(`the escape \\${char}`);
}
