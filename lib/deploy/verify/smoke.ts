import type { Ports } from '../ports';
import type { SmokeTest } from '../request';
import type { End } from '../roll-out';
import { findAddress } from './address';
import { STOPPED } from './looks';

export interface SmokeRequest {
  readonly test: SmokeTest;
  readonly service: string;
  readonly namespace: string;
  /** What `versionPath` must answer. */
  readonly version: string;
  /** Seconds until the new version must have been seen. */
  readonly limit: number;
  /** Seconds to wait for the address of a new load balancer; default 600. */
  readonly addressLimit?: number;
  /** How many times in a row the service must answer well; default 3. */
  readonly times?: number;
  /** Asked before each request; anything but `ready` ends the test. */
  readonly onLook?: () => Promise<End | undefined>;
  /**
   * Asked after each wrong answer; anything but `ready` ends the test. With `stillWell`, pods that die while the service is asked
   * are the reason, and at once, instead of a connection that was refused at the end.
   */
  readonly onWrong?: () => Promise<End | undefined>;
}

export type SmokePorts = Pick<Ports, 'kubectl' | 'clock' | 'random' | 'fetch' | 'log' | 'signal'>;

/** Milliseconds: for one request, and between two while the answer is wrong. */
const ANSWER = 5_000;
const SHORTEST = 200;
const LONGEST = 5_000;

/**
 * Whether the service itself answers, and with the new version: `readyPath` with 200 and `versionPath` with JSON whose `version`
 * is the release's, several times in a row, each on a connection of its own, so that no kept one hides what a new client gets.
 */
export async function smoke(request: SmokeRequest, ports: SmokePorts): Promise<End> {
  const { test, version, limit, times = 3, onLook, onWrong } = request;
  const { clock, log, random, signal } = ports;
  if (test.url === false) {
    log.info('no request was made: the environment has `url: false`, so only the pods were looked at');
    return { status: 'ready' };
  }
  const found = test.url === undefined ? await findAddress(request, ports) : { url: test.url };
  if ('status' in found) return found;
  log.info(`asking ${found.url}${test.versionPath ? ` for version ${version}` : ''}`);
  const began = clock.now().getTime();
  let inRow = 0;
  let said = '';
  for (let failures = 0; ; ) {
    if (signal.aborted) return STOPPED;
    const interrupted = await onLook?.();
    if (interrupted && interrupted.status !== 'ready') return interrupted;
    const wrong = await ask(found.url, request, ports);
    if (signal.aborted) return STOPPED;
    inRow = wrong === undefined ? inRow + 1 : 0;
    if (inRow >= times) {
      log.info(`${found.url} answered as it must, ${times} times in a row`);
      return { status: 'ready' };
    }
    if (wrong === undefined) {
      failures = 0;
      continue;
    }
    if (wrong !== said) log.info(wrong);
    said = wrong;
    failures++;
    const cause = await onWrong?.();
    if (cause && cause.status !== 'ready') return cause;
    const seconds = (clock.now().getTime() - began) / 1000;
    if (seconds >= limit) {
      const message = `${wrong}; it was asked for ${Math.round(seconds)} s`;
      return {
        status: 'failed',
        reason: { code: 'SmokeTest', object: `Service/${request.service}`, message },
        pods: [],
      };
    }
    const most = Math.min(LONGEST, SHORTEST * 2 ** (failures - 1));
    const pause = Math.min(most / 2 + (random() * most) / 2, limit * 1000 - seconds * 1000);
    if ((await clock.sleep(pause, signal)) === 'aborted') return STOPPED;
  }
}

/** What is wrong with the answers, in words; undefined: nothing. */
async function ask(base: string, { test, version }: SmokeRequest, ports: SmokePorts): Promise<string | undefined> {
  const { readyPath, versionPath } = test;
  const ready = await get(base, readyPath, ports);
  if ('problem' in ready) return ready.problem;
  if (ready.status !== 200) return `${ready.url} answered ${ready.status}, expected 200`;
  if (versionPath === undefined) return undefined;
  const answer = await get(base, versionPath, ports);
  if ('problem' in answer) return answer.problem;
  if (answer.status !== 200) return `${answer.url} answered ${answer.status}, expected 200`;
  const told = versionIn(answer.body);
  if (told === version) return undefined;
  return told === undefined
    ? `${answer.url} answered ${JSON.stringify(answer.body.slice(0, 100))}, expected JSON with \`version\``
    : `${answer.url} answered version ${told}, expected ${version}`;
}

type Answer = { readonly url: string; readonly status: number; readonly body: string } | { readonly problem: string };

async function get(base: string, path: string, { fetch, signal }: SmokePorts): Promise<Answer> {
  const url = `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
  try {
    const response = await fetch(url, {
      headers: { connection: 'close', 'cache-control': 'no-cache' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER)]),
    });
    return { url, status: response.status, body: await response.text() };
  } catch (error) {
    return { problem: `${url} gave no answer: ${causeOf(error)}` };
  }
}

/** `fetch failed` says nothing; its cause does. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `none within ${ANSWER / 1000} s`;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || (cause as NodeJS.ErrnoException).code || error.message;
}

function versionIn(body: string): string | undefined {
  try {
    const { version } = JSON.parse(body) as { version?: unknown };
    return typeof version === 'string' || typeof version === 'number' ? String(version) : undefined;
  } catch {
    return undefined;
  }
}
