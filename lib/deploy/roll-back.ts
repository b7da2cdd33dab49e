import { type Ledger, newLedger } from './context';
import type { Reason } from './outcome';
import { type Ending, sentence } from './report';
import type { End } from './roll-out';
import { contextFor, type Session, settleAndPrune } from './session';

/** The release is bad: the evidence is kept, then the last known good one is put back and verified. Tried once. */
export async function rollBack(session: Session, verdict: Extract<End, { status: 'failed' }>): Promise<Ending> {
  const { report, ledger, ports, good } = session;
  const why = verdict.reason;
  ports.log.info(`bad: ${sentence(why)}`);
  await report.step(
    'Evidence',
    () => keepEvidence(verdict, session, ledger),
    () => undefined,
  );
  if (!good) {
    const message = `${why.message}; there is no last known good release to go back to, so everything is left as it is, for a look at it`;
    return { outcome: 'RollbackFailed', reason: { ...why, message } };
  }
  return restoreGood(session, why);
}

/** A full disk must not keep a bad release in place. */
async function keepEvidence(
  verdict: Extract<End, { status: 'failed' }>,
  session: Session,
  { expectations }: Ledger,
): Promise<void> {
  try {
    await session.parts.evidence(verdict, [...expectations.values()], session);
  } catch (error) {
    session.report.warn(`the evidence could not be kept: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Puts the last known good release back; `why`: what it is put back for. */
export async function restoreGood(session: Session, why: Reason): Promise<Ending> {
  const { parts, report, ports, good, record, request } = session;
  if (!good) throw new Error('there is no last known good release');
  const mistrust = await parts.mistrust(good, request, ports);
  if (mistrust) {
    const message = `${why.message}; and ${sentence(mistrust)}; a person must look`;
    return { outcome: 'RollbackFailed', reason: { ...why, message } };
  }
  const restoring: Session = { ...session, ledger: newLedger() };
  const context = contextFor(restoring, 'restore', good);
  const end = await report.step(
    `Roll back to ${good.version}`,
    async (): Promise<End> => {
      const aborted = await parts.rollOut.abort(context);
      if (!aborted.ok) ports.log.info(`taking away what the rollout made: ${aborted.errors[0]?.message}`);
      return parts.rollOut.restore(context);
    },
    (value) => (value.status === 'ready' ? undefined : sentence(value.reason)),
  );
  const settled = end.status === 'ready' ? await settleAndPrune(restoring, context) : end;
  switch (settled.status) {
    case 'ready': {
      const attempted = record.attempted && { ...record.attempted, release: good.id };
      const { verified: _, ...rest } = record;
      const written = await ports.releases.writeRecord(request.service, request.environment, {
        ...rest,
        ...(attempted ? { attempted } : {}),
      });
      if (!written.ok) report.warn(`the rollback could not be written down: ${written.errors.join('; ')}`);
      return {
        outcome: 'RolledBack',
        reason: { ...why, message: `${why.message}; the last known good release ${good.version} serves again` },
      };
    }
    case 'failed': {
      await keepEvidence(settled, session, restoring.ledger);
      const message = `${why.message}; and ${good.version} could not be put back: ${sentence(settled.reason)}; a person must look`;
      return { outcome: 'RollbackFailed', reason: { ...why, message } };
    }
    case 'superseded': {
      if (settled.reason.code !== 'Paused') return { outcome: 'Superseded', reason: settled.reason };
      // No other release took over: the bad one stays until whoever paused it lets it go on.
      const message = `${why.message}; and ${good.version} does not get to the pods: ${sentence(settled.reason)}; a person must look`;
      return { outcome: 'RollbackFailed', reason: { ...why, message } };
    }
    case 'error': {
      const message = `${sentence(why)}; while ${good.version} was put back: ${sentence(settled.reason)}; run it again`;
      return { outcome: 'Error', reason: { ...settled.reason, message } };
    }
  }
}
