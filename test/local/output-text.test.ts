import { countLines, lastLines, linesOf, prefixed } from '../../lib/local/output-text';

test.each([
  ['', 1],
  ['a', 1],
  ['\n', 2],
  ['a\n\nb', 3],
])('%j has %i lines, and as many with something in front', (text, count) => {
  expect([countLines(text), linesOf(text).length]).toEqual([count, count]);
  expect(linesOf(prefixed("$& $' ", text))).toEqual(linesOf(text).map((line) => `$& $' ${line}`));
  for (let most = 1; most <= 4; most++) expect(lastLines(text, most)).toEqual(linesOf(text).slice(-most));
});
