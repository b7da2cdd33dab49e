import type { End } from '../roll-out';
import type { Expectation, Snapshot } from '../verdict';
import { type Judgement, judge, NO_MEMORY } from './judge';
import { look, type WatchOptions, type WatchPorts } from './looks';
import { UNSEEN } from './over-time';
import { Unblocker } from './unblock';
import { withLastWords } from './why';

export type { WatchOptions, WatchPorts } from './looks';

/** Milliseconds between looks: about a tenth of the time that has passed, within these, give or take a quarter. */
const SHORTEST = 250;
const LONGEST = 5_000;

/**
 * Waits until all workloads are as they must be, and no longer than `limits.rollout` seconds (time in which the API was away does
 * not count). A failure that will not go away by itself ends it at once, with the container's last words in the reason.
 */
export async function waitForRollout(
  expectations: readonly Expectation[],
  options: WatchOptions,
  ports: WatchPorts,
): Promise<End> {
  if (expectations.length === 0) return { status: 'ready' };
  const { clock, log, random } = ports;
  const began = clock.now().getTime();
  const unblocker = new Unblocker(options.namespace, ports);
  let memory = NO_MEMORY;
  let said = '';
  let until = began + options.limits.rollout * 1000;
  const each = async (seen: Snapshot, away: number): Promise<End | undefined> => {
    until = began + options.limits.rollout * 1000 + away;
    const judgement = judge(seen, expectations, { ...options, limit: options.limits.rollout, until }, memory);
    memory = judgement.memory;
    const { verdict } = judgement;
    if (verdict.status !== 'progressing') return endOf(judgement, options, ports);
    if (verdict.waitingFor !== said) log.info(verdict.waitingFor);
    said = verdict.waitingFor;
    await unblocker.unblock(seen, expectations);
    return undefined;
  };
  const pause = (): number => {
    const now = clock.now().getTime();
    const next = Math.min(LONGEST, Math.max(SHORTEST, (now - began) / 10)) * (0.75 + random() / 2);
    return Math.max(0, Math.min(next, until > now ? until - now : next));
  };
  return look(expectations, options, ports, each, pause);
}

/** The end that a judgement means; undefined while it goes on. */
export async function endOf(
  { verdict, culprit, notes }: Judgement,
  { namespace }: WatchOptions,
  { kubectl, log }: WatchPorts,
): Promise<End | undefined> {
  switch (verdict.status) {
    case 'ready':
      for (const note of notes) log.info(note);
      return { status: 'ready' };
    case 'progressing':
      return undefined;
    case 'superseded':
      return verdict;
    case 'failed':
      if (verdict.reason.code === UNSEEN) return { status: 'error', reason: verdict.reason };
      return { ...verdict, reason: await withLastWords(verdict.reason, culprit, namespace, kubectl) };
  }
}
