import { err, ok, type Result } from '../../result';
import { type KubeObject, titleOf } from '../objects';
import type { Reason } from '../outcome';
import type { RollOut, RollOutContext } from '../roll-out';
import type { RollingStrategy } from '../strategy';

/** Kubernetes' own rolling update: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment */
export function rolling(strategy: RollingStrategy): RollOut {
  const bringUp = async (context: RollOutContext) => {
    const end = await context.applyAndWait(context.release.objects);
    return end.status === 'ready' ? context.smoke() : end;
  };
  return {
    prepare: async (objects, { request }) => withSettings(objects, request.service, strategy),
    bringUp,
    restore: bringUp,
    abort: async () => ok(undefined),
  };
}

/** The settings of the strategy on the service's own Deployments; what it does not set stays as the manifests have it. */
function withSettings(
  objects: readonly KubeObject[],
  service: string,
  { maxSurge, maxUnavailable, minReadySeconds }: RollingStrategy,
): Result<readonly KubeObject[], Reason> {
  const rollingUpdate = {
    ...(maxSurge === undefined ? {} : { maxSurge }),
    ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
  };
  const problems: Reason[] = [];
  const changed = objects.map((object): KubeObject => {
    if (object.kind !== 'Deployment' || object.metadata.labels?.['app.kubernetes.io/name'] !== service) return object;
    const spec = object['spec'] as { strategy?: { type?: string; rollingUpdate?: object } };
    const setsRollingUpdate = Object.keys(rollingUpdate).length > 0;
    if (setsRollingUpdate && spec.strategy?.type === 'Recreate') {
      problems.push({
        code: 'Strategy',
        object: titleOf(object),
        message: `its strategy is Recreate, but the environment sets ${Object.keys(rollingUpdate).join(' and ')}; take one of the two away`,
      });
    }
    return {
      ...object,
      spec: {
        ...spec,
        ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
        ...(setsRollingUpdate
          ? {
              strategy: {
                type: 'RollingUpdate',
                rollingUpdate: { ...spec.strategy?.rollingUpdate, ...rollingUpdate },
              },
            }
          : {}),
      },
    };
  });
  return problems.length > 0 ? err(...problems) : ok(changed);
}
