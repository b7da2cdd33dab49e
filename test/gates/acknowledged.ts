import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { nagFindings, PACKS, type Pack } from './nag';

/** Acknowledged findings by pack. */
export type Numbers = Readonly<Record<Pack, number>>;

export interface Judgement {
  /** Findings that nothing excuses, and acknowledgements that excuse none or more than one, as sentences. */
  readonly wrong: readonly string[];
  readonly numbers: Numbers;
}

interface Acknowledgement {
  readonly id: string;
  readonly construct: string;
  excused: number;
}

/** Runs every pack below a construct that has been synthesized: one acknowledgement, one finding. */
export function judgePacks(scope: IConstruct): Judgement {
  const acknowledgements = acknowledgementsOf(scope);
  const numbers = Object.fromEntries(packs.map((pack) => [pack, 0])) as Record<Pack, number>;
  const wrong: string[] = [];
  for (const { pack, id, construct, message } of nagFindings(scope)) {
    const mine = acknowledgements.filter((one) => one.id === id && isWithin(construct, one.construct));
    const [nearest] = mine.sort((one, other) => other.construct.length - one.construct.length);
    if (nearest === undefined) wrong.push(`${construct}: ${id}: ${message}`);
    else {
      nearest.excused += 1;
      numbers[pack] += 1;
    }
  }
  for (const { id, construct, excused } of acknowledgements) {
    if (excused === 0) wrong.push(`${construct}: nothing finds ${id} there: remove its acknowledgement`);
    if (excused > 1) wrong.push(`${construct}: the acknowledgement of ${id} excuses ${excused} findings: one for each`);
  }
  return { wrong, numbers };
}

const packs = Object.keys(PACKS) as Pack[];

const acknowledgementsOf = (scope: IConstruct): Acknowledgement[] =>
  scope.node.findAll().flatMap((construct) =>
    construct.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.keys(data as Record<string, string>))
      .map((id) => id.replace(/^annotation::/i, ''))
      .filter((id) => packs.some((pack) => id.startsWith(`${pack}-`)))
      .map((id) => ({ id, construct: construct.node.path, excused: 0 })),
  );

const isWithin = (path: string, ancestor: string): boolean => path === ancestor || path.startsWith(`${ancestor}/`);

/** What is to be done where the numbers are not those of the table. */
export const differences = (name: string, numbers: Numbers, table: Readonly<Record<string, number>>): string[] =>
  packs.flatMap((pack) => {
    const [now, then] = [numbers[pack], table[pack] ?? 0];
    if (now > then)
      return [`${name}: ${pack} has ${now} acknowledged findings, the table ${then}: change the template instead`];
    return now < then ? [`${name}: ${pack} has only ${now} acknowledged findings, the table ${then}: lower it`] : [];
  });

/** The rows of the Markdown table of configurations by their first cell, each a number by the name of its column. */
export function readNumbers(markdown: string): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const [head = [], ...rows] = markdown
    .slice(markdown.indexOf('\n| configuration |'))
    .split('\n')
    .filter((line) => /^\|(?![- |]+$)/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return Object.fromEntries(
    rows.map(([name = '', ...cells]) => [
      name,
      Object.fromEntries(cells.map((cell, index) => [head[index + 1] ?? '', Number(cell)])),
    ]),
  );
}
