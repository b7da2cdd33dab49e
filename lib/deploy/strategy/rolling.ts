import { err, ok, type Result } from '../../result';
import { endOf } from '../failure';
import type { KubectlFailure } from '../kubectl';
import { type KubeObject, titleOf } from '../objects';
import type { Reason } from '../outcome';
import type { RollOut, RollOutContext } from '../roll-out';
import type { RollingStrategy } from '../strategy';
import type { OpenApiProxy } from './api-proxy';
import { bringUpBeside, putBack, sweepTracks, takeAway } from './put-back';

/** Kubernetes' own rolling update: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment */
export function rolling(strategy: RollingStrategy, openProxy: OpenApiProxy): RollOut {
  return {
    prepare: async (objects, { request }) => withSettings(objects, request.service, strategy),
    bringUp: async (context: RollOutContext) => {
      const swept = await sweepTracks(context);
      if (!swept.ok) return endOf(swept.errors[0] as KubectlFailure);
      return bringUpBeside(context, openProxy);
    },
    restore: (context) => putBack(context, openProxy),
    abort: takeAway,
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
