import type { End, RollOutContext } from '../roll-out';
import type { Analysis } from '../strategy';
import { compare, isHopeless, type Sample } from './compare';
import type { PodAnswer, PodRequest } from './pod-requests';

export interface StepPods {
  readonly canary: readonly string[];
  readonly baseline: readonly string[];
  readonly port: number;
}

/** Milliseconds between two looks at the pods and at the lock. */
const LOOK_EVERY = 5_000;
/** Requests beyond the fewest that a verdict needs, since some may not get through. */
const SPARE = 1.2;

/**
 * For `seconds`, and as long as the requests take, though at most `limits.rollout` more, asks canary and baseline in turn, the same
 * paths as often; then compares.
 */
export async function analyse(
  context: RollOutContext,
  pods: StepPods,
  seconds: number,
  analysis: Analysis,
  ask: (request: PodRequest) => Promise<PodAnswer>,
  look: () => Promise<End>,
): Promise<End> {
  const { ports, request } = context;
  const { clock, log, signal } = ports;
  const paths = analysis.paths.length > 0 ? analysis.paths : [request.smoke.readyPath];
  const planned = Math.ceil(Math.max(analysis.minimumSamples * SPARE, paths.length));
  const samples = { canary: [] as Sample[], baseline: [] as Sample[] };
  let unreachable = '';
  const started = clock.now().getTime();
  const latest = started + (seconds + request.limits.rollout) * 1000;
  let looked = started;
  for (let turn = 0; turn < planned; turn++) {
    const path = paths[turn % paths.length] as string;
    for (const track of turn % 2 === 0 ? (['canary', 'baseline'] as const) : (['baseline', 'canary'] as const)) {
      const pod = pods[track][Math.floor(turn / paths.length) % pods[track].length] as string;
      const answer = await ask({ pod, port: pods.port, path });
      if (answer.kind === 'denied') {
        const message = `the deployer may not send requests to pods (get pods/proxy): ${answer.why}`;
        return { status: 'error', reason: { code: 'Forbidden', object: `Pod/${pod}`, message } };
      }
      if (answer.kind === 'unreachable') unreachable = `; Pod/${pod} was not reached: ${answer.why}`;
      else samples[track].push({ failed: isFailure(answer.status), milliseconds: answer.milliseconds });
    }
    if (isHopeless(samples.canary, samples.baseline, analysis, planned)) break;
    const now = clock.now().getTime();
    if (now >= latest) break;
    if (now - looked >= LOOK_EVERY) {
      looked = now;
      const end = (await context.interrupted()) ?? (await look());
      if (end.status !== 'ready') return end;
    }
    const due = started + ((turn + 1) * seconds * 1000) / planned;
    if (due > now && (await clock.sleep(due - now, signal)) === 'aborted') break;
  }
  const end = (await context.interrupted()) ?? (await look());
  if (end.status !== 'ready') return end;
  // What could not pass any more needs no more samples.
  const enough = isHopeless(samples.canary, samples.baseline, analysis, planned) ? samples.canary.length : undefined;
  const { status, message } = compare(samples.canary, samples.baseline, {
    ...analysis,
    minimumSamples: Math.min(analysis.minimumSamples, enough ?? Number.POSITIVE_INFINITY),
  });
  if (status === 'pass') {
    log.info(message);
    return end;
  }
  const why = status === 'fail' ? message : `inconclusive: ${message}${unreachable}`;
  if (status === 'inconclusive' && analysis.inconclusive === 'pass') {
    log.info(`${why}; the environment lets that pass`);
    return end;
  }
  const code = status === 'fail' ? 'CanaryWorse' : 'Inconclusive';
  return { status: 'failed', reason: { code, object: 'canary', message: why }, pods: pods.canary };
}

/** 0: no answer in time. What a client did wrong (4xx) is none of the release's fault, and the same for both. */
const isFailure = (status: number): boolean => status === 0 || status >= 500;
