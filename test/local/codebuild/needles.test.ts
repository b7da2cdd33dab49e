import { mayHold } from '../../../lib/local/codebuild/needles';
import { random } from '../../config/random';

test('a word is found wherever it stands, and nothing else is', () => {
  const next = random(3);
  const letters = 'abcÄ\u4e61😀';
  const pick = (length: number): string =>
    Array.from({ length }, () => letters[Math.floor(next() * letters.length)]).join('');
  let found = 0;
  for (let round = 0; round < 3_000; round++) {
    const words = Array.from({ length: 1 + Math.floor(next() * 4) }, () => pick(8 + Math.floor(next() * 6)));
    const cut = words.map((word) => word.slice(0, 7));
    const parts = [
      pick(Math.floor(next() * 30)),
      next() < 0.5 ? (words.at(-1) as string) : (cut[0] as string),
      pick(3),
    ];
    const text = parts.join('');
    const expected = words.some((word) => text.includes(word));
    expect(mayHold(words)(text)).toBe(expected);
    if (expected) found++;
  }
  expect(found).toBeGreaterThan(1_000);
  expect(found).toBeLessThan(2_000);
});

test('words of very different lengths, one in the other, at both ends of a text', () => {
  const holds = mayHold(['x'.repeat(400), 'abcdefgh', 'zabcdefghz']);
  for (const text of ['abcdefgh', '-abcdefgh', 'abcdefgh-', 'x'.repeat(400), `a${'x'.repeat(401)}`])
    expect([text, holds(text)]).toEqual([text, true]);
  for (const text of ['', 'a', 'abcdefg', 'bcdefgh', 'x'.repeat(399)])
    expect([text, holds(text)]).toEqual([text, false]);
});

test('of short words nothing is known', () => {
  expect(mayHold(['abcdefg', 'a longer one'])('nothing')).toBe(true);
});
