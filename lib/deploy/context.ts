import { apply, phasesOf } from './apply';
import { changeToRecreate, leaveTypeTo } from './change-to-recreate';
import { waitForDefinitions } from './definitions';
import { expectationsOf } from './expectations';
import { endOf } from './failure';
import { handOverReplicas } from './hand-over-replicas';
import type { Lock } from './lock';
import type { KubeObject, ObjectReference } from './objects';
import { titleOf } from './objects';
import type { Parts } from './parts';
import type { Ports } from './ports';
import { referenceTo, remove } from './prune';
import type { Release } from './release';
import { type Report, sentence } from './report';
import type { DeployRequest } from './request';
import type { Applied, End, RollOutContext } from './roll-out';
import type { Expectation } from './verdict';

/** What one deploy has changed so far, and what it has seen. */
export interface Ledger {
  /** Objects that were sent to the API, first sent first. */
  readonly applied: Map<string, ObjectReference>;
  /** By workload, as the last apply answered. */
  readonly expectations: Map<string, Expectation>;
}

export const newLedger = (): Ledger => ({ applied: new Map(), expectations: new Map() });

/** What the release's own workloads must be; others of its rollout (a canary) may be gone again. */
export function ownExpectations({ expectations }: Ledger, { objects }: Release): readonly Expectation[] {
  const own = new Set(objects.map(titleOf));
  return [...expectations].filter(([title]) => own.has(title)).map(([, expectation]) => expectation);
}

export interface ContextOptions {
  readonly purpose: 'deploy' | 'restore';
  readonly request: DeployRequest;
  readonly release: Release;
  readonly good?: Release;
  readonly ports: Ports;
  readonly parts: Parts;
  readonly lock: Lock;
  readonly ledger: Ledger;
  readonly report: Report;
}

export function makeContext(options: ContextOptions): RollOutContext {
  const { purpose, request, release, ports, parts, lock, ledger, report } = options;
  const { namespace } = request;
  const restoring = purpose === 'restore';
  const startedAt = ports.clock.now().getTime();

  const interrupted = async (): Promise<End | undefined> => {
    if (ports.signal.aborted)
      return { status: 'error', reason: { code: 'Stopped', message: 'the deployer was told to stop' } };
    // The last known good release is put back to the end, whoever waits: he finds a service that works.
    const reason = restoring ? lock.lost() : await lock.superseded();
    return reason && { status: 'superseded', reason };
  };

  const applyObjects = async (objects: readonly KubeObject[]): Promise<Applied> => {
    const stop = await interrupted();
    if (stop && stop.status !== 'ready') return stop;
    if (objects.length === 0) return { status: 'applied', objects: [] };
    const handed = await handOverReplicas(objects, namespace, ports);
    if (!handed.ok) return endOf(first(handed.errors));
    const recreated = await changeToRecreate(objects, namespace, ports);
    if (!recreated.ok) return endOf(first(recreated.errors));
    for (const object of objects) ledger.applied.set(titleOf(object), referenceTo(object));
    const answer = await report.part(
      'Apply',
      () => apply(objects, namespace, ports),
      (result) => (result.ok ? undefined : first(result.errors).failure.message),
    );
    if (!answer.ok) {
      const { failure, applied } = first(answer.errors);
      if (applied.length > 0) ports.log.info(`applied before that: ${applied.map(titleOf).join(' ')}`);
      return endOf(failure);
    }
    const left = await leaveTypeTo(recreated.value, namespace, ports.kubectl);
    if (!left.ok) ports.log.info(`the type of the strategy keeps a second owner: ${first(left.errors).message}`);
    for (const expectation of expectationsOf(answer.value, namespace)) {
      ledger.expectations.set(`${expectation.workload.kind}/${expectation.workload.name}`, expectation);
    }
    return { status: 'applied', objects: answer.value };
  };

  const wait: RollOutContext['wait'] = async (expectations, { limit } = {}) =>
    expectations.length === 0
      ? READY
      : report.part(
          expectations.map(({ workload }) => `${workload.kind}/${workload.name}`).join(' '),
          () =>
            parts.wait(expectations, {
              request,
              ports,
              interrupted,
              startedAt,
              limit: limit ?? request.limits.rollout,
            }),
          detail,
        );

  const applyAndWait = async (objects: readonly KubeObject[]): Promise<End> => {
    // What a migration did is done; running it again is nobody's wish.
    const { definitions, before, rest } = phasesOf(restoring ? objects.filter(({ kind }) => kind !== 'Job') : objects);
    const defined = await applyObjects(definitions);
    if (defined.status !== 'applied') return defined;
    const established = await waitForDefinitions(definitions, ports, interrupted);
    if (established.status !== 'ready') return established;
    for (const part of [before, rest]) {
      if (part.length === 0) continue;
      const applied = await applyObjects(part);
      if (applied.status !== 'applied') return applied;
      const end = await wait(expectationsOf(applied.objects, namespace));
      if (end.status !== 'ready') return end;
    }
    return READY;
  };

  return {
    request,
    release,
    ...(options.good ? { good: options.good } : {}),
    ports,
    apply: applyObjects,
    applyAndWait,
    wait,
    smoke: (test = {}) =>
      report.part(
        'Smoke test',
        () =>
          parts.smoke({ ...request.smoke, ...test }, release.version, ownExpectations(ledger, release), {
            request,
            ports,
            interrupted,
            startedAt,
          }),
        detail,
      ),
    interrupted,
    remove: (references) => remove(references, namespace, ports.kubectl),
  };
}

const detail = (end: End): string | undefined => (end.status === 'ready' ? undefined : sentence(end.reason));

const READY: End = { status: 'ready' };

const first = <T>(errors: readonly T[]): T => errors[0] as T;
