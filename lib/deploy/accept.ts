import { acceptedRecord } from './deploy';
import { lookAgain } from './look-again';
import type { Parts } from './parts';
import type { Ports } from './ports';
import { type Ending, type Report, sentence } from './report';
import type { DeployRequest } from './request';
import { restoreGood, rollBack } from './roll-back';
import { loadState, openSession } from './session';
import { withLock } from './with-lock';

/**
 * Makes the verified release the last known good one, after one more look at it: the same templates, no restarts since, and it still
 * answers. One that has become bad in the meantime is taken back, as in `deploy`.
 */
export async function accept(request: DeployRequest, ports: Ports, parts: Parts, report: Report): Promise<Ending> {
  const before = await loadState(request, ports.releases);
  if (!before.ok) return storeError(before.errors);
  const requestedAt = before.value.record.attempted?.requestedAt ?? request.requestedAt;
  return withLock(requestedAt, { request, ports, parts, report }, async (lock) => {
    const state = await loadState(request, ports.releases);
    if (!state.ok) return storeError(state.errors);
    const { record, good } = state.value;
    const id = record.verified ?? record.good;
    const last = record.attempted?.release;
    const release = id === undefined ? undefined : await ports.releases.read(request.service, request.environment, id);
    if (release && !release.ok) return storeError(release.errors);
    const found = release?.value;
    if (!found || id !== last) {
      const message = `no verified release waits to be accepted; the last one that was applied is ${last ?? 'none'}`;
      return { outcome: 'Superseded', reason: { code: 'NothingToAccept', message } };
    }
    if (found.version !== request.version) {
      const message = `${found.version} is what waits to be accepted, not ${request.version}: another deploy was here in between`;
      return { outcome: 'Superseded', reason: { code: 'NewerDeploy', message } };
    }
    const session = openSession(request, ports, parts, report, lock, state.value, found);
    report.release = found.id;
    report.previous = good?.id;
    const end = await report.step(
      'Look again',
      () => lookAgain(session, found, Date.parse(found.requestedAt)),
      (value) => (value.status === 'ready' ? undefined : sentence(value.reason)),
    );
    if (end.status === 'failed') return id === record.good ? restoreGood(session, end.reason) : rollBack(session, end);
    if (end.status !== 'ready') return { outcome: end.status === 'error' ? 'Error' : 'Superseded', reason: end.reason };
    const words = `${request.service} ${found.version} is the last known good release of ${request.environment}`;
    if (id !== record.good) {
      const next = acceptedRecord(record, found, good);
      const written = await ports.releases.writeRecord(request.service, request.environment, next);
      if (!written.ok) return storeError(written.errors);
    }
    return { outcome: 'Verified', reason: { code: 'Accepted', message: `${words} now` } };
  });
}

const storeError = (errors: readonly string[]): Ending => ({
  outcome: 'Error',
  reason: { code: 'ReleaseStore', message: errors.join('; ') },
});
