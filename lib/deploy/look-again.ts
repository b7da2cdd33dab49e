import { isDeepStrictEqual } from 'node:util';
import { withoutChangeToRecreate } from './change-to-recreate';
import { expectationsOf, isWorkload } from './expectations';
import { type KubeObject, titleOf } from './objects';
import { dryRun } from './preflight/dry-run';
import { liveWorkloads } from './preflight/live-workloads';
import type { Release } from './release';
import { podTemplateOf } from './render/pod-template';
import type { End } from './roll-out';
import { contextFor, type Session } from './session';
import type { Expectation } from './verdict';

/**
 * Whether a release that was brought up earlier is still what runs, and still well. Changes nothing.
 * @param since milliseconds since 1970: restarts from then on count
 */
export async function lookAgain(session: Session, release: Release, since: number): Promise<End> {
  const { request, ports, parts } = session;
  // A Job that is done may be gone.
  const workloads = release.objects.filter((object) => isWorkload(object) && object.kind !== 'Job');
  const live = await liveWorkloads(workloads, request.namespace, ports.kubectl);
  if (!live.ok) return { status: 'error', reason: live.errors[0]?.reason ?? UNKNOWN };
  const wanted = await dryRun(withoutChangeToRecreate(workloads, live.value), request.namespace, ports);
  if (!wanted.ok) return { status: 'error', reason: wanted.errors[0]?.reason ?? UNKNOWN };

  const expectations: Expectation[] = [];
  for (const object of wanted.value) {
    const there = live.value.get(titleOf(object));
    if (!there || !isDeepStrictEqual(podTemplateOf(there), podTemplateOf(object))) return changed(object, there);
    expectations.push(...expectationsOf([there], request.namespace));
  }
  const context = contextFor(session, 'deploy', release);
  const { interrupted } = context;
  const limit = request.limits.rollout;
  const end = await parts.wait(expectations, { request, ports, interrupted, startedAt: since, limit });
  return end.status === 'ready' ? context.smoke() : end;
}

const UNKNOWN = { code: 'Unknown', message: 'the cluster gave no reason' };

function changed(object: KubeObject, live: KubeObject | undefined): End {
  const message = live
    ? 'its pod template is not the one of this release any more: somebody else changed it'
    : 'it is not there any more: somebody else deleted it';
  return { status: 'superseded', reason: { code: 'TemplateChanged', object: titleOf(object), message } };
}
