import { err, ok, type Result } from '../result';
import type { Kubectl, KubectlFailure } from './kubectl';
import { isFree, type Lease, type LeaseSpec, microTime, readLease, writeLease } from './lease';
import { SET_LABELS } from './objects';
import type { Reason } from './outcome';
import type { Clock, Log } from './ports';

/** Who wants the lock. Of two deploys the one that was asked for later is the newer. */
export interface Holder {
  readonly id: string;
  readonly version: string;
  /** ISO 8601. */
  readonly requestedAt: string;
}

export interface LockOptions {
  readonly namespace: string;
  readonly service: string;
  readonly environment: string;
  readonly holder: Holder;
  /** Seconds: how long to wait for it. */
  readonly wait: number;
  /** Seconds that it lives without being renewed; it is renewed three times as often. */
  readonly duration: number;
}

export interface LockPorts {
  readonly kubectl: Kubectl;
  /** For the release, which has to work after the signal too. */
  readonly lastKubectl: Kubectl;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** One deploy at a time for a service and environment. */
export interface Lock {
  /** A newer deploy that waits, or that has taken the lock from us. Asks the cluster, at most every two seconds. */
  superseded(): Promise<Reason | undefined>;
  /** Whether it is ours no more; unlike `superseded` a deploy that waits does not count. */
  lost(): Reason | undefined;
  /** Never fails: it expires by itself. */
  release(): Promise<void>;
}

export type LockFailure =
  | { readonly kind: 'superseded'; readonly reason: Reason }
  | { readonly kind: 'busy'; readonly reason: Reason }
  | { readonly kind: 'kubectl'; readonly failure: KubectlFailure };

const HOLDER = { requestedAt: 'slipway.dev/requested-at', version: 'slipway.dev/version' } as const;
const WAITING = 'slipway.dev/waiting';
/** Whoever waits renews this every 10 s: a deploy that was killed while it waited is nobody's successor for long. */
const WAITING_RENEWED = 'slipway.dev/waiting-renewed';
const WAITING_RENEWAL = 10_000;
const WAITING_EXPIRY = 30_000;
const POLL = 2_000;
/** Milliseconds until a renewal that failed is tried again. */
const AGAIN = 2_000;

export const leaseName = (service: string, environment: string): string => `slipway-${service}-${environment}`;

/** Waits for the lock, and takes it over when it has expired. */
export async function takeLock(options: LockOptions, ports: LockPorts): Promise<Result<Lock, LockFailure>> {
  const { namespace, service, environment, holder } = options;
  const { kubectl, clock, log, signal } = ports;
  const name = leaseName(service, environment);
  const until = clock.now().getTime() + options.wait * 1000;
  let told = '';
  for (;;) {
    const read = await readLease(kubectl, namespace, name);
    if (!read.ok) return kubectlFailed(read);
    const lease = read.value;
    if (lease === undefined || lease.spec.holderIdentity === holder.id || isFree(lease, clock.now())) {
      if (lease?.spec.holderIdentity) log.info(`lock ${name}: ${lease.spec.holderIdentity} let it expire; taken over`);
      const written = await writeLease(kubectl, taken(options, lease, clock.now()));
      if (written.ok) {
        log.info(`lock ${name} taken`);
        return ok(holdLock(written.value, options, ports));
      }
      if (written.errors[0]?.kind !== 'conflict') return kubectlFailed(written);
      continue;
    }
    const newer = newerThan(holder, lease, clock.now());
    if (newer) return err({ kind: 'superseded', reason: newer });
    if (clock.now().getTime() >= until) {
      const message = `${describe(lease)} held it for all of the ${options.wait} s that this deploy waited`;
      return err({ kind: 'busy', reason: { code: 'Locked', object: `Lease/${name}`, message } });
    }
    if (told !== lease.spec.holderIdentity) {
      told = lease.spec.holderIdentity ?? '';
      log.info(`lock ${name}: waiting for ${describe(lease)}, which ends as soon as it sees this newer deploy`);
    }
    const wish = waitingText(holder);
    const now = clock.now();
    if (lease.metadata.annotations?.[WAITING] !== wish || waitingAge(lease, now) > WAITING_RENEWAL) {
      const written = await writeLease(
        kubectl,
        annotated(lease, { [WAITING]: wish, [WAITING_RENEWED]: now.toISOString() }),
      );
      if (!written.ok && written.errors[0]?.kind !== 'conflict') return kubectlFailed(written);
    }
    if ((await clock.sleep(POLL / 2 + ports.random() * (POLL / 2), signal)) === 'aborted') {
      return err({ kind: 'kubectl', failure: STOPPED });
    }
  }
}

function holdLock(first: Lease, options: LockOptions, ports: LockPorts): Lock {
  const { kubectl, lastKubectl, clock, log, signal } = ports;
  const { namespace, holder } = options;
  const object = `Lease/${first.metadata.name}`;
  const ended = new AbortController();
  let lease = first;
  let asked = clock.now().getTime();
  let lost: Reason | undefined;

  const look = async (): Promise<void> => {
    const read = await readLease(kubectl, namespace, first.metadata.name, false);
    if (!read.ok) return;
    asked = clock.now().getTime();
    if (read.value === undefined) await takeAgain();
    else if (read.value.spec.holderIdentity === holder.id) lease = read.value;
    else lost = { code: 'LockLost', object, message: `the lock was taken over by ${describe(read.value)}` };
  };
  /** Deleted by hand, it is nobody's, and a release half brought up or half taken back must not stay so. */
  const takeAgain = async (): Promise<void> => {
    const written = await writeLease(kubectl, taken(options, undefined, clock.now()), false);
    const [failure] = written.ok ? [] : written.errors;
    if (written.ok) {
      lease = written.value;
      log.info(`lock ${first.metadata.name} was deleted by somebody; taken again`);
    } else if (failure?.kind === 'not-found' || failure?.kind === 'forbidden' || failure?.kind === 'refused') {
      const message = `the lock was deleted by somebody, and cannot be taken again: ${failure.message}`;
      lost = { code: 'LockLost', object, message };
    }
  };
  const renew = async (): Promise<void> => {
    const regular = (options.duration * 1000) / 3;
    const either = AbortSignal.any([signal, ended.signal]);
    let pause = regular;
    while ((await clock.sleep(pause, either)) === 'elapsed' && !lost) {
      const renewed = { ...lease, spec: { ...lease.spec, renewTime: microTime(clock.now()) } };
      const written = await writeLease(kubectl, renewed, false);
      if (written.ok) lease = written.value;
      // Somebody wrote that he waits, or has taken it over; else the API is away.
      else await look();
      pause = written.ok ? regular : Math.min(regular, AGAIN);
    }
  };
  const renewing = renew();

  return {
    async superseded() {
      if (!lost && clock.now().getTime() - asked >= POLL) await look();
      return lost ?? waitingNewer(holder, lease, clock.now());
    },
    lost: () => lost,
    async release() {
      ended.abort();
      await renewing;
      for (let attempt = 0; attempt < 5; attempt++) {
        const read = await readLease(lastKubectl, namespace, first.metadata.name);
        if (!read.ok || read.value?.spec.holderIdentity !== holder.id) break;
        const spec: LeaseSpec = { ...read.value.spec, holderIdentity: '', renewTime: microTime(clock.now()) };
        const written = await writeLease(lastKubectl, { ...read.value, spec });
        if (written.ok) return log.info(`lock ${first.metadata.name} given back`);
        if (written.errors[0]?.kind !== 'conflict') break;
      }
      log.info(`lock ${first.metadata.name} was not given back; it ends by itself after ${options.duration} s`);
    },
  };
}

const STOPPED: KubectlFailure = {
  kind: 'stopped',
  message: 'the deployer was told to stop',
  code: null,
  stdout: '',
  stderr: '',
};

const kubectlFailed = (result: { readonly errors: readonly KubectlFailure[] }): Result<never, LockFailure> =>
  err(...result.errors.map((failure): LockFailure => ({ kind: 'kubectl', failure })));

function taken({ namespace, service, environment, holder, duration }: LockOptions, old: Lease | undefined, now: Date) {
  const { [WAITING]: waiting, [WAITING_RENEWED]: renewed, ...annotations } = old?.metadata.annotations ?? {};
  const keepsWaiting = waiting !== undefined && waiting !== waitingText(holder);
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...old?.metadata,
      name: leaseName(service, environment),
      namespace,
      labels: { ...old?.metadata.labels, [SET_LABELS.service]: service, [SET_LABELS.environment]: environment },
      annotations: {
        ...annotations,
        ...(keepsWaiting ? { [WAITING]: waiting, [WAITING_RENEWED]: renewed ?? '' } : {}),
        [HOLDER.requestedAt]: holder.requestedAt,
        [HOLDER.version]: holder.version,
      },
    },
    spec: {
      holderIdentity: holder.id,
      leaseDurationSeconds: duration,
      acquireTime: microTime(now),
      renewTime: microTime(now),
      leaseTransitions: (old?.spec.leaseTransitions ?? -1) + 1,
    },
  } satisfies Lease;
}

