import { reasonOf } from './failure';
import type { Lock, LockFailure } from './lock';
import type { Reason } from './outcome';
import type { Parts } from './parts';
import type { Ports } from './ports';
import { type Ending, type Report, sentence } from './report';
import type { DeployRequest } from './request';

interface Setting {
  readonly request: Pick<DeployRequest, 'namespace'>;
  readonly ports: Ports;
  readonly parts: Parts;
  readonly report: Report;
}

/** Runs `body` while the lock is held, and gives it back in every case. */
export async function withLock(
  requestedAt: string,
  { request, parts, report }: Setting,
  body: (lock: Lock) => Promise<Ending>,
): Promise<Ending> {
  const taken = await report.step(
    'Lock',
    () => parts.takeLock(requestedAt),
    (result) => (result.ok ? undefined : sentence(endingOf(result.errors[0] as LockFailure, request.namespace).reason)),
  );
  if (!taken.ok) return endingOf(taken.errors[0] as LockFailure, request.namespace);
  try {
    return await body(taken.value);
  } finally {
    await taken.value.release();
  }
}

function endingOf(failure: LockFailure, namespace: string): Ending {
  if (failure.kind === 'superseded') return { outcome: 'Superseded', reason: failure.reason };
  if (failure.kind === 'busy') return { outcome: 'Refused', reason: failure.reason };
  const { failure: why } = failure;
  const reason: Reason = reasonOf(why);
  if (why.kind === 'not-found') {
    const message = `there is no such namespace; create it, with what has to be in it, before the first deploy (${why.message})`;
    return { outcome: 'Refused', reason: { code: 'NamespaceMissing', object: `Namespace/${namespace}`, message } };
  }
  // E.g. a namespace that is being deleted: nothing was changed, and nothing can be.
  const outcome = why.kind === 'refused' ? 'Refused' : 'Error';
  return { outcome, reason: { ...reason, message: `the lock: ${reason.message}` } };
}
