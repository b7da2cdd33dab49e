import type { Drill, DrillResult } from './drill';
import { outcomesOf } from './judge';

/** The results as a table, and what is wrong below it. Colours are put on the status alone. */
export function tableOf(
  results: readonly DrillResult[],
  paint: (status: DrillResult['status'], text: string) => string = (_, text) => text,
): string {
  const rows = [
    ['', 'drill', 'expected', 'got', 'seconds', 'failed requests', ''],
    ...results.map((result) => [
      String(result.drill.number),
      result.drill.name,
      outcomesOf(result.drill.expects).join(' or '),
      result.got ?? '-',
      result.status === 'NOT RUN' ? '-' : result.seconds.toFixed(1),
      result.requests === 0 ? '-' : `${result.failedRequests} of ${result.requests}`,
      result.status,
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row, index) => {
    const cells = row.map((cell, column) =>
      (RIGHT.has(column) ? cell.padStart : cell.padEnd).call(cell, widths[column] ?? 0),
    );
    const status = results[index - 1]?.status;
    return [...cells.slice(0, -1), status ? paint(status, row.at(-1) ?? '') : ''].join('  ').trimEnd();
  });
  const wrong = results.flatMap(({ drill, complaints }) =>
    complaints.map((complaint) => `${drill.number} ${drill.name}: ${complaint}`),
  );
  return [...lines, ...(wrong.length > 0 ? ['', ...wrong] : [])].join('\n');
}

/** Columns of numbers. */
const RIGHT: ReadonlySet<number> = new Set([0, 4, 5]);

/** The drills that there are, each with its family and what goes wrong. */
export function listOf(drills: readonly Drill[]): string {
  const width = Math.max(...drills.map(({ name }) => name.length));
  const families = [...new Set(drills.map(({ family }) => family))];
  return families
    .map((family) => {
      const lines = drills
        .filter((drill) => drill.family === family)
        .map((drill) => {
          const { number, name, summary, expects, onlyEmbedded } = drill;
          const where = onlyEmbedded === undefined ? '' : ' (embedded cluster only)';
          return `  ${String(number).padStart(2)}  ${name.padEnd(width)}  ${summary} → ${outcomesOf(expects).join(' or ')}${where}`;
        });
      return [`${FAMILIES[family]}:`, ...lines].join('\n');
    })
    .join('\n\n');
}

const FAMILIES: Readonly<Record<Drill['family'], string>> = {
  'bad-release': 'The release is bad',
  'not-what-it-seems': 'The change is not what it seems',
  'cluster-in-the-way': 'The cluster is in the way',
  'uncertain-verdict': 'The verdict is uncertain',
};

/** Drills by their names and numbers, in the order of the catalogue; none given: all. The words that name none are the errors. */
export function choose(
  drills: readonly Drill[],
  words: readonly string[],
): { readonly chosen: readonly Drill[]; readonly unknown: readonly string[] } {
  const isNamed = (drill: Drill, word: string) => word === drill.name || word === String(drill.number);
  return {
    chosen: words.length === 0 ? drills : drills.filter((drill) => words.some((word) => isNamed(drill, word))),
    unknown: words.filter((word) => !drills.some((drill) => isNamed(drill, word))),
  };
}

/** For programs: one line a drill. */
export function jsonOf({ drill, ...result }: DrillResult): string {
  const { log: _, ...rest } = result;
  const expected = { outcomes: outcomesOf(drill.expects), serves: drill.expects.serves };
  return JSON.stringify({ number: drill.number, name: drill.name, family: drill.family, expected, ...rest });
}