const annotated = (lease: Lease, annotations: Record<string, string>): Lease => ({
  ...lease,
  metadata: { ...lease.metadata, annotations: { ...lease.metadata.annotations, ...annotations } },
});

const waitingText = ({ requestedAt, id, version }: Holder): string => `${requestedAt} ${id} ${version}`;

const describe = ({ spec, metadata }: Lease): string =>
  `${spec.holderIdentity || 'nobody'} (${metadata.annotations?.[HOLDER.version] ?? 'unknown version'})`;

/** A deploy that holds or awaits the lock and was asked for after ours. */
function newerThan(holder: Holder, lease: Lease, now: Date): Reason | undefined {
  const object = `Lease/${lease.metadata.name}`;
  const asked = Date.parse(lease.metadata.annotations?.[HOLDER.requestedAt] ?? '');
  if (asked > Date.parse(holder.requestedAt)) {
    return { code: 'NewerDeploy', object, message: `a newer deploy is under way: ${describe(lease)}` };
  }
  return waitingNewer(holder, lease, now);
}

const waitingAge = ({ metadata }: Lease, now: Date): number =>
  now.getTime() - (Date.parse(metadata.annotations?.[WAITING_RENEWED] ?? '') || 0);

function waitingNewer(holder: Holder, lease: Lease, now: Date): Reason | undefined {
  const [requestedAt = '', id = '', version = ''] = (lease.metadata.annotations?.[WAITING] ?? '').split(' ');
  if (id === holder.id || !(Date.parse(requestedAt) > Date.parse(holder.requestedAt))) return undefined;
  if (waitingAge(lease, now) > WAITING_EXPIRY) return undefined;
  return {
    code: 'NewerDeploy',
    object: `Lease/${lease.metadata.name}`,
    message: `a newer deploy waits: ${id} (${version})`,
  };
}
