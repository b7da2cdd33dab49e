import type { Clock } from '../clock';
import { timestamp } from '../clock';
import { deleteObject } from '../deletion';
import type { Recorder } from '../events';
import { kindOf } from '../kinds';
import type { Registry } from '../registry';
import type { Change } from '../store/store';
import type { Condition, Job, Pod } from '../types';
import { findCondition, setCondition } from './conditions';
import { type Controller, keyFor, splitKey } from './manager';
import { controllerOf, isFinished, isReady, isTerminating, podOf } from './pods';

const COMPONENT = 'job-controller';
/** After a failed pod, in milliseconds, doubled each time. */
const RETRY = 1_000;
const RETRY_MAXIMUM = 60_000;

/** Runs a job's pods to completion: parallelism, completions, backoffLimit, activeDeadlineSeconds, suspend, ttlSecondsAfterFinished. */
export class JobController implements Controller {
  readonly name = 'job';

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly recorder: Recorder,
  ) {}

  keys({ object }: Change): readonly string[] {
    if (object.kind === 'Job') return [keyFor(object)];
    const owner = object.kind === 'Pod' ? controllerOf(object) : undefined;
    return owner?.kind === 'Job' ? [`${object.metadata.namespace}/${owner.name}`] : [];
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = splitKey(key);
    const job = this.registry.store.get<Job>('Job', namespace, name);
    if (!job || job.metadata.deletionTimestamp) return undefined;
    const now = this.clock.now();
    const ended = endOf(job);
    if (ended) return this.expire(job, ended, now);
    const pods = this.podsOf(job);
    const active = pods.filter((pod) => !isFinished(pod) && !isTerminating(pod));
    const succeeded = pods.filter((pod) => pod.status?.phase === 'Succeeded').length;
    const failed = pods.filter((pod) => pod.status?.phase === 'Failed');
    const startTime = job.status?.startTime ?? timestamp(now);
    const late = (job.spec.activeDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1000 - (now - Date.parse(startTime));
    const verdict = this.judge(job, succeeded, failed.length, late);
    if (verdict) {
      for (const pod of active) this.drop(pod);
      this.recorder.record(
        job,
        verdict.type === 'Complete' ? 'Normal' : 'Warning',
        verdict.event,
        verdict.message,
        COMPONENT,
      );
    }
    this.report(job, active, succeeded, failed.length, startTime, verdict);
    if (verdict) return 1;
    const again = this.staff(job, active, succeeded, failed, now);
    const deadline = Number.isFinite(late) ? late : undefined;
    return again === undefined ? deadline : Math.min(again, deadline ?? again);
  }

  private podsOf(job: Job): Pod[] {
    const pods = this.registry.store.list<Pod>('Pod', job.metadata.namespace);
    return pods.filter((pod) => controllerOf(pod)?.uid === job.metadata.uid);
  }

  private judge(job: Job, succeeded: number, failed: number, late: number): Verdict | undefined {
    const { completions, backoffLimit } = job.spec;
    if (succeeded > 0 && succeeded >= (completions ?? 1)) {
      return {
        type: 'Complete',
        reason: 'CompletionsReached',
        message: 'Reached expected number of succeeded pods',
        event: 'Completed',
      };
    }
    if (failed > backoffLimit) {
      const message = 'Job has reached the specified backoff limit';
      return { type: 'Failed', reason: 'BackoffLimitExceeded', message, event: 'BackoffLimitExceeded' };
    }
    if (late > 0) return undefined;
    const message = 'Job was active longer than specified deadline';
    return { type: 'Failed', reason: 'DeadlineExceeded', message, event: 'DeadlineExceeded' };
  }

  private report(
    job: Job,
    active: readonly Pod[],
    succeeded: number,
    failed: number,
    startTime: string,
    verdict?: Verdict,
  ): void {
    const time = timestamp(this.clock.now());
    this.registry.change<Job>(job, (copy) => {
      const condition: Condition | undefined = verdict && {
        type: verdict.type,
        status: 'True',
        reason: verdict.reason,
        message: verdict.message,
      };
      copy.status = {
        startTime,
        ...(active.length > 0 && !verdict ? { active: active.length } : {}),
        ready: verdict ? 0 : active.filter(isReady).length,
        ...(succeeded > 0 ? { succeeded } : {}),
        ...(failed > 0 ? { failed } : {}),
        ...(verdict?.type === 'Complete' ? { completionTime: time } : {}),
        ...(condition ? { conditions: setCondition(copy.status?.conditions, condition, time) } : {}),
      };
    });
  }

  /** Starts and ends pods; gives the milliseconds until it may start more. */
  private staff(
    job: Job,
    active: readonly Pod[],
    succeeded: number,
    failed: readonly Pod[],
    now: number,
  ): number | undefined {
    const { parallelism = 1, completions, suspend } = job.spec;
    const open = completions === undefined ? (succeeded > 0 ? active.length : parallelism) : completions - succeeded;
    const wanted = suspend ? 0 : Math.min(parallelism, open);
    for (const pod of active.slice(wanted)) this.drop(pod);
    if (active.length >= wanted) return undefined;
    const lastFailure = Math.max(0, ...failed.map(finishedAt));
    const wait =
      failed.length === 0 ? 0 : lastFailure + Math.min(RETRY * 2 ** (failed.length - 1), RETRY_MAXIMUM) - now;
    if (wait > 0) return wait;
    for (let i = active.length; i < wanted; i++) if (!this.add(job)) return RETRY;
    return undefined;
  }

  private add(job: Job): boolean {
    const made = this.registry.createOwn(podOf(job, job.spec.template));
    const [status] = made.ok ? [] : made.errors;
    if (made.ok) {
      this.recorder.record(
        job,
        'Normal',
        'SuccessfulCreate',
        `Created pod: ${made.value.object.metadata.name}`,
        COMPONENT,
      );
    } else {
      this.recorder.record(job, 'Warning', 'FailedCreate', `Error creating: ${status?.message}`, COMPONENT);
    }
    return made.ok;
  }

  private drop(pod: Pod): void {
    deleteObject(this.registry, this.clock, kindOf('Pod'), pod.metadata.namespace, pod.metadata.name, {});
  }

  private expire(job: Job, ended: number, now: number): number | undefined {
    const { ttlSecondsAfterFinished } = job.spec;
    if (ttlSecondsAfterFinished === undefined) return undefined;
    const left = ended + ttlSecondsAfterFinished * 1000 - now;
    if (left > 0) return left;
    deleteObject(this.registry, this.clock, kindOf('Job'), job.metadata.namespace, job.metadata.name, {});
    return undefined;
  }
}

interface Verdict {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
  readonly event: string;
}

function endOf(job: Job): number | undefined {
  const conditions = job.status?.conditions;
  const end = findCondition(conditions, 'Complete') ?? findCondition(conditions, 'Failed');
  return end ? Date.parse(end.lastTransitionTime ?? '') : undefined;
}

const finishedAt = (pod: Pod): number =>
  Math.max(
    0,
    ...(pod.status?.containerStatuses ?? []).map((c) => Date.parse(c.state.terminated?.finishedAt ?? '') || 0),
  );
