import { shown, type TemplateRule } from './rule';

/** kubectl of the builds is 1.35, which goes with one minor more or less. */
const VERSIONS = new Set(['1.35', '1.36']);

export const kubernetesVersion: TemplateRule = {
  id: 'kubernetes-version',
  holds: 'A cluster runs a Kubernetes version in standard support.',
  reason:
    'Extended support costs six times as much, and an unknown version fails the deploy (EKS user guide, kubernetes-versions).',
  remedy: 'set Version to "1.35" or "1.36"',
  types: ['AWS::EKS::Cluster'],
  check: ({ Version: version }) =>
    VERSIONS.has(shown(version)) ? undefined : `version ${shown(version)} is not on the list`,
};
