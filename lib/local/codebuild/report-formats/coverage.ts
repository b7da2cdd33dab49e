import { asElement, attribute, children, type Element, numberOf } from './xml';

/** Lines and branches, covered and in all. */
export interface Counts {
  readonly lines: number;
  readonly linesCovered: number;
  readonly branches: number;
  readonly branchesCovered: number;
}

/** What a file of each format holds; undefined: it is none. */
export const COVERAGE_READERS = {
  CLOVERXML: clover,
  COBERTURAXML: cobertura,
  JACOCOXML: jacoco,
  SIMPLECOV: simplecov,
} as const satisfies Readonly<Record<string, (content: unknown) => Counts | undefined>>;

function cobertura(content: unknown): Counts | undefined {
  const top = asElement(asElement(content)?.['coverage']);
  if (attribute(top, 'lines-valid') === undefined) return undefined;
  return {
    lines: numberOf(attribute(top, 'lines-valid')),
    linesCovered: numberOf(attribute(top, 'lines-covered')),
    branches: numberOf(attribute(top, 'branches-valid')),
    branchesCovered: numberOf(attribute(top, 'branches-covered')),
  };
}

/** Clover counts statements; CodeBuild shows them as lines. */
function clover(content: unknown): Counts | undefined {
  const project = asElement(asElement(asElement(content)?.['coverage'])?.['project']);
  const [metrics] = children(project, 'metrics');
  if (metrics === undefined) return undefined;
  return {
    lines: numberOf(attribute(metrics, 'statements')),
    linesCovered: numberOf(attribute(metrics, 'coveredstatements')),
    branches: numberOf(attribute(metrics, 'conditionals')),
    branchesCovered: numberOf(attribute(metrics, 'coveredconditionals')),
  };
}

function jacoco(content: unknown): Counts | undefined {
  const counters = children(asElement(asElement(content)?.['report']), 'counter');
  const of = (type: string): Element | undefined => counters.find((counter) => attribute(counter, 'type') === type);
  const [lines, branches] = [of('LINE'), of('BRANCH')];
  if (!lines) return undefined;
  const covered = (counter?: Element) => numberOf(attribute(counter, 'covered'));
  const all = (counter?: Element) => numberOf(attribute(counter, 'missed')) + covered(counter);
  return {
    lines: all(lines),
    linesCovered: covered(lines),
    branches: all(branches),
    branchesCovered: covered(branches),
  };
}

/**
 * SimpleCov's result set: command -> `coverage` -> file -> `lines` (hits, null where there is nothing to hit; earlier ones have
 * the list alone) and `branches`. A line counts as hit if any of the commands hit it. CodeBuild takes no simplecov-json.
 */
function simplecov(content: unknown): Counts | undefined {
  const commands = Object.values(asElement(content) ?? {}).map((command) =>
    asElement(asElement(command)?.['coverage']),
  );
  if (commands.length === 0 || commands.some((coverage) => coverage === undefined)) return undefined;
  const hits = new Map<string, boolean>();
  const branches = new Map<string, boolean>();
  for (const [file, entry] of commands.flatMap((coverage) => Object.entries(coverage ?? {}))) {
    const lines = Array.isArray(entry) ? entry : asElement(entry)?.['lines'];
    if (!Array.isArray(lines)) return undefined;
    for (const [index, count] of lines.entries()) {
      if (typeof count === 'number') hit(hits, `${file}:${index}`, count > 0);
    }
    for (const [condition, arms] of Object.entries(asElement(asElement(entry)?.['branches']) ?? {})) {
      for (const [arm, count] of Object.entries(asElement(arms) ?? {}))
        hit(branches, `${file} ${condition} ${arm}`, numberOf(count) > 0);
    }
  }
  const covered = (counted: ReadonlyMap<string, boolean>) => [...counted.values()].filter(Boolean).length;
  return {
    lines: hits.size,
    linesCovered: covered(hits),
    branches: branches.size,
    branchesCovered: covered(branches),
  };
}

const hit = (counted: Map<string, boolean>, key: string, isHit: boolean): void => {
  counted.set(key, isHit || (counted.get(key) ?? false));
};
