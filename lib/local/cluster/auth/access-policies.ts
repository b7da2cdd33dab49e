import { EVERYTHING, type PolicyRule } from './rules';
import type { Level } from './user';

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const rule = (group: string, resources: string, verbs: readonly string[]): PolicyRule => ({
  apiGroups: [group],
  resources: resources.split(' '),
  verbs,
});

/**
 * EKS access policies by what they allow: AmazonEKSViewPolicy, AmazonEKSEditPolicy, AmazonEKSAdminPolicy and
 * AmazonEKSClusterAdminPolicy. No custom resources but in the last, no leases but there.
 * https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
 */
const VIEW: readonly PolicyRule[] = [
  rule(
    'apps',
    'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status',
    READ,
  ),
  rule(
    'apps',
    'replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
    READ,
  ),
  rule('autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status', READ),
  rule('batch', 'cronjobs cronjobs/status jobs jobs/status', READ),
  rule('discovery.k8s.io', 'endpointslices', READ),
  rule('networking.k8s.io', 'ingresses ingresses/status networkpolicies', READ),
  rule('policy', 'poddisruptionbudgets poddisruptionbudgets/status', READ),
  rule('', 'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods', READ),
  rule('', 'replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status', READ),
  rule('', 'bindings events limitranges namespaces/status pods/log pods/status', READ),
  rule('', 'replicationcontrollers/status resourcequotas resourcequotas/status namespaces', READ),
];

const EDIT: readonly PolicyRule[] = [
  ...VIEW,
  rule('apps', 'daemonsets deployments deployments/rollback deployments/scale', WRITE),
  rule('apps', 'replicasets replicasets/scale statefulsets statefulsets/scale', WRITE),
  rule('autoscaling', 'horizontalpodautoscalers', WRITE),
  rule('batch', 'cronjobs jobs', WRITE),
  rule('networking.k8s.io', 'ingresses networkpolicies', WRITE),
  rule('policy', 'poddisruptionbudgets', WRITE),
  rule('', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy', READ),
  rule('', 'pods pods/attach pods/exec pods/portforward pods/proxy', WRITE),
  rule('', 'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale', WRITE),
  rule('', 'secrets serviceaccounts services services/proxy', WRITE),
  rule('', 'pods/eviction', ['create']),
  rule('', 'serviceaccounts/token', ['create']),
  rule('', 'serviceaccounts', ['impersonate']),
];

const ADMIN: readonly PolicyRule[] = [
  ...EDIT,
  rule('authorization.k8s.io', 'localsubjectaccessreviews', ['create']),
  rule('rbac.authorization.k8s.io', 'roles rolebindings', [...READ, ...WRITE]),
];

export const ACCESS: Readonly<Record<Level, readonly PolicyRule[]>> = {
  view: VIEW,
  edit: EDIT,
  admin: ADMIN,
  'cluster-admin': [EVERYTHING, { nonResourceURLs: ['*'], verbs: ['*'] }],
};

/** What every authenticated user may: ask about himself, and read the API's own paths. */
export const BASIC: readonly PolicyRule[] = [
  rule('authentication.k8s.io', 'selfsubjectreviews', ['create']),
  rule('authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews', ['create']),
  {
    nonResourceURLs: [
      '/api',
      '/api/*',
      '/apis',
      '/apis/*',
      '/healthz',
      '/livez',
      '/openapi',
      '/openapi/*',
      '/readyz',
      '/version',
    ],
    verbs: ['get'],
  },
];

/** The user-facing cluster roles that every cluster has; unlike EKS's policies `edit` has leases. */
export const CLUSTER_ROLES: Readonly<Record<string, readonly PolicyRule[]>> = {
  view: VIEW,
  edit: [...EDIT, rule('coordination.k8s.io', 'leases', [...READ, ...WRITE])],
  admin: [...ADMIN, rule('coordination.k8s.io', 'leases', [...READ, ...WRITE])],
  'cluster-admin': ACCESS['cluster-admin'],
};
