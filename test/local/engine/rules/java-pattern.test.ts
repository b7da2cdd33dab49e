import { expect, test } from '@jest/globals';
import { javaPattern } from '../../../../lib/local/engine/rules/java-pattern';

test.each([
  ['v\\d+\\.\\d+', 'v1.20', 'xv1.20'],
  ['v\\d+', 'v1', 'v1x'],
  ['a|b', 'b', 'ab'],
  ['(?<major>\\d)\\.x', '1.x', '1-x'],
  ['release\\-\\d{4}', 'release-2026', 'release2026'],
  ['\\@\\#\\"', '@#"', '@#'],
  ['[a-z_]+', 'a_b', 'a-b'],
  ['[^\\s]+', 'ab', 'a b'],
  ['\\S+', 'ab', 'a\tb'],
  ['\\s', ' ', '\u00a0'],
  ['[\\s]', '\n', '\ufeff'],
  ['\\p{Lu}\\p{L}+', 'Äb', 'äb'],
  ['.', '😀', 'ab'],
  ['(?!main).*', 'develop', 'main'],
  ['[^]a]', 'b', ']'],
])('%s takes %j and not %j', (pattern, taken, other) => {
  const read = javaPattern(pattern);
  if (pattern === '[^]a]') return expect(read.ok).toBe(false);
  if (!read.ok) throw new Error(read.errors.join('; '));
  expect([read.value.test(taken), read.value.test(other)]).toEqual([true, false]);
});

test.each([
  ['(?>a)', 'atomic groups'],
  ['(?i)a', 'flags'],
  ['(?i:a)', 'flags of a group'],
  ['(?<=a)b', 'what stands before'],
  ['(?<a_b>c)', 'a name with _'],
  ['a++', 'possessive quantifiers'],
  ['[a-z&&[^b]]', 'intersections'],
  ['[a[b]]', 'classes in classes'],
  ['\\Qa.b\\E', 'quotes'],
  ['\\Aa\\z', 'anchors'],
  ['\\h', 'horizontal space'],
  ['\\v', 'vertical space'],
  ['(a)\\1', 'back references'],
  ['\\p{Alpha}', 'classes of POSIX'],
  ['\\p{Script=Greek}', 'scripts, as JavaScript names them'],
  ['\\u{1F600}', 'code points, as JavaScript writes them'],
  ['[\\b]', 'a backspace'],
  ['[\\S]', 'a class that is turned round within another'],
  ['(', 'an open group'],
  ['a\\', 'an open escape'],
])('%s is an error: %s', (pattern) => {
  const read = javaPattern(pattern);
  expect(read.ok ? [] : read.errors).toEqual([
    expect.stringContaining('no regular expression that both Java (on AWS) and JavaScript (here) understand'),
  ]);
});
