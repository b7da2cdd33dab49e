import { list, shown, type TemplateRule } from './rule';

/** General purpose, x86: what the images are built for. */
const KNOWN = /^(t3a?|[cmr](5|6|7|8)(a|i))\.(medium|large|xlarge|[248]xlarge)$/;

export const instanceTypes: TemplateRule = {
  id: 'instance-types',
  holds: 'Nodes are of an instance type that is known.',
  reason:
    'A type that the Region or the account lacks leaves a node group without nodes, after half an hour of waiting.',
  remedy: 'use a size of c6a, c6i, m6a, m6i, r6a, r6i, t3 or their successors, or EKS Auto Mode without node groups',
  types: ['AWS::EKS::Nodegroup'],
  check: ({ InstanceTypes: types, LaunchTemplate: template }) => {
    const wrong = list(types).filter((type) => typeof type !== 'string' || !KNOWN.test(type));
    if (wrong.length > 0) return `instance type ${wrong.map(shown).join(', ')} is not on the list`;
    return list(types).length === 0 && template === undefined ? 'no instance type' : undefined;
  },
};
