import type { PastRun } from '../local/history';

/** Runs that are looked at, the newest first. */
const MOST_RUNS = 20;

/** Seconds that succeeded actions took, the median of the newest runs: pipeline -> `<stage>/<action>` -> seconds. */
export async function measuredDurations(
  runs: AsyncIterable<PastRun>,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const all = new Map<string, Map<string, number[]>>();
  let looked = 0;
  for await (const { state } of runs) {
    if (looked >= MOST_RUNS) break;
    looked += 1;
    const actions = all.get(state.pipeline) ?? new Map<string, number[]>();
    all.set(state.pipeline, actions);
    for (const { id, status, startedAt, endedAt } of state.stages.flatMap((stage) => stage.actions)) {
      if (status !== 'Succeeded' || startedAt === undefined || endedAt === undefined) continue;
      actions.set(id, [...(actions.get(id) ?? []), (Date.parse(endedAt) - Date.parse(startedAt)) / 1000]);
    }
  }
  return new Map(
    [...all].map(([pipeline, actions]) => [pipeline, new Map([...actions].map(([id, each]) => [id, median(each)]))]),
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
