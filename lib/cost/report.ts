import type { Advice } from './advice';
import { ASSUMPTIONS, type AssumptionName } from './assumptions';
import { type CostLine, type Estate, sum } from './estate';
import type { Estimate } from './estimate';

const WIDTH = 80;
const RUNS = 1000;

/** The estimate as text, no line longer than 80 characters. `region`: where the stacks go. */
export function costReport(estate: Estate, estimated: Estimate, advice: readonly Advice[], region: string): string {
  const { prices } = estate;
  const sections = [
    [
      `List prices of ${prices.region} on ${prices.date}, US dollars, without tax and free tiers.`,
      ...(region === prices.region ? [] : [`The stacks go to ${region}: prices differ there, most are higher.`]),
    ],
    idleTable(estate, estimated),
    ...runTables(estate, estimated),
    adviceTable(advice),
    notes(estate, estimated),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function idleTable(estate: Estate, { idle }: Estimate): string[] {
  const environments = estate.environments.map(({ name }) => name);
  const total = (environment?: string) => money(sum(idle.filter((line) => line.environment === environment)));
  return [
    row(`A month idle (${estate.prices.hoursPerMonth} h)`, 'count', 'USD'),
    ...grouped(estate, idle).map(({ what, count, usd }) => row(`  ${what}`, String(count), money(usd))),
    row('  total', '', money(sum(idle))),
    row('    shared', '', total()),
    ...environments.map((name) => row(`    ${name}`, '', total(name))),
  ];
}

function runTables(estate: Estate, { runs }: Estimate): string[][] {
  return runs.map(({ pipeline, kind, skipped, lines, minutes, builds, measured }) => [
    row(
      title(kind, pipeline, skipped),
      `a ${kind === 'pipeline' ? 'run' : 'build'}`,
      `1,000 ${kind === 'pipeline' ? 'runs' : 'builds'}`,
    ),
    ...grouped(estate, lines).map(({ what, usd }) => row(`  ${what}`, money(usd, 4), money(usd * RUNS))),
    row('  total', money(sum(lines), 4), money(sum(lines) * RUNS)),
    ...wrap(
      `${minutes} action minutes; ${builds} builds, ${measured} as long as on this machine, the others assumed`,
      '  ',
    ),
  ]);
}

const title = (kind: 'pipeline' | 'build', name: string, skipped: readonly string[]): string =>
  kind === 'build'
    ? `A build of ${name}, which no pipeline starts`
    : `A run of ${name}${skipped.length > 0 ? `, ${skipped.join(', ')} skipped` : ''}`;

function adviceTable(advice: readonly Advice[]): string[] {
  return [
    row('What would make it cheaper, each alone', 'a month', '1,000 runs'),
    ...advice.flatMap(({ what, but, month, thousandRuns }) => [
      row(`  ${what}`, month === 0 ? '-' : money(month), thousandRuns === 0 ? '-' : money(thousandRuns)),
      ...wrap(`but: ${but}`, '    '),
    ]),
  ];
}

function notes({ assumptions, prices }: Estate, { idle, runs, unpriced }: Estimate): string[] {
  const lines = [...idle, ...runs.flatMap((run) => run.lines)];
  const used = new Set(lines.flatMap(({ assumed }) => assumed));
  const uncertain = new Set(lines.map(({ price }) => price).filter((price) => prices.prices[price].uncertain));
  return [
    '* rests on an assumption; change it with --assume name=value:',
    ...(Object.keys(ASSUMPTIONS) as AssumptionName[])
      .filter((name) => used.has(name))
      .flatMap((name) => wrap(`${name}=${assumptions[name]}: ${ASSUMPTIONS[name].means}`, '  ')),
    ...(uncertain.size > 0 ? ['? the price is not from a page or price list of AWS:'] : []),
    ...[...uncertain].map((price) => `  ${price}: $${prices.prices[price].usd} per ${prices.prices[price].per}`),
    ...(unpriced.length > 0 ? ['In no sum, since the table has no price for it:'] : []),
    ...unpriced.map((what) => `  ${what}`),
  ];
}

interface Group {
  readonly what: string;
  readonly count: number;
  readonly usd: number;
}

/** Lines of the same thing as one, in the order of their cost; marked where a part of it is assumed or uncertain. */
function grouped({ prices }: Estate, lines: readonly CostLine[]): Group[] {
  const groups = new Map<string, CostLine[]>();
  for (const line of lines) groups.set(line.what, [...(groups.get(line.what) ?? []), line]);
  return [...groups]
    .map(([what, each]) => {
      const assumed = each.some((line) => line.assumed.length > 0) ? ' *' : '';
      const uncertain = each.some(({ price }) => prices.prices[price].uncertain) ? ' ?' : '';
      return {
        what: `${what}${assumed}${uncertain}`,
        count: each.reduce((total, { count }) => total + count, 0),
        usd: sum(each),
      };
    })
    .sort((a, b) => b.usd - a.usd);
}

const money = (usd: number, digits = 2): string =>
  usd.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Three columns: 54, 12 and 12 wide. */
const row = (what: string, middle: string, last: string): string =>
  `${what.length > 54 ? `${what.slice(0, 53)}…` : what.padEnd(54)} ${middle.padStart(12)} ${last.padStart(12)}`.trimEnd();

function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  let current = indent;
  for (const word of text.split(' ')) {
    if (current.trim() !== '' && current.length + 1 + word.length > WIDTH) {
      lines.push(current);
      current = `${indent}  `;
    }
    current += current.trim() === '' ? word : ` ${word}`;
  }
  return [...lines, current];
}
