/**
 * What the deployer needs in the namespace of an environment beside EKS's AmazonEKSEditPolicy (user guide, access-policy-permissions):
 * its lock, requests to single pods, and a look at quotas and roles. A Role of the namespace, bound to a Kubernetes group that the access
 * entry of the environment's deploy names.
 */

/** The group; a name for each namespace, so that a deploy to one environment is nobody in the others. */
export const deployerGroup = (namespace: string): string => `slipway:deployers:${namespace}`;

const NAME = 'slipway-deployer';

/** The Role and its binding, as the cluster stack applies them. */
export const deployerRole = (namespace: string): Record<string, unknown>[] => [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: NAME, namespace },
    rules: [
      {
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
      },
      { apiGroups: [''], resources: ['pods/proxy'], verbs: ['get', 'create'] },
      // Only to see which of them the release no longer has.
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['get', 'list'] },
      { apiGroups: [''], resources: ['resourcequotas', 'limitranges', 'events'], verbs: ['get', 'list', 'watch'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: NAME, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: NAME },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: deployerGroup(namespace) }],
  },
];
