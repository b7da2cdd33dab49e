import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineSplitter, MAX_LINE } from '../../../lib/local/codebuild/lines';
import { buildLog } from '../../../lib/local/codebuild/log';
import { createMask } from '../../../lib/local/codebuild/mask';
import type { ActionReport } from '../../../lib/local/executor';
import { linesOf } from '../../../lib/local/output-text';
import { random } from '../../config/random';
import { temporaryFolder } from './host';

const secret = `p/s+s w&rd-"ü"-'7'$`;
const folder = temporaryFolder();
const mask = createMask([secret]);
const bytes = Buffer.from(secret);

test.each<[string, string]>([
  ['as it is', secret],
  ['URL-encoded', encodeURIComponent(secret)],
  ['URL-encoded, strictly', encodeURIComponent(secret).replaceAll("'", '%27')],
  ['URL-encoded, as a form', encodeURIComponent(secret).replaceAll('%20', '+')],
  ['URL-encoded, in lower case', encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
  ['in hex', bytes.toString('hex')],
  ['in hex, in upper case', bytes.toString('hex').toUpperCase()],
  ['escaped as in JSON', JSON.stringify(secret).slice(1, -1)],
  ['escaped as in JSON, in ASCII', JSON.stringify(secret).slice(1, -1).replace('ü', '\\u00fc').replace('ü', '\\u00fc')],
  ['quoted for a shell', secret.replaceAll("'", "'\\''")],
  ['quoted by export -p of bash', secret.replace(/[\\"$`]/g, '\\$&')],
  ['escaped as in XML', secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
  ['in base64', bytes.toString('base64')],
  ['in base64url', bytes.toString('base64url')],
])('a secret is masked %s', (_, form) => {
  expect(mask(`before ${form} after`)).toMatch(/^before \S*\*\*\*\S{0,4} after$/);
});

test.each([0, 1, 2, 3, 4])('a secret in base64 is masked after %i bytes of something else', (shift) => {
  for (const tail of ['', 'x', 'xy', '\n']) {
    const text = Buffer.concat([Buffer.alloc(shift, 'a'), bytes, Buffer.from(tail)]).toString('base64');
    expect(mask(text)).toContain('***');
    // What is left gives away nothing but what stands around it, and the bits at its borders.
    expect(mask(text).replace('***', '').length).toBeLessThanOrEqual(Math.ceil(((shift + tail.length) * 4) / 3) + 6);
  }
});

test('every line of a secret of several lines is masked, and every text of one that is JSON', () => {
  const lines = createMask(['-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\r\nshortone']);
  expect(lines('x MIIEpAIBAAKCAQEA y')).toBe('x *** y');
  expect(lines('shortone')).toBe('***');
  const json = createMask([
    JSON.stringify({ user: 'visits-app', nested: [{ password: 'inner-secret', port: 54321 }] }),
  ]);
  expect(json('visits-app inner-secret 54321')).toBe('*** *** ***');
});

test('a value of less than four characters is left: it would eat ordinary text', () => {
  expect(createMask(['', 'abc'])('abc')).toBe('abc');
  expect(createMask(['abcd'])('abcd')).toBe('***');
});

test('half a surrogate pair is a secret like any other', () => {
  expect(createMask(['\ud800abcdef'])('x\ud800abcdef')).toBe('x***');
});

test('a secret is masked wherever a very long line is cut, and however its bytes come in', () => {
  const next = random(7);
  for (let round = 0; round < 60; round++) {
    const place = MAX_LINE - 40 + Math.floor(next() * 60);
    const text = `${'a'.repeat(place)}${secret}${'b'.repeat(Math.floor(next() * MAX_LINE))}`;
    const events: ActionReport[] = [];
    const file = join(folder, `${round}.txt`);
    const log = buildLog(file, mask, (event) => events.push(event));
    const splitter = lineSplitter((text, more) => log.lines('stdout', text, more));
    const all = Buffer.from(`${text}\nnext\n`);
    for (let at = 0; at < all.length; ) {
      const size = 1 + Math.floor(next() * 9_000);
      splitter.push(all.subarray(at, at + size));
      at += size;
    }
    splitter.end();
    log.close();
    const lines = events.flatMap((event) => (event.kind === 'output' ? linesOf(event.text) : []));
    expect(lines.at(-1)).toBe('next');
    expect(lines.slice(0, -1).join('')).toBe(text.replace(secret, '***'));
    expect(readFileSync(file, 'utf8')).toBe(`${lines.join('\n')}\n`);
  }
});

test('a line that is exactly as long as a piece ends there', () => {
  const events: ActionReport[] = [];
  const log = buildLog(join(folder, 'log'), mask, (event) => events.push(event));
  const splitter = lineSplitter((text, more) => log.lines('stdout', text, more));
  splitter.push(Buffer.from(`${'a'.repeat(MAX_LINE)}\nb\n`));
  splitter.end();
  log.close();
  const lines = events.flatMap((event) => (event.kind === 'output' ? linesOf(event.text) : []));
  expect(lines.map(({ length }) => length)).toEqual([MAX_LINE, 1]);
});
