import type { Json } from '../../../lib/cloud/rules/rule';
import { proves } from '../where';
import type { World } from './world';

/** The cluster, and who reaches what in it. */
export function provesCluster({ seen, config }: World): void {
  proves('made a private cluster in Auto Mode whose deployers reach their own namespace only', () => {
    const { cluster, entries, addons } = seen().clusters.slipway;
    expect(cluster.version).toBe(config.cluster.version);
    expect(cluster.resourcesVpcConfig).toMatchObject({ endpointPrivateAccess: true, endpointPublicAccess: false });
    expect(cluster.computeConfig.enabled).toBe(true);
    expect(cluster.accessConfig).toMatchObject({
      authenticationMode: 'API',
      bootstrapClusterCreatorAdminPermissions: false,
    });
    expect(cluster.logging.clusterLogging[0].types).toHaveLength(5);
    expect(seen().keys[cluster.encryptionConfig[0].provider.keyArn]).toMatchObject({ rotation: true });
    expect(addons.sort()).toEqual(['amazon-cloudwatch-observability', 'metrics-server']);
    const namespaces = Object.values<Json>(entries).flatMap(({ policies }) =>
      policies
        .filter(({ accessScope }: Json) => accessScope.type === 'namespace')
        .map(({ accessScope }: Json) => accessScope.namespaces),
    );
    for (const scope of namespaces) expect(scope).toHaveLength(1);
    expect(new Set(namespaces.flat())).toEqual(new Set(config.environments.map(({ namespace }) => namespace)));
    const subnets = cluster.resourcesVpcConfig.subnetIds.map((id: string) => seen().subnets[id].AvailabilityZone);
    expect(new Set(subnets).size).toBe(2);
  });
}
