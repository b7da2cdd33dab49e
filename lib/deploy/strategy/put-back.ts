import { ok, type Result } from '../../result';
import { endOf } from '../failure';
import type { KubectlFailure } from '../kubectl';
import type { KubeObject } from '../objects';
import type { End, RollOutContext } from '../roll-out';
import { KEEP_UNTIL_ANNOTATION } from '../roll-out';
import type { OpenApiProxy } from './api-proxy';
import { COLOUR_LABEL, TRACK_LABEL } from './labels';
import { isUp, type Live, mark, named, readLive, serving } from './live';
import { ownWorkload } from './own-workload';
import { isOurs, retire } from './retire';
import { type SideBySide, sideBySide } from './side-by-side';
import { narrowed } from './switch';

/** The release in place, as a rolling update of what is there, and the smoke test. */
export async function inPlace(context: RollOutContext): Promise<End> {
  const end = await context.applyAndWait(context.release.objects);
  return end.status === 'ready' ? context.smoke() : end;
}

/** How the other workload gives way, in seconds; see `SideBySide`. */
export type Handover = Partial<Pick<SideBySide, 'keepOld' | 'together'>>;

/** Brings a release up in the way that what is there allows: in place where the same workload serves (or none), else beside it. */
export async function bringUpBeside(
  context: RollOutContext,
  openProxy: OpenApiProxy,
  { keepOld = 0, together = 0 }: Handover = {},
): Promise<End> {
  const own = ownWorkload(context.release.objects, context.request.service);
  if (!own.ok) return inPlace(context);
  const { namespace } = context.request;
  const live = await readLive(namespace, context.ports.kubectl);
  if (!live.ok) return endOf(live.errors[0] as KubectlFailure);
  const { name } = own.value.deployment.metadata;
  const served = serving(live.value, own.value);
  const old = served.find(({ metadata }) => metadata.name !== name);
  // Both serve only where a rollout was cut off: in place, and pruning takes the other.
  if (old === undefined || served.some(({ metadata }) => metadata.name === name)) return inPlace(context);
  return sideBySide(context, { own: own.value, old, live: live.value, keepOld, together, openProxy });
}

/**
 * Takes away what is there for a rollout only, also what a deployer left that was killed: requests go to the last known good release
 * first, where its workload still runs.
 */
export async function takeAway(context: RollOutContext): Promise<Result<void, KubectlFailure>> {
  const { good, ports, request } = context;
  const { namespace, service } = request;
  const read = await readLive(namespace, ports.kubectl);
  if (!read.ok) return read;
  let live = read.value;
  const own = good && ownWorkload(good.objects, service);
  if (own?.ok) {
    const { name } = own.value.deployment.metadata;
    const there = named(live.deployments, name);
    const others = serving(live, own.value).filter(({ metadata }) => metadata.name !== name);
    if (there && isUp(there) && others.length > 0) {
      const services = others.reduce<readonly KubeObject[]>(
        (narrow, other) => narrowed(narrow, other, mark(there, live)),
        own.value.services,
      );
      ports.log.info(`requests go to ${name} again`);
      const applied = await context.apply([...services, ...own.value.followers]);
      if (applied.status !== 'applied')
        return {
          ok: false,
          errors: [{ kind: 'other', message: applied.reason.message, code: null, stdout: '', stderr: '' }],
        };
      const again = await readLive(namespace, ports.kubectl);
      if (!again.ok) return again;
      live = again.value;
    }
  }
  const now = ports.clock.now().getTime();
  const unused = (deployment: KubeObject): boolean => {
    if (!isOurs(deployment, context)) return false;
    const { labels, annotations, name } = deployment.metadata;
    if (labels?.[TRACK_LABEL] !== undefined) return true;
    if (!own?.ok || labels?.[COLOUR_LABEL] === undefined || name === own.value.deployment.metadata.name) return false;
    const kept = Date.parse(annotations?.[KEEP_UNTIL_ANNOTATION] ?? '') > now;
    return !kept && !isServing(live, own.value, name);
  };
  return retire(live.deployments.filter(unused), context);
}

const isServing = (live: Live, own: Parameters<typeof serving>[1], name: string): boolean =>
  serving(live, own).some(({ metadata }) => metadata.name === name);

/** Canary and baseline that a deployer left which was killed: the smoke test of a new release must not meet them. */
export async function sweepTracks(context: RollOutContext): Promise<Result<void, KubectlFailure>> {
  const { namespace } = context.request;
  const live = await readLive(namespace, context.ports.kubectl);
  if (!live.ok) return live;
  const left = live.value.deployments.filter(
    (each) => isOurs(each, context) && each.metadata.labels?.[TRACK_LABEL] !== undefined,
  );
  if (left.length === 0) return ok(undefined);
  context.ports.log.info(`left by a rollout that did not end: ${left.map(({ metadata }) => metadata.name).join(' ')}`);
  return retire(left, context);
}

/** The last known good release back into service: at once where its workload still runs, else as any release. */
export async function putBack(context: RollOutContext, openProxy: OpenApiProxy): Promise<End> {
  return bringUpBeside(context, openProxy);
}
