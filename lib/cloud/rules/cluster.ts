import { type Json, objects, type TemplateRule } from './rule';

const CONTROL_PLANE_LOGS = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

const types = (logging: Json): Json[] => objects(logging?.ClusterLogging?.EnabledTypes).map(({ Type: type }) => type);

export const cluster: TemplateRule = {
  id: 'cluster',
  holds: 'A cluster is private, logs everything, encrypts secrets, and nobody is its administrator by birth.',
  reason:
    'By default its API is public, its audit log off, its access by aws-auth, and its creator an administrator that no list shows.',
  remedy:
    'set ResourcesVpcConfig.EndpointPublicAccess and AccessConfig.BootstrapClusterCreatorAdminPermissions to false, AuthenticationMode to API, all of Logging, and EncryptionConfig',
  types: ['AWS::EKS::Cluster'],
  check: (cluster) => {
    const { ResourcesVpcConfig: network, Logging: logging, AccessConfig: access } = cluster;
    const missing = CONTROL_PLANE_LOGS.filter((type) => !types(logging).includes(type));
    if (network?.EndpointPublicAccess !== false) return 'EndpointPublicAccess is not false';
    if (missing.length > 0) return `control-plane logs are off (${missing.join(', ')})`;
    if (objects(cluster.EncryptionConfig).length === 0) return 'EncryptionConfig does not encrypt secrets';
    if (access?.AuthenticationMode !== 'API') return 'AuthenticationMode is not API';
    if (access?.BootstrapClusterCreatorAdminPermissions !== false) return 'the creator becomes administrator';
    return undefined;
  },
};
