/** Lines of output as one text: newlines between them, none at the end. */

/** The same lines, each with this in front. */
export const prefixed = (prefix: string, text: string): string =>
  // A dollar sign means something in a replacement.
  text.includes('\n') ? prefix + text.replaceAll('\n', `\n${prefix.replaceAll('$', '$$$$')}`) : prefix + text;

export const linesOf = (text: string): string[] => text.split('\n');

export function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** The last lines, at most `most`, and at least one. They hold on to nothing of the text, which may be long. */
export function lastLines(text: string, most: number): string[] {
  let start = text.length;
  for (let left = most; left > 0 && start >= 0; left--) start = start === 0 ? -1 : text.lastIndexOf('\n', start - 1);
  if (start < 0) return linesOf(text);
  return linesOf(Buffer.from(text.slice(start + 1)).toString());
}
