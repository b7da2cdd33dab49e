import type { Result } from '../result';
import { isReason, reasonOf } from './failure';
import type { KubectlFailure } from './kubectl';
import type { Lock } from './lock';
import type { KubeObject } from './objects';
import type { Reason } from './outcome';
import type { Parts, Stop } from './parts';
import type { Ports } from './ports';
import { referenceTo } from './prune';
import type { EnvironmentRecord, Release, ReleaseProvenance } from './release';
import { releaseId } from './release-id';
import { type Ending, type Report, sentence } from './report';
import type { DeployRequest } from './request';
import { rollBack } from './roll-back';
import type { End } from './roll-out';
import { isSame } from './same-release';
import { contextFor, loadState, openSession, type Session, settleAndPrune } from './session';
import { withLock } from './with-lock';

/**
 * Brings a release to an environment: verifies what is signed about the image, renders, takes the lock, checks without changing anything, applies, verifies, and on a bad
 * verdict puts the last known good release back.
 */
export async function deploy(request: DeployRequest, ports: Ports, parts: Parts, report: Report): Promise<Ending> {
  const id = releaseId(request);
  const proven = await verifyImage(request, ports, parts, report);
  if (!proven.ok) return proven.errors[0] as Stop;
  const rendered = await report.step('Render', () => parts.render(request, id, ports), problem);
  if (!rendered.ok) return endingOfRender(rendered.errors);
  return withLock(request.requestedAt, { request, ports, parts, report }, (lock) =>
    underLock(request, ports, parts, report, lock, id, rendered.value, proven.value),
  );
}

/** Before anything that starts kubectl. Without something to verify by it is no step, and so NOT RUN in the report. */
async function verifyImage(
  request: DeployRequest,
  ports: Ports,
  parts: Parts,
  report: Report,
): Promise<Result<ReleaseProvenance | undefined, Stop>> {
  const verify = () => parts.provenance(request, ports);
  if (request.provenance === undefined) return verify();
  return report.step('Provenance', verify, (result) =>
    result.ok ? undefined : sentence((result.errors[0] as Stop).reason),
  );
}

async function underLock(
  request: DeployRequest,
  ports: Ports,
  parts: Parts,
  report: Report,
  lock: Lock,
  id: string,
  objects: readonly KubeObject[],
  provenance: ReleaseProvenance | undefined,
): Promise<Ending> {
  const state = await loadState(request, ports.releases);
  if (!state.ok) return { outcome: 'Error', reason: { code: 'ReleaseStore', message: state.errors.join('; ') } };
  const { record, good } = state.value;
  report.previous = good?.id;
  const newer = newerAttempt(record, request);
  if (newer) return { outcome: 'Superseded', reason: newer };

  const prepared = await parts.rollOut.prepare(objects, { request, ...(good ? { good } : {}), ports });
  if (!prepared.ok) return endingOfPrepare(prepared.errors);
  const release: Release = {
    id,
    service: request.service,
    environment: request.environment,
    namespace: request.namespace,
    version: request.version,
    digest: request.image.digest,
    requestedAt: request.requestedAt,
    ...(provenance && { provenance }),
    objects: prepared.value,
  };
  report.release = id;
  const stop = await report.step(
    'Check',
    () => parts.preflight(release, { request, ...(good ? { good } : {}), ports }),
    (value) => value && sentence(value.reason),
  );
  if (stop) return stop;
  const interrupted = await lock.superseded();
  if (interrupted) return { outcome: 'Superseded', reason: interrupted };

  const attempted: EnvironmentRecord = {
    ...record,
    attempted: { release: id, requestedAt: request.requestedAt, inventory: release.objects.map(referenceTo) },
  };
  const written = await writeAll(ports, release, attempted);
  if (!written.ok) return { outcome: 'Error', reason: { code: 'ReleaseStore', message: written.errors.join('; ') } };

  const session = openSession(request, ports, parts, report, lock, { ...state.value, record: attempted }, release);
  const end = await bringUp(session, release);
  report.applied = [...session.ledger.applied.values()];
  if (end.status === 'failed') return rollBack(session, end);
  if (end.status !== 'ready') return { outcome: end.status === 'error' ? 'Error' : 'Superseded', reason: end.reason };
  return recordVerified(session, release);
}

async function bringUp(session: Session, release: Release): Promise<End> {
  const { report, parts } = session;
  const context = contextFor(session, 'deploy', release);
  const end = await report.step('Roll out', () => parts.rollOut.bringUp(context), failed);
  return end.status === 'ready' ? settleAndPrune(session, context) : end;
}

async function recordVerified(session: Session, release: Release): Promise<Ending> {
  const { request, record, good, ports } = session;
  const { service, environment } = request;
  const next: EnvironmentRecord = request.accept
    ? acceptedRecord(record, release, good)
    : { ...record, verified: release.id };
  const written = await ports.releases.writeRecord(service, environment, next);
  if (!written.ok) {
    const message = `${release.version} is verified, but that could not be written down: ${written.errors.join('; ')}; run it again`;
    return { outcome: 'Error', reason: { code: 'ReleaseStore', message } };
  }
  const what = request.accept ? 'and is the last known good release now' : 'and waits to be accepted';
  return {
    outcome: 'Verified',
    reason: {
      code: 'Verified',
      message: `${service} ${release.version} serves in ${environment}, was seen to, ${what}`,
    },
  };
}

/** The same release again keeps what came before it. */
export function acceptedRecord(
  record: EnvironmentRecord,
  release: Release,
  good: Release | undefined,
): EnvironmentRecord {
  const { verified: _, ...rest } = record;
  const previous = good && isSame(good, release) ? record.previous : record.good;
  return { ...rest, good: release.id, ...(previous === undefined ? {} : { previous }) };
}

function newerAttempt({ attempted }: EnvironmentRecord, { requestedAt }: DeployRequest): Reason | undefined {
  if (!attempted || !(Date.parse(attempted.requestedAt) > Date.parse(requestedAt))) return undefined;
  const message = `a newer deploy was here already: release ${attempted.release}, asked for at ${attempted.requestedAt}; this one was asked for at ${requestedAt}`;
  return { code: 'NewerDeploy', message };
}

async function writeAll(ports: Ports, release: Release, record: EnvironmentRecord): Promise<Result<void, string>> {
  const written = await ports.releases.write(release);
  return written.ok ? ports.releases.writeRecord(release.service, release.environment, record) : written;
}

function endingOfPrepare(errors: readonly (Reason | KubectlFailure)[]): Ending {
  const reasons = errors.map((error) => (isReason(error) ? error : reasonOf(error)));
  const [reason] = reasons as [Reason];
  const message = reasons.map(sentence).join('; ');
  return errors.every(isReason)
    ? refused({ ...reason, message })
    : { outcome: 'Error', reason: { ...reason, message } };
}

const refused = (reason: Reason): Ending => ({ outcome: 'Refused', reason });

/** Manifests that are wrong are refused; a cluster that could not be asked is nobody's verdict. */
function endingOfRender(errors: readonly (string | KubectlFailure)[]): Ending {
  const away = errors.find((error) => typeof error !== 'string');
  return away
    ? { outcome: 'Error', reason: reasonOf(away) }
    : refused({ code: 'Manifests', message: errors.map(wordsOf).join('; ') });
}

const wordsOf = (error: string | KubectlFailure): string => (typeof error === 'string' ? error : error.message);

const problem = (result: Result<unknown, string | KubectlFailure>): string | undefined =>
  result.ok ? undefined : result.errors.map(wordsOf).join('; ');

const failed = (end: End): string | undefined => (end.status === 'ready' ? undefined : sentence(end.reason));
