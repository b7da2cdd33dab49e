import { ok, type Result } from '../../result';
import { expectationsOf } from '../expectations';
import { endOf } from '../failure';
import type { KubectlFailure } from '../kubectl';
import { type KubeObject, titleOf } from '../objects';
import type { End, RollOut, RollOutContext } from '../roll-out';
import { isSame } from '../same-release';
import type { CanaryStep, CanaryStrategy } from '../strategy';
import type { OpenApiProxy } from './api-proxy';
import { named, readLive, serving } from './live';
import { type OwnWorkload, ownWorkload, replicasOf } from './own-workload';
import { podRequests } from './pod-requests';
import { podSmoke } from './pod-smoke';
import { readyPods, targetPort } from './pods';
import { bringUpBeside, inPlace, putBack, sweepTracks, takeAway } from './put-back';
import { analyse } from './sampling';
import { stepSize } from './step-size';
import { beside, withTemplateOf } from './tracks';

/**
 * In steps, a few pods of the new release beside as many fresh ones of the old, all behind the same Service, so that only what
 * differs between them is the release: the comparison is that of
 * https://cloud.google.com/blog/products/devops-sre/canary-analysis-lessons-learned-and-best-practices-from-google-and-waze.
 * Then the service's own workload rolls.
 */
export function canary(strategy: CanaryStrategy, openProxy: OpenApiProxy): RollOut {
  return {
    prepare: async (objects, { request }) => {
      const own = ownWorkload(objects, request.service);
      if (!own.ok) return own;
      if (targetPort(own.value.services[0], own.value.deployment) !== undefined) return ok(objects);
      const message = `the strategy canary needs a Service whose selector picks the pods of ${titleOf(own.value.deployment)}, with a port that they have`;
      return { ok: false, errors: [{ code: 'Strategy', object: titleOf(own.value.deployment), message }] };
    },
    bringUp: async (context) => {
      const swept = await sweepTracks(context);
      if (!swept.ok) return endOf(swept.errors[0] as KubectlFailure);
      const end = await stepByStep(context, strategy, openProxy);
      // Users meet the canary: it goes before anybody looks for evidence. What a newer deploy finds is its own to clear.
      if (end.status === 'failed') await tell(context, sweepTracks(context));
      return end;
    },
    restore: (context) => putBack(context, openProxy),
    abort: takeAway,
  };
}

async function stepByStep(context: RollOutContext, strategy: CanaryStrategy, openProxy: OpenApiProxy): Promise<End> {
  const { request, release, good, ports } = context;
  const { namespace } = request;
  const own = ownWorkload(release.objects, request.service);
  if (!own.ok) return { status: 'error', reason: own.errors[0] as { code: string; message: string } };
  const live = await readLive(namespace, ports.kubectl);
  if (!live.ok) return endOf(live.errors[0] as KubectlFailure);
  const { name } = own.value.deployment.metadata;
  const there = named(live.value.deployments, name);
  if (!there || !serving(live.value, own.value).includes(there)) {
    ports.log.info('no canary: this workload serves nobody yet');
    return bringUpBeside(context, openProxy);
  }
  if (good && isSame(good, release)) {
    ports.log.info('no canary: this is the last known good release');
    return inPlace(context);
  }
  const surroundings = await context.applyAndWait(own.value.rest);
  if (surroundings.status !== 'ready') return surroundings;
  const goodOwn = good && ownWorkload(good.objects, request.service);
  const old = goodOwn?.ok ? goodOwn.value.deployment : there;
  const wanted = replicasOf(there) ?? 1;
  const proxy = await openProxy(namespace, ports.signal);
  if (!proxy.ok) return { status: 'error', reason: { code: 'Kubectl', message: proxy.errors.join('; ') } };
  try {
    for (const step of strategy.steps) {
      const end = await oneStep(context, strategy, {
        own: own.value,
        old,
        step,
        count: stepSize(step.pods, wanted),
        url: proxy.value.url,
      });
      if (end.status !== 'ready') return end;
    }
  } finally {
    proxy.value.close();
  }
  const end = await context.applyAndWait(release.objects);
  if (end.status !== 'ready') return end;
  const swept = await sweepTracks(context);
  return swept.ok ? context.smoke() : endOf(swept.errors[0] as KubectlFailure);
}

interface Step {
  readonly own: OwnWorkload;
  /** Has the template of the old release. */
  readonly old: KubeObject;
  readonly step: CanaryStep;
  readonly count: number;
  /** Of the API's proxy. */
  readonly url: string;
}

async function oneStep(
  context: RollOutContext,
  { analysis }: CanaryStrategy,
  { own, old, step, count, url }: Step,
): Promise<End> {
  const { request, ports } = context;
  const { namespace } = request;
  ports.log.info(`canary: ${count} ${count === 1 ? 'pod' : 'pods'} for ${step.seconds} s`);
  const applied = await context.apply([
    beside(own.deployment, 'canary', count),
    beside(withTemplateOf(own.deployment, old), 'baseline', count),
  ]);
  if (applied.status !== 'applied') return applied;
  const expectations = expectationsOf(applied.objects, namespace);
  const up = await context.wait(expectations);
  if (up.status !== 'ready') return up;
  const [fresh, former] = await Promise.all(applied.objects.map((each) => readyPods(each, namespace, ports.kubectl)));
  for (const read of [fresh, former]) if (!read?.ok) return endOf(read?.errors[0] as KubectlFailure);
  const pods = {
    canary: namesIn(fresh),
    baseline: namesIn(former),
    port: targetPort(own.services[0], own.deployment) as number,
  };
  const ask = podRequests({ url }, namespace, ports);
  const tested = await podSmoke(context, pods.canary, pods.port, ask);
  if (tested.status !== 'ready') return tested;
  return analyse(context, pods, step.seconds, analysis, ask, () => context.wait(expectations));
}

const namesIn = (read: Result<readonly string[], unknown> | undefined): readonly string[] =>
  read?.ok ? read.value : [];

async function tell({ ports }: RollOutContext, done: Promise<Result<void, KubectlFailure>>): Promise<void> {
  const result = await done;
  if (!result.ok) ports.log.info(`canary and baseline could not be taken away: ${result.errors[0]?.message}`);
}
