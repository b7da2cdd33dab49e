import { err, ok, type Result } from '../../../result';

const TERM = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/y;

/**
 * A filter pattern of plain terms (CloudWatch Logs user guide, FilterAndPatternSyntax): every term must occur, `?term` means one of
 * these, `-term` none; what is not letters, digits and underscores stands in quotation marks. Patterns over JSON and columns, and
 * regular expressions, are refused.
 */
export function parseFilterPattern(pattern: string): Result<(message: string) => boolean, string> {
  const text = pattern.trim();
  if (/^[{[]/.test(text) || text.includes('%'))
    return err(`the filter pattern ${text} is of a kind that is not supported by the local endpoint: give plain terms`);
  const [all, any, none]: [string[], string[], string[]] = [[], [], []];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const match = TERM.exec(text);
    if (!match) return err(`Invalid filter pattern: ${pattern}`);
    const [, sign, quoted, plain] = match;
    if (plain !== undefined && !/^[\p{L}\p{N}_]+$/u.test(plain))
      return err(`Invalid character(s) in term '${plain}': put it in quotation marks`);
    const term = quoted === undefined ? (plain as string) : quoted.replace(/\\(.)/g, '$1');
    (sign === '?' ? any : sign === '-' ? none : all).push(term);
  }
  return ok(
    (message) =>
      all.every((term) => message.includes(term)) &&
      (any.length === 0 || all.length > 0 || any.some((term) => message.includes(term))) &&
      !none.some((term) => message.includes(term)),
  );
}
