import { withoutChangeToRecreate } from '../change-to-recreate';
import type { KubeObject } from '../objects';
import type { Parts, Stop } from '../parts';
import type { Release } from '../release';
import type { DeployRequest } from '../request';
import { isSame } from '../same-release';
import { addressProblem } from '../verify/address';
import { firingAlarms } from './alarms';
import { showDifference } from './difference';
import { dryRun, withoutUnknownKinds } from './dry-run';
import { liveWorkloads } from './live-workloads';
import { missingReferences } from './missing-references';
import { podHardening } from './pod-hardening';
import { quotaProblems } from './quota';
import { serviceProblems } from './service-problems';
import { refused } from './stop';
import { workloadProblems } from './workload-problems';

export interface PreflightOptions {
  /** Takes the difference, for a report. */
  readonly keepDifference: (text: string) => void;
  readonly warn: (message: string) => void;
}

/** The checks that change nothing; the first kind of problem ends it, told with all of its instances. */
export const preflight =
  ({ keepDifference, warn }: PreflightOptions): Parts['preflight'] =>
  async (release, { request, good, ports }): Promise<Stop | undefined> => {
    const firing = await firingAlarms(request.alarms, excuseOf(release, good, request), ports, warn);
    if (firing) return firing;

    const live = await liveWorkloads(release.objects, request.namespace, ports.kubectl);
    if (!live.ok) return live.errors[0];
    const workload =
      workloadProblems(release.objects, live.value, request.namespace) ?? noAddress(release, good, request);
    if (workload) return workload;

    const known = await withoutUnknownKinds(release.objects, ports);
    if (!known.ok) return known.errors[0];
    const askable = withoutChangeToRecreate(known.value, live.value);
    const answered = await dryRun(askable, request.namespace, ports);
    if (!answered.ok) return answered.errors[0];

    const open = isWayBack(release, good)
      ? undefined
      : await podHardening(release.objects, request.namespace, ports, warn);
    if (open) return open;
    const missing = await missingReferences(release.objects, request.namespace, ports, warn);
    if (missing) return missing;
    const unserved = await serviceProblems(release.objects, request.namespace, ports);
    if (unserved) return unserved;
    const quota = await quotaProblems(answered.value, live.value, request.namespace, ports, warn);
    if (quota) return quota;
    return showDifference(askable, request.namespace, ports, keepDifference, warn);
  };

const isWayBack = (release: Release, good: Release | undefined): boolean => good !== undefined && isSame(good, release);

/** Why no alarm stops the release: the way back is open always, and so is that of a fix where there is none. */
function excuseOf(release: Release, good: Release | undefined, { ignoreAlarms }: DeployRequest): string | undefined {
  if (good === undefined) return 'there is no last known good release yet to go back to';
  if (isWayBack(release, good)) return 'this is the last known good release';
  return ignoreAlarms ? 'alarms are ignored, as was asked for' : undefined;
}

/**
 * The smoke test would have nothing to ask. A Service that is not in the release may be on the cluster, which is seen later; but one
 * that the last known good release brought is pruned with this release.
 */
function noAddress(
  { objects }: Release,
  good: Release | undefined,
  { smoke, service }: DeployRequest,
): Stop | undefined {
  const isOwn = ({ kind, metadata }: KubeObject): boolean => kind === 'Service' && metadata.name === service;
  const own = objects.find(isOwn);
  if (smoke.url === undefined && !own && good?.objects.some(isOwn)) {
    const message = `the release has no such Service any more, so it would be taken away, and nobody could ask the service; put it back into the manifests, or set \`url\` for the environment`;
    return refused({ code: 'NoService', object: `Service/${service}`, message });
  }
  const problem = smoke.url === undefined && own ? addressProblem(own, service) : undefined;
  return problem && refused(problem);
}
