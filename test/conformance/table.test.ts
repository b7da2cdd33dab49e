import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Syntax, titlesOf, walk } from '../titles';
import { SOURCES, type TestPlace } from './row';
import { SECTIONS } from './rows';

/** Words of a test that asserts on a text. */
const ASSERTS = /^(toThrow|toMatch|toContain|stringMatching|stringContaining|testMutants)$/;

/** Whether it asserts on the text of an error. */
function assertsOnText(node: Syntax): boolean {
  let found = false;
  walk(node, (inner) => {
    if (inner.type === 'RegExpLiteral') found = true;
    if (inner.type === 'Identifier' && ASSERTS.test(String(inner['value']))) found = true;
  });
  return found;
}

const read = new Map<string, ReturnType<typeof titlesOf>>();

/** What is wrong with a test that a row names; undefined: it is there. */
function faultOf({ file, title }: TestPlace, refuses: boolean): string | undefined {
  if (!read.has(file)) {
    let text: string;
    try {
      text = readFileSync(join(__dirname, '..', file), 'utf8');
    } catch {
      return `there is no file test/${file}`;
    }
    read.set(file, titlesOf(text));
  }
  const { titles, mutants } = read.get(file) as ReturnType<typeof titlesOf>;
  const found = titles.get(title);
  if (found === undefined) return `test/${file} has no test "${title}"`;
  if (refuses && !mutants && !found.some(assertsOnText))
    return `test/${file}: "${title}" asserts on no text of an error`;
  return undefined;
}

const rows = SECTIONS.flatMap((section) => section.rows);

describe('the conformance table', () => {
  test('names tests that there are; for what is enforced or rejected, tests that assert on the error', () => {
    const faults = rows.flatMap(({ id, status }) => {
      const place = 'test' in status ? status.test : undefined;
      const fault =
        place && faultOf(place, status.kind === 'rejected' || ('enforced' in status && status.enforced === true));
      return fault === undefined ? [] : [`${id}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });

  test('has each statement once, under an id of its own, with a source that is known', () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(new Set(rows.map(({ id, statement }) => `${id.split('/')[0]} ${statement}`)).size).toBe(rows.length);
    const sources = rows.flatMap((row) => row.sources.map((source) => source.split(':')[0] ?? ''));
    expect([...new Set(sources)].filter((source) => !Object.hasOwn(SOURCES, source))).toEqual([]);
    expect(rows.filter((row) => row.sources.length === 0)).toEqual([]);
  });

  test('tells why where something differs or does not apply', () => {
    const mute = rows.filter(({ status }) => 'because' in status && status.because.length < 10);
    expect(mute).toEqual([]);
  });

  test('would not take a test that is not there, is skipped, or asserts on no text', () => {
    const own = 'conformance/table.test.ts';
    expect(faultOf({ file: 'nowhere.test.ts', title: 'x' }, false)).toContain('no file');
    expect(faultOf({ file: own, title: `not ${'there'}` }, false)).toContain('no test');
    const { titles } = titlesOf(
      "test.skip('a', () => {}); test('b', () => { expect(1).toBe(1); }); it.each([['c', /x/]])('d')",
    );
    expect([...titles.keys()].sort()).toEqual(['b', 'c', 'd']);
    expect([titles.get('b'), titles.get('c')].map((nodes) => nodes?.some(assertsOnText))).toEqual([false, true]);
  });
});
