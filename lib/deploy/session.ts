import { ok, type Result } from '../result';
import { type Ledger, makeContext, newLedger, ownExpectations } from './context';
import { isRejection, reasonOf } from './failure';
import type { Lock } from './lock';
import { type KubeObject, type ObjectReference, titleOf } from './objects';
import type { Parts } from './parts';
import type { Ports } from './ports';
import { findPrunable, isHashNamed, referenceTo, remove } from './prune';
import type { EnvironmentRecord, Release, ReleaseStore } from './release';
import { type Report, sentence } from './report';
import type { DeployRequest } from './request';
import type { End, RollOutContext } from './roll-out';

/** One deploy, restore or acceptance under its lock. */
export interface Session {
  readonly request: DeployRequest;
  readonly ports: Ports;
  readonly parts: Parts;
  readonly report: Report;
  readonly lock: Lock;
  readonly record: EnvironmentRecord;
  /** Last known good. */
  readonly good?: Release;
  /** The good one before that. */
  readonly previous?: Release;
  readonly ledger: Ledger;
  /** What may be on the cluster beyond the release: of this attempt and the one before. */
  readonly bad: readonly ObjectReference[];
}

export interface State {
  readonly record: EnvironmentRecord;
  readonly good?: Release;
  readonly previous?: Release;
}

/** What the store knows; a release that the record names and the store has not is an error: the way back would be missing. */
export async function loadState(
  { service, environment }: Pick<DeployRequest, 'service' | 'environment'>,
  store: ReleaseStore,
): Promise<Result<State, string>> {
  const record = await store.record(service, environment);
  if (!record.ok) return record;
  const releases: { good?: Release; previous?: Release } = {};
  for (const which of ['good', 'previous'] as const) {
    const id = record.value[which];
    if (id === undefined) continue;
    const release = await store.read(service, environment, id);
    if (!release.ok) return release;
    if (release.value) releases[which] = release.value;
    else if (which === 'good') {
      const message = `the last known good release ${id} is not in ${store.location}; restore an older version of its object there, or remove \`good\` from the record of ${service}/${environment}`;
      return { ok: false, errors: [message] };
    }
  }
  return ok({ record: record.value, ...releases });
}

/** `release`: what is brought up or looked at. */
export const openSession = (
  request: DeployRequest,
  ports: Ports,
  parts: Parts,
  report: Report,
  lock: Lock,
  { record, good, previous }: State,
  release: Release,
): Session => ({
  request,
  ports,
  parts,
  report,
  lock,
  record,
  ...(good ? { good } : {}),
  ...(previous ? { previous } : {}),
  ledger: newLedger(),
  bad: [...(record.attempted?.inventory ?? []), ...release.objects.map(referenceTo)],
});

export const contextFor = (session: Session, purpose: 'deploy' | 'restore', release: Release): RollOutContext =>
  makeContext({ ...session, purpose, release });

/** After the smoke test: the pods are watched for a while, then what no release needs goes away. */
export async function settleAndPrune(session: Session, context: RollOutContext): Promise<End> {
  const { parts, report, request, ports, ledger } = session;
  const expectations = ownExpectations(ledger, context.release);
  const { interrupted } = context;
  const startedAt = ports.clock.now().getTime();
  const settled = await report.step(
    'Settle',
    () => parts.settle(expectations, { request, ports, interrupted, startedAt }),
    detail,
  );
  if (settled.status !== 'ready') return settled;
  return report.step('Prune', () => prune(session, context), detail);
}

async function prune(session: Session, context: RollOutContext): Promise<End> {
  const { release } = context;
  const { request, ports, report, good, previous, bad } = session;
  const { service, environment, namespace } = request;
  const found = await findPrunable(
    {
      service,
      environment,
      namespace,
      keep: release.objects,
      earlier: [good, previous].flatMap((each) => (each ? [each.objects] : [])),
      kindsOf: bad,
      now: ports.clock.now(),
    },
    ports.kubectl,
  );
  const outcome = found.ok ? await remove(found.value.prunable.map(referenceTo), namespace, ports.kubectl) : found;
  if (found.ok) {
    if (found.value.unseen) report.warn(`not looked through for pruning: ${found.value.unseen}`);
    const names = found.value.prunable.map(titleOf);
    ports.log.info(names.length === 0 ? 'nothing to prune' : `pruned: ${names.join(' ')}`);
    report.pruned = [...report.pruned, ...found.value.prunable.map(referenceTo)];
  }
  // What went may be what requests came through, or what the release needs: so the service is asked once more.
  if (found.ok && outcome.ok) return found.value.prunable.some(isMissed) ? context.smoke() : { status: 'ready' };
  if (outcome.ok) return { status: 'ready' };
  const [failure] = outcome.errors;
  if (failure === undefined) return { status: 'ready' };
  // What is left over does no harm to a release that serves; the next deploy finds it again.
  if (!isRejection(failure)) return { status: 'error', reason: reasonOf(failure) };
  report.warn(`could not prune: ${failure.message}`);
  return { status: 'ready' };
}

/** Jobs are done, and what has a new name for each content is in nobody's way. */
const isMissed = ({ kind, metadata }: KubeObject): boolean => kind !== 'Job' && !isHashNamed({ kind, metadata });

const detail = (end: End): string | undefined => (end.status === 'ready' ? undefined : sentence(end.reason));
