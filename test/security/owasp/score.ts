import type { Row } from './mutants';

/** How many of the mutants the checks find. */
export interface Score {
  readonly caught: number;
  readonly total: number;
}

/** Below this part of all mutants the checks are not good enough. */
export const LEAST = 0.95;

/** Of what the rows say; that it is so is what each row's own tests hold. */
export function scoreOf(rows: readonly Row[]): Score {
  const mutants = rows.flatMap(({ suites }) => suites.flatMap((suite) => suite.mutants));
  return { caught: mutants.filter(({ survives }) => survives === undefined).length, total: mutants.length };
}

export const isEnough = ({ caught, total }: Score): boolean => total > 0 && caught / total >= LEAST;

/** `57 of 60 (95.0 %)` */
export const inWords = ({ caught, total }: Score): string =>
  `${caught} of ${total} (${((100 * caught) / total).toFixed(1)} %)`;
