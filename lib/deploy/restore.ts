import { lookAgain } from './look-again';
import type { Reason } from './outcome';
import type { Parts } from './parts';
import type { Ports } from './ports';
import { type Ending, type Report, sentence } from './report';
import type { DeployRequest } from './request';
import { restoreGood } from './roll-back';
import { loadState, openSession } from './session';
import { withLock } from './with-lock';

/**
 * Puts the last known good release back, after something beyond the deployer found the newer one bad. Where the environment is on it
 * already and it is well, nothing is changed. One whose image cannot be trusted ends it before a cluster is asked.
 */
export async function restore(request: DeployRequest, ports: Ports, parts: Parts, report: Report): Promise<Ending> {
  const before = await loadState(request, ports.releases);
  if (!before.ok) return storeError(before.errors);
  const mistrust = before.value.good && (await parts.mistrust(before.value.good, request, ports));
  if (mistrust) return { outcome: 'RollbackFailed', reason: mistrust };
  const requestedAt = before.value.record.attempted?.requestedAt ?? request.requestedAt;
  return withLock(requestedAt, { request, ports, parts, report }, async (lock) => {
    const state = await loadState(request, ports.releases);
    if (!state.ok) return storeError(state.errors);
    const { record, good } = state.value;
    if (!good) {
      const message = `there is no last known good release of ${request.service} in ${request.environment} to go back to`;
      return { outcome: 'RollbackFailed', reason: { code: 'NoGoodRelease', message } };
    }
    report.release = good.id;
    report.previous = good.id;
    const session = openSession(request, ports, parts, report, lock, state.value, good);
    const last = record.attempted?.release;
    let why: Reason = {
      code: 'Restore',
      message: `release ${last} was found bad after its deploy`,
    };
    if (last === good.id) {
      const end = await report.step(
        'Look at the last known good release',
        () => lookAgain(session, good, ports.clock.now().getTime()),
        (value) => (value.status === 'ready' ? undefined : sentence(value.reason)),
      );
      if (end.status === 'ready') {
        const message = `${request.environment} is on its last known good release, ${good.version}, already: nothing was changed`;
        return { outcome: 'Verified', reason: { code: 'AlreadyGood', message } };
      }
      if (end.status === 'error') return { outcome: 'Error', reason: end.reason };
      why = end.reason;
    }
    return restoreGood(session, why);
  });
}

const storeError = (errors: readonly string[]): Ending => ({
  outcome: 'Error',
  reason: { code: 'ReleaseStore', message: errors.join('; ') },
});
