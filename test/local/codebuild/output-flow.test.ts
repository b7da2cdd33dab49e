import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lineSplitter, MAX_LINE } from '../../../lib/local/codebuild/lines';
import { buildLog } from '../../../lib/local/codebuild/log';
import { createMask, type Mask } from '../../../lib/local/codebuild/mask';
import { linesOf } from '../../../lib/local/output-text';
import { random } from '../../config/random';
import { temporaryFolder } from './host';

const folder = temporaryFolder();

/** What comes of bytes that arrive in these chunks: the events' texts, and the log file. */
function flow(chunks: Iterable<Uint8Array>, mask: Mask = (text) => text) {
  const texts: string[] = [];
  const file = join(folder, 'log.txt');
  const log = buildLog(file, mask, (event) => event.kind === 'output' && texts.push(event.text));
  const splitter = lineSplitter((text, more) => log.lines('stdout', text, more));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  log.close();
  return { texts, lines: texts.flatMap(linesOf), file: readFileSync(file, 'utf8') };
}

function* cut(bytes: Buffer, next: () => number, largest: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + Math.floor(next() * largest);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** Line by line, from the whole. */
function expected(bytes: Buffer, mask: Mask = (text) => text): string[] {
  const lines = bytes.toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => {
    const ended = line.endsWith('\r') ? line.slice(0, -1) : line;
    return mask(ended.slice(ended.lastIndexOf('\r') + 1));
  });
}

test('the lines that a chunk completes are one event, and a line alone is one', () => {
  const chunks = ['one\ntwo\n\nthr', 'ee\n', 'four\r\nfive\n', 'six'].map((text) => Buffer.from(text));
  expect(flow(chunks).texts).toEqual(['one\ntwo\n', 'three', 'four\nfive', 'six']);
});

const WORDS = ['', 'a', 'warning: x', 'ünï', '😀', '\r', '10%\r20%', 'x\r', '\x1b[31mred', '"\\', '\ufeff', '\u2028'];
const BROKEN = [[0xff], [0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0x80]];

test('lines are the same however their bytes come in: CRLF, empty ones, characters cut in two, bytes that are no UTF-8', () => {
  const next = random(11);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  for (let round = 0; round < 400; round++) {
    const parts = Array.from({ length: 40 }, () => [
      Buffer.from(pick(WORDS)),
      Buffer.from(next() < 0.1 ? pick(BROKEN) : []),
      Buffer.from(next() < 0.6 ? pick(['\n', '\r\n', '\n\n']) : ''),
    ]).flat();
    const bytes = Buffer.concat(parts);
    const { lines, file } = flow(cut(bytes, next, pick([1, 3, 20, 500])));
    expect(lines).toEqual(expected(bytes));
    expect(file).toBe(lines.map((line) => `${line}\n`).join(''));
  }
});

test('nothing is held in memory while lines come: all but 64 KB of the log is written when they are taken', () => {
  const file = join(folder, 'held.txt');
  const log = buildLog(
    file,
    (text) => text,
    () => {},
  );
  const splitter = lineSplitter((text, more) => log.lines('stdout', text, more));
  const chunk = Buffer.from('a line of output\n'.repeat(500));
  for (let count = 1; count <= 200; count++) {
    splitter.push(chunk);
    expect(count * chunk.length - statSync(file).size).toBeLessThan(64 * 1024);
  }
  log.close();
});

test('a very long line keeps its place among short ones, and nothing of it is lost', () => {
  const long = 'ä'.repeat(3 * MAX_LINE + 5);
  for (const largest of [70, 5_000, 200_000]) {
    const { lines } = flow(cut(Buffer.from(`a\n\n${long}\n\nb\nc`), () => 0.999_99, largest));
    expect([lines.slice(0, 2), lines.slice(-3)]).toEqual([
      ['a', ''],
      ['', 'b', 'c'],
    ]);
    expect(lines.slice(2, -3).join('') === long).toBe(true);
    expect(Math.max(...lines.map(({ length }) => length))).toBe(MAX_LINE);
  }
});

test('a line of 10 MB comes in pieces and costs no more than its length', () => {
  const bytes = Buffer.alloc(10 * 1024 * 1024, 'abcdefghij');
  const { lines, texts } = flow(cut(Buffer.concat([bytes, Buffer.from('\nend\n')]), () => 0.999_99, 65_536));
  expect(lines.at(-1)).toBe('end');
  expect(lines.slice(0, -1).join('') === bytes.toString()).toBe(true);
  expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(MAX_LINE + 'end\n'.length);
});

test('secrets are masked in every line, however lines and chunks are cut; those of a secret of several lines each', () => {
  const key = '-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\nab\nlast+line/of=it';
  const password = 'p/s+s w&rd';
  const mask = createMask([key, password]);
  const next = random(5);
  const pick = (from: readonly string[]): string => from[Math.floor(next() * from.length)] as string;
  const words = [
    key,
    password,
    encodeURIComponent(password),
    Buffer.from(password).toString('base64'),
    Buffer.from(password).toString('hex'),
    'nothing',
    'p/s+s',
    '\n',
    '\n',
    ' ',
    'MIIEpAIBAAK\nCAQEA',
    'x'.repeat(MAX_LINE - 5),
  ];
  for (let round = 0; round < 300; round++) {
    const bytes = Buffer.from(Array.from({ length: 12 }, () => pick(words)).join(''));
    const { lines, file } = flow(cut(bytes, next, Math.ceil(next() * 4_000)), mask);
    // A long line is cut into pieces at places that depend on the chunks.
    const whole = (each: readonly string[]): string => each.join('\n').replaceAll('\n', '');
    expect(whole(lines)).toBe(whole(expected(bytes, mask)));
    if (!words.slice(-1).some((word) => bytes.includes(word))) expect(lines).toEqual(expected(bytes, mask));
    expect(file).toBe(lines.map((line) => `${line}\n`).join(''));
  }
});

test('standard output and standard error keep the order in which they came, also where a long line of one goes on', () => {
  const seen: string[] = [];
  const mask = createMask(['a secret word']);
  const log = buildLog(join(folder, 'two.txt'), mask, (event) => {
    if (event.kind === 'output') seen.push(`${event.stream} ${event.text}`);
  });
  log.lines('stdout', 'one\ntwo');
  log.lines('stderr', `${'x'.repeat(20)}a secr`, true);
  log.lines('stdout', 'three');
  log.lines('stderr', 'et word\nfour');
  log.note('five\nsix');
  log.close();
  expect(seen).toEqual([
    'stdout one\ntwo',
    'stdout three',
    `stderr ${'x'.repeat(20)}***\nfour`,
    'stdout [slipway] five\n[slipway] six',
  ]);
});
