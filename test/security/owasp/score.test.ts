import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../cloud/fixtures';
import { titlesOf } from '../../titles';
import { ROWS } from './all-rows';
import { type Proof, type Row, titleOf } from './mutants';
import { inWords, isEnough, scoreOf } from './score';

/** Why a proof is none; undefined: the test is there. */
function faultOf({ file, title }: Proof): string | undefined {
  let text: string;
  try {
    text = readFileSync(join(projectRoot, file), 'utf8');
  } catch {
    return `there is no ${file}`;
  }
  return titlesOf(text).titles.has(title) ? undefined : `${file} has no test "${title}"`;
}

const rowOf = (caught: number, survivors: number): Row =>
  ({
    number: 1,
    risk: 'made up',
    suites: [
      {
        mutants: [
          ...Array.from({ length: caught }, () => ({})),
          ...Array.from({ length: survivors }, () => ({ survives: 'a reason' })),
        ],
      },
    ],
  }) as unknown as Row;

it('at least 95 % of the mutants are found', () => {
  const lines = ROWS.map((row) => `${inWords(scoreOf([row])).padEnd(22)} ${titleOf(row)}`);
  process.stdout.write(`${[...lines, `${inWords(scoreOf(ROWS)).padEnd(22)} all`].join('\n')}\n`);
  expect(isEnough(scoreOf(ROWS))).toBe(true);
});

it.each([
  [95, 5, true],
  [94, 6, false],
  [0, 0, false],
])('of %i found and %i that survive: %s', (caught, survivors, enough) => {
  expect(isEnough(scoreOf([rowOf(caught, survivors)]))).toBe(enough);
});

it('every row of the folder counts, each with a test file of its own that runs it', () => {
  const names = (folder: string, ending: string): string[] =>
    readdirSync(join(__dirname, folder))
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length));
  const rows = names('rows', '.ts');
  expect(ROWS).toHaveLength(rows.length);
  expect(names('.', '.test.ts').filter((name) => name !== 'score')).toEqual(rows);
  for (const name of rows) {
    const text = readFileSync(join(__dirname, `${name}.test.ts`), 'utf8');
    expect([name, text]).toEqual([name, expect.stringContaining(`from './rows/${name}'`)]);
    expect([name, text]).toEqual([name, expect.stringMatching(/^checkRow\(\w+/m)]);
  }
});

it('every test that a row names as its proof is there', () => {
  expect(ROWS.flatMap(({ proofs = [] }) => proofs.map(faultOf)).filter((fault) => fault !== undefined)).toEqual([]);
});

it('a proof that is not there would be told', () => {
  const own = 'test/security/owasp/score.test.ts';
  expect(faultOf({ file: 'test/nowhere.test.ts', title: 'x' })).toContain('there is no');
  expect(faultOf({ file: own, title: `not ${'there'}` })).toContain('has no test');
  expect(faultOf({ file: own, title: 'at least 95 % of the mutants are found' })).toBeUndefined();
});

it('what survives says why, and each row what it holds', () => {
  for (const row of ROWS) {
    const survivors = row.suites.flatMap(({ mutants }) => mutants.flatMap(({ survives }) => survives ?? []));
    for (const text of [...survivors, ...row.controls])
      expect([titleOf(row), text]).toEqual([titleOf(row), expect.stringMatching(/^.{30,}$/)]);
    expect(row.controls).not.toEqual([]);
  }
});
