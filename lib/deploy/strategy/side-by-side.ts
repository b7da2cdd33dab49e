import type { Result } from '../../result';
import { expectationsOf } from '../expectations';
import { endOf } from '../failure';
import type { KubectlFailure } from '../kubectl';
import { type KubeObject, titleOf } from '../objects';
import { fieldsAt } from '../render/fields';
import type { End, RollOutContext } from '../roll-out';
import type { OpenApiProxy } from './api-proxy';
import { picks } from './labels';
import { type Live, liveServices, mark, named, readLive } from './live';
import { type OwnWorkload, podLabels, replicasOf, selectorOf } from './own-workload';
import { podRequests } from './pod-requests';
import { podSmoke } from './pod-smoke';
import { readyPods, targetPort } from './pods';
import { keepNoLonger, keepUntil, retire } from './retire';
import { narrowed, route, widened } from './switch';

export interface SideBySide {
  readonly own: OwnWorkload;
  /** What serves now, under another name. */
  readonly old: KubeObject;
  readonly live: Live;
  /** Seconds for which `old` stays after the switch; 0: pruning takes it. */
  readonly keepOld: number;
  /** Seconds for which the Services pick both before they pick only the new one. */
  readonly together: number;
  readonly openProxy: OpenApiProxy;
}

/**
 * Brings the service's own workload up beside the one that serves, asks its pods by themselves, and only then switches the Services
 * over, at once. What fails after that switches them back before anything else happens. No request meets a workload that was not
 * asked before.
 */
export async function sideBySide(context: RollOutContext, options: SideBySide): Promise<End> {
  const { own, old, live } = options;
  const { ports, request } = context;
  const { namespace } = request;
  const found = liveServices(live, own);

  // The new pods would get requests as soon as they are ready: the Services first get a selector that picks just those they have.
  const open = found.filter((service) => picks(selectorOf(service), podLabels(own.deployment)));
  const before = narrowed(found, own.deployment, mark(old, live));
  if (open.length > 0) {
    const pinned = await route(narrowed(open, own.deployment, mark(old, live)), namespace, ports);
    if (!pinned.ok) return endOf(first(pinned));
  }

  const surroundings = await context.applyAndWait(own.rest);
  if (surroundings.status !== 'ready') return surroundings;
  const up = await bringUp(context, options);
  if (up.status !== 'up') return up;
  const tested = await testPods(context, own, up.deployment, options.openProxy);
  if (tested.status !== 'ready') return tested;

  const now = await readLive(namespace, ports.kubectl);
  if (!now.ok) return endOf(first(now));
  const ambiguous = own.services.some((service) => picks(selectorOf(service), podLabels(old)));
  const services = narrowed(own.services, old, mark(up.deployment, now.value));
  if (options.together > 0) {
    const both = await serveTogether(context, own, options.together);
    if (both) return both.status === 'failed' ? back(context, before, both) : both;
  }
  ports.log.info(`switch: ${names(own.services)} from ${titleOf(old)} to ${titleOf(own.deployment)}`);
  const switched = await context.apply([...services, ...own.followers]);
  if (switched.status !== 'applied') return switched.status === 'failed' ? back(context, before, switched) : switched;
  const smoke = await context.smoke();
  if (smoke.status === 'failed') return back(context, before, smoke);
  if (smoke.status !== 'ready') return smoke;

  if (!ambiguous) {
    if (options.keepOld > 0) {
      const kept = await keepUntil(old, options.keepOld, context);
      if (!kept.ok) return endOf(first(kept));
    }
    return smoke;
  }
  const retired = await retire([old], context);
  if (!retired.ok) return endOf(first(retired));
  const applied = await context.apply(own.services);
  return applied.status === 'applied' ? smoke : applied;
}

/** Milliseconds. */
const LOOK_EVERY = 2_000;

/** Lets the Services pick both for a while; gives what ended that early. */
async function serveTogether(context: RollOutContext, own: OwnWorkload, seconds: number): Promise<End | undefined> {
  const { ports } = context;
  ports.log.info(`${names(own.services)}: both for ${seconds} s`);
  const applied = await context.apply(widened(own.services));
  if (applied.status !== 'applied') return applied;
  const end = ports.clock.now().getTime() + seconds * 1000;
  for (let left = seconds * 1000; left > 0; left = end - ports.clock.now().getTime()) {
    const stop = await context.interrupted();
    if (stop) return stop;
    if ((await ports.clock.sleep(Math.min(left, LOOK_EVERY), ports.signal)) === 'aborted') return context.interrupted();
  }
  return undefined;
}

type Up = { readonly status: 'up'; readonly deployment: KubeObject } | Exclude<End, { status: 'ready' }>;

/** The new workload with as many pods as the old one has, where the number is not the release's. */
async function bringUp(context: RollOutContext, { own, old, live }: SideBySide): Promise<Up> {
  const { ports, request } = context;
  const { deployment, followers } = own;
  const there = named(live.deployments, deployment.metadata.name);
  if (there) {
    const used = await keepNoLonger(there, context);
    if (!used.ok) return endOf(first(used));
  }
  const applied = await context.apply([deployment]);
  if (applied.status !== 'applied') return applied;
  const [answered] = applied.objects as [KubeObject];
  if (replicasOf(deployment) === undefined) {
    const least = followers.map((object) => Number(fieldsAt(object, 'spec')?.['minReplicas'] ?? 1));
    const wanted = Math.max(replicasOf(old) ?? 1, ...least);
    const name = `deployment.apps/${deployment.metadata.name}`;
    const args = ['scale', name, '--replicas', String(wanted), '--namespace', request.namespace];
    const scaled = replicasOf(answered) === wanted ? undefined : await ports.kubectl.run(args);
    if (scaled && !scaled.ok) return endOf(first(scaled));
  }
  const end = await context.wait(expectationsOf([answered], request.namespace));
  return end.status === 'ready' ? { status: 'up', deployment: answered } : end;
}

/** The smoke test on the pods of a workload. */
async function testPods(
  context: RollOutContext,
  own: OwnWorkload,
  deployment: KubeObject,
  openProxy: OpenApiProxy,
): Promise<End> {
  const { ports, request } = context;
  const port = targetPort(own.services[0], deployment);
  if (port === undefined) {
    ports.log.info('pods are not asked by themselves: no Service tells their port');
    return { status: 'ready' };
  }
  const pods = await readyPods(deployment, request.namespace, ports.kubectl);
  if (!pods.ok) return endOf(first(pods));
  const proxy = await openProxy(request.namespace, ports.signal);
  if (!proxy.ok) return { status: 'error', reason: { code: 'Kubectl', message: proxy.errors.join('; ') } };
  try {
    return await podSmoke(context, pods.value, port, podRequests(proxy.value, request.namespace, ports));
  } finally {
    proxy.value.close();
  }
}

/** At once, before anybody looks for evidence. */
async function back<E extends End>(context: RollOutContext, before: readonly KubeObject[], why: E): Promise<End> {
  context.ports.log.info(`switch back: ${names(before)}`);
  const routed = await route(before, context.request.namespace, context.ports);
  if (!routed.ok) context.ports.log.info(`could not switch back: ${first(routed).message}`);
  return why;
}

const names = (objects: readonly KubeObject[]): string => objects.map(titleOf).join(' ');

const first = (result: Result<unknown, KubectlFailure>): KubectlFailure =>
  (result.ok ? undefined : result.errors[0]) as KubectlFailure;
