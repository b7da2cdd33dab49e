import { reasonOf } from '../failure';
import type { KubectlFailure } from '../kubectl';
import type { Log } from '../ports';
import type { End } from '../roll-out';

/** A refusal that lasts for so many looks and so long (milliseconds) is meant: a credential may be about to be renewed. */
const LOOKS = 3;
const LASTING = 10_000;

/** Decides how long looks may fail before nothing can be judged any more. Times in milliseconds. */
export class Patience {
  private failing: { readonly since: number; refusedSince?: number; refusals: number } | undefined;
  /** For how long the API has been away altogether. */
  away = 0;

  constructor(
    /** Seconds. */
    private readonly unreachable: number,
    private readonly log: Log,
  ) {}

  answered(now: number): void {
    if (!this.failing) return;
    this.away += now - this.failing.since;
    this.failing = undefined;
    this.log.info('the API answers again');
  }

  /** The end, when there is no point in looking again. */
  failed(failure: KubectlFailure, now: number): Extract<End, { status: 'error' }> | undefined {
    if (!this.failing) {
      this.failing = { since: now, refusals: 0 };
      this.log.info(`looking again: ${reasonOf(failure).message}`);
    }
    const { failing } = this;
    if (failure.kind === 'stopped') return { status: 'error', reason: reasonOf(failure) };
    if (failure.kind === 'unreachable' || failure.kind === 'throttled') {
      failing.refusals = 0;
      const seconds = (now - failing.since) / 1000;
      if (seconds < this.unreachable) return undefined;
      return ended(failure, `; no answer for ${Math.round(seconds)} s, the limit is ${this.unreachable} s`);
    }
    failing.refusals++;
    if (failing.refusals === 1) failing.refusedSince = now;
    const lasted = now - (failing.refusedSince ?? now);
    if (failing.refusals < LOOKS || lasted < LASTING) return undefined;
    return ended(failure, `; ${failing.refusals} looks in ${Math.round(lasted / 1000)} s were answered so`);
  }
}

/** Nothing is judged and nothing undone: running the deploy again goes on from here. */
function ended(failure: KubectlFailure, words: string): Extract<End, { status: 'error' }> {
  const reason = reasonOf(failure);
  return { status: 'error', reason: { ...reason, message: `${reason.message}${words}` } };
}
