import { err, ok, type Result } from '../result';
import type { Kubectl, KubectlFailure } from './kubectl';
import type { Metadata } from './objects';

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/ */
export interface Lease {
  readonly apiVersion: 'coordination.k8s.io/v1';
  readonly kind: 'Lease';
  readonly metadata: Metadata;
  readonly spec: LeaseSpec;
}

export interface LeaseSpec {
  /** Empty or absent: nobody holds it. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  /** RFC 3339 with microseconds. */
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** Kubernetes' MicroTime. */
export const microTime = (date: Date): string => date.toISOString().replace('Z', '000Z');

/** Whether nobody holds it, or whoever does has not renewed it in time. Clocks are taken to agree within some seconds. */
export function isFree({ spec }: Lease, now: Date): boolean {
  if (!spec.holderIdentity) return true;
  const renewed = Date.parse(spec.renewTime ?? '');
  return Number.isNaN(renewed) || now.getTime() > renewed + (spec.leaseDurationSeconds ?? 0) * 1000;
}

export async function readLease(
  kubectl: Kubectl,
  namespace: string,
  name: string,
  retry = true,
): Promise<Result<Lease | undefined, KubectlFailure>> {
  const answer = await kubectl.run(
    ['get', 'leases.coordination.k8s.io', name, '--namespace', namespace, '--ignore-not-found', '--output', 'json'],
    { quiet: true, timeoutSeconds: 15, retry },
  );
  if (!answer.ok) return answer;
  return ok(answer.value.trim() === '' ? undefined : (JSON.parse(answer.value) as Lease));
}

/**
 * Writes it if nobody else has since it was read (`metadata.resourceVersion`), or since there was none. `conflict`: somebody has.
 */
export async function writeLease(kubectl: Kubectl, lease: Lease, retry = true): Promise<Result<Lease, KubectlFailure>> {
  const verb = lease.metadata.resourceVersion === undefined ? 'create' : 'replace';
  const namespace = lease.metadata.namespace ?? 'default';
  const answer = await kubectl.run([verb, '--namespace', namespace, '--filename', '-', '--output', 'json'], {
    input: JSON.stringify(lease),
    quiet: true,
    timeoutSeconds: 15,
    retry,
  });
  if (answer.ok) return ok(JSON.parse(answer.value) as Lease);
  const [failure] = answer.errors;
  // It was deleted in the meantime.
  return failure?.kind === 'not-found' && verb === 'replace' && !/namespaces? "/.test(failure.message)
    ? err({ ...failure, kind: 'conflict' })
    : answer;
}
