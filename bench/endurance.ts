import { readdirSync } from 'node:fs';
import { heapSize } from './heap';

export interface EnduranceOptions {
  /** After warming up. */
  readonly runs: number;
  /** Not counted: what is compiled, opened and cached once. */
  readonly warmUp: number;
  /** How often it is looked, at equal distances. */
  readonly looks: number;
  /** The most that may stay of a run, kilobytes of heap. */
  readonly mostKilobytes: number;
  /** The most that handles may grow by altogether: some are made in advance. */
  readonly mostHandles: number;
}

export interface Look {
  readonly runs: number;
  /** Megabytes of living objects. */
  readonly heap: number;
  /** Megabytes of the process. */
  readonly resident: number;
  /** Open files; 0 where they cannot be counted. */
  readonly handles: number;
  /** Milliseconds of a run since the look before. */
  readonly time: number;
}

export interface Endurance {
  readonly looks: readonly Look[];
  /** What grew; empty: nothing. */
  readonly problems: readonly string[];
}

/** Does the same many times in this process and tells whether memory or file handles grow. */
export async function endure(options: EnduranceOptions, work: () => Promise<void>): Promise<Endurance> {
  for (let run = 0; run < options.warmUp; run++) await work();
  const looks: Look[] = [look(0, 0)];
  const stride = Math.ceil(options.runs / options.looks);
  let began = performance.now();
  for (let run = 1; run <= options.runs; run++) {
    await work();
    if (run % stride !== 0 && run !== options.runs) continue;
    looks.push(look(run, (performance.now() - began) / (run - (looks.at(-1)?.runs ?? 0))));
    began = performance.now();
  }
  return { looks, problems: judge(looks, options) };
}

const look = (runs: number, time: number): Look => ({
  runs,
  heap: heapSize(),
  resident: process.memoryUsage().rss / 2 ** 20,
  handles: openFiles(),
  time,
});

/** What grew from the first look to the last. */
export function judge(
  looks: readonly Look[],
  { mostKilobytes, mostHandles }: Pick<EnduranceOptions, 'mostKilobytes' | 'mostHandles'>,
): string[] {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined || last.runs === first.runs) return ['nothing was run'];
  const kilobytes = slope(looks.map(({ runs, heap }) => [runs, heap * 1024]));
  const handles = last.handles - first.handles;
  const problems: string[] = [];
  if (kilobytes > mostKilobytes)
    problems.push(`memory grows by ${kilobytes.toFixed(1)} kB a run; at most ${mostKilobytes} kB are allowed`);
  if (handles > mostHandles)
    problems.push(`${handles} file handles more after ${last.runs} runs; at most ${mostHandles} are allowed`);
  return problems;
}

/** Of the line that lies nearest to the points: a single look that met a bad moment tells little. */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return over / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

function openFiles(): number {
  for (const folder of ['/proc/self/fd', '/dev/fd']) {
    try {
      return readdirSync(folder).length;
    } catch {
      // Not on this system.
    }
  }
  return 0;
}
