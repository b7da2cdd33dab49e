import { linesOf } from '../../../lib/local/output-text';
import { outputReader } from '../../../lib/local/rooms/container-output';

/** What is told, in its order; `bytes` come in chunks of this size. */
function read(text: string, size: number): string[] {
  const seen: string[] = [];
  const reader = outputReader(
    (lines) => seen.push(...linesOf(lines)),
    (word, status) => {
      if (!word.startsWith('word')) return false;
      seen.push(`END ${word} ${status}`);
      return true;
    },
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  reader.end();
  return seen;
}

test.each<[string, string, string[]]>([
  [
    'what comes before the end of a command is told before it',
    'a\nb\n\n\x1eword1 0\nc\n',
    ['a', 'b', 'END word1 0', 'c'],
  ],
  ['the line feed before an end is not the command’s own', 'no newline\n\x1eword1 3\n', ['no newline', 'END word1 3']],
  ['other empty lines are', '\n\na\n\n\n\x1eword1 0\n\nb\n\n', ['', '', 'a', '', 'END word1 0', '', 'b', '']],
  ['several ends in a chunk', '\n\x1eword1 0\nx\n\n\x1eword2 1\n', ['END word1 0', 'x', 'END word2 1']],
  ['an end with another word is a line', 'a\n\n\x1eother 0\nb\n', ['a', '', '\x1eother 0', 'b']],
  ['the sign within a line says nothing', 'a\x1eword1 0\nb\n', ['a\x1eword1 0', 'b']],
])('%s', (_, text, expected) => {
  for (const size of [1, 2, 5, 1_000]) expect(read(text, size)).toEqual(expected);
});
