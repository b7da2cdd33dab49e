import type { Ended } from './deployer';
import type { Drill, DrillResult } from './drill';
import { describe, judge } from './judge';
import { Stage } from './stage';
import type { Venue } from './venue';

export interface RunOptions {
  readonly venue: Venue;
  readonly signal: AbortSignal;
  /** Drills at a time; those that must be alone come after the others. */
  readonly atOnce: number;
  readonly onStart?: (drill: Drill) => void;
  readonly onEnd?: (result: DrillResult) => void;
  /** Milliseconds that a drill may take; default: 3 minutes. */
  readonly limit?: number;
  /** Milliseconds, for the table. */
  readonly now?: () => number;
}

const LIMIT = 180_000;
/** Requests after the end that must all be answered by the right version. */
const SAMPLES = 6;

/** Runs drills on one venue; a result each, in their order. */
export async function runDrills(drills: readonly Drill[], options: RunOptions): Promise<readonly DrillResult[]> {
  const results = new Map<Drill, DrillResult>();
  const one = async (drill: Drill) => {
    options.onStart?.(drill);
    const result = await runDrill(drill, options);
    results.set(drill, result);
    options.onEnd?.(result);
  };
  // In one namespace they would see each other's objects.
  const atOnce = options.venue.namespace === undefined ? options.atOnce : 1;
  const queue = drills.filter(({ alone }) => !alone);
  const lanes = Array.from({ length: Math.max(atOnce, 1) }, async () => {
    for (let drill = queue.shift(); drill && !options.signal.aborted; drill = queue.shift()) await one(drill);
  });
  await Promise.all(lanes);
  for (const drill of drills.filter(({ alone }) => alone)) if (!options.signal.aborted) await one(drill);
  return drills.flatMap((drill) => results.get(drill) ?? []);
}

export async function runDrill(drill: Drill, options: RunOptions): Promise<DrillResult> {
  const { venue, now = Date.now, limit = LIMIT } = options;
  const started = now();
  const nothing = { drill, seconds: 0, requests: 0, failedRequests: 0, log: '' };
  if (venue.kind === 'context' && drill.onlyEmbedded !== undefined)
    return { ...nothing, status: 'NOT RUN', complaints: [drill.onlyEmbedded] };
  const late = AbortSignal.timeout(limit);
  const stage = new Stage(venue, drill, AbortSignal.any([options.signal, late]));
  let ended: Ended | undefined;
  const complaints: string[] = [];
  let seen = { requests: 0, failed: 0, failures: [] as readonly string[], versions: {} };
  try {
    await stage.open();
    ended = await drill.run(stage);
    const serves = drill.expects.serves === 'nothing' ? [] : await stage.traffic.sample(SAMPLES);
    if (drill.expects.serves !== 'nothing' || drill.expects.failedRequests === 0) seen = await stage.traffic.stop();
    complaints.push(...judge(drill.expects, { ended, seen, serves }));
  } catch (cause) {
    complaints.push(cause instanceof Error ? cause.message : String(cause));
  } finally {
    await stage.close();
  }
  if (late.aborted) complaints.push(`it took longer than ${limit / 1000} s`);
  if (options.signal.aborted) return { ...nothing, status: 'NOT RUN', complaints: ['stopped'] };
  complaints.push(...stage.complaints);
  return {
    drill,
    status: complaints.length === 0 ? 'PASS' : 'FAIL',
    ...(ended ? { got: `${describe(ended)}, exit ${ended.code}`, said: ended.said } : {}),
    complaints,
    seconds: (now() - started) / 1000,
    requests: seen.requests,
    failedRequests: seen.failed,
    log: stage.log,
  };
}
