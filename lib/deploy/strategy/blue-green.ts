import { ok, type Result } from '../../result';
import { endOf } from '../failure';
import type { KubectlFailure } from '../kubectl';
import type { Release } from '../release';
import type { RollOut, RollOutContext } from '../roll-out';
import { isSame } from '../same-release';
import type { BlueGreenStrategy } from '../strategy';
import type { OpenApiProxy } from './api-proxy';
import { coloured } from './colour';
import { type Colour, otherColour } from './labels';
import { isUp, type Live, named, readLive, serving } from './live';
import { colourOf, type OwnWorkload, ownWorkload } from './own-workload';
import { bringUpBeside, putBack, sweepTracks, takeAway } from './put-back';

/**
 * Two workloads, one of which the Service sends requests to. The free one gets the release, is verified on its own pods, and then
 * the Service's selector is switched: https://kubernetes.io/docs/concepts/workloads/management/#canary-deployments tells the
 * same with labels.
 */
export function blueGreen(strategy: BlueGreenStrategy, openProxy: OpenApiProxy): RollOut {
  return {
    prepare: async (objects, { request, good, ports }) => {
      const own = ownWorkload(objects, request.service);
      if (!own.ok) return own;
      const live = await readLive(request.namespace, ports.kubectl);
      if (!live.ok) return live;
      const again = good && isSame(good, { version: request.version, digest: request.image.digest });
      return ok(coloured(objects, own.value, freeColour(own.value, live.value, good, again ?? false)));
    },
    bringUp: async (context: RollOutContext) => {
      const cleared = await clear(context);
      if (!cleared.ok) return endOf(cleared.errors[0] as KubectlFailure);
      return bringUpBeside(context, openProxy, strategy);
    },
    restore: (context) => putBack(context, openProxy),
    abort: takeAway,
  };
}

/** What a deployer left that was killed: where the Service picks the colour that is about to be used, it gets the good one back first. */
async function clear(context: RollOutContext): Promise<Result<void, KubectlFailure>> {
  const { good, release, request, ports } = context;
  const own = ownWorkload(release.objects, request.service);
  const kept = good && ownWorkload(good.objects, request.service);
  if (!own.ok || !kept?.ok) return sweepTracks(context);
  const { name } = own.value.deployment.metadata;
  if (kept.value.deployment.metadata.name === name) return sweepTracks(context);
  const live = await readLive(request.namespace, ports.kubectl);
  if (!live.ok) return live;
  const isServing = serving(live.value, own.value).some(({ metadata }) => metadata.name === name);
  return isServing ? takeAway(context) : sweepTracks(context);
}

/**
 * The colour for a release. Not the one of the last known good release while that runs, whichever the Service picks: a deployer that
 * was killed may have left it on an unverified one. The same release again stays where it is.
 */
export function freeColour(own: OwnWorkload, live: Live, good: Release | undefined, again: boolean): Colour {
  const kept = good && ownWorkload(good.objects, good.service);
  if (kept?.ok) {
    const colour = colourOf(kept.value.deployment);
    const there = named(live.deployments, kept.value.deployment.metadata.name);
    if (colour !== undefined && again) return colour;
    if (colour !== undefined && there && isUp(there)) return otherColour(colour);
  }
  const served = serving(live, own)
    .map(colourOf)
    .find((colour) => colour !== undefined);
  return served === undefined ? 'blue' : otherColour(served);
}
