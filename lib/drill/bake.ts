import { type Alarm, bake, type Verdict } from '../../lambda/bake/bake';
import { probe } from '../../lambda/bake/probe';

export interface BakeOptions {
  /** Of the service's alarm throughout; the cluster's is OK. */
  readonly alarm: Alarm['state'];
  /** Asked at every check; empty: nobody asks. */
  readonly url: string;
  readonly version: string;
  readonly inconclusive: 'fail' | 'pass';
}

const MINUTES = 2;
/** Between two checks, of the bake's time: drills do not wait for it. */
const STEP = 30_000;

/** The pipeline's bake, to its end: the function's own code, with alarms of a given state and real requests to the service. */
export async function bakeThrough({ alarm, ...options }: BakeOptions): Promise<Exclude<Verdict, { status: 'baking' }>> {
  const parameters = { alarm: 'service', platformAlarm: 'platform', minutes: MINUTES, ignoreAlarms: 'no', ...options };
  let time = 0;
  let token: string | undefined;
  for (;;) {
    const verdict = await bake(JSON.stringify(parameters), token, {
      describe: async (name) => ({ state: name === 'platform' ? 'OK' : alarm, unmeasured: [] }),
      probe: (url, version) => probe(url, version, fetch),
      now: () => new Date(time),
      clockRate: 1,
    });
    if (verdict.status !== 'baking') return verdict;
    ({ token } = verdict);
    time += STEP;
  }
}
