import { lineSplitter, MAX_LINE } from '../../../lib/local/codebuild/lines';
import { linesOf } from '../../../lib/local/output-text';
import { testHost } from './host';

const split = (...chunks: (string | Uint8Array)[]): string[] => {
  const lines: string[] = [];
  const splitter = lineSplitter((text) => lines.push(...linesOf(text)));
  for (const chunk of chunks) splitter.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  splitter.end();
  return lines;
};

test.each<[string, (string | Uint8Array)[], string[]]>([
  ['a line cut in two', ['on', 'e\ntwo\n'], ['one', 'two']],
  ['no newline at the end', ['one\ntwo'], ['one', 'two']],
  ['empty lines', ['\n\na\n'], ['', '', 'a']],
  ['CRLF, cut between', ['one\r', '\ntwo\r\n'], ['one', 'two']],
  ['a progress bar shows its last state', ['10%\r50%\r', '100%\ndone\n'], ['100%', 'done']],
  ['a character cut in two', [Buffer.from('ä').subarray(0, 1), Buffer.from('ä\n').subarray(1)], ['ä']],
  ['invalid UTF-8', [Buffer.from([0x61, 0xff, 0x62, 0x0a])], ['a\ufffdb']],
  ['a character that never ends', [Buffer.from([0x61, 0xc3])], ['a\ufffd']],
])('%s', (_, chunks, expected) => {
  expect(split(...chunks)).toEqual(expected);
});

test('a very long line comes in pieces, and none of it is lost', () => {
  const long = `x${'😀'.repeat(MAX_LINE)}`;
  const pieces = split(long.slice(0, 1001), `${long.slice(1001)}\nend\n`);
  expect(pieces.at(-1)).toBe('end');
  expect(pieces.slice(0, -1).join('') === long).toBe(true);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(MAX_LINE);
  expect(pieces.some((piece) => /[\ud800-\udbff]$/.test(piece))).toBe(false);
});

test('a progress bar without end does not fill the memory', () => {
  const lines = split(...Array.from({ length: 2_000 }, (_, index) => `${index} ${'='.repeat(50)}\r`), 'done\n');
  expect(lines).toEqual(['done']);
});

test('all output of a command that prints much arrives before the next command', async () => {
  const { lines } = await host.run({
    buildspec: 'version: 0.2\nphases:\n  build:\n    commands:\n      - sleep 60 & seq 1 20000\n      - echo end\n',
  });
  expect(lines).toHaveLength(20_001);
  expect([lines[19_999], lines[20_000]]).toEqual(['20000', 'end']);
});

const host = testHost();
