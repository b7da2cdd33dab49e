import type { EksAction } from '../../plan';
import { findResource } from '../find-resource';
import type { Node } from '../node';
import { readEnvironmentVariables } from './environment';
import { ACTION_KEYS } from './keys';
import type { ActionBase, ActionKind, ReadAction } from './kind';

/** Deploy/AWS/EKS. Source: CodePipeline user guide, action-reference-EKS. */
export const EKS_KIND: ActionKind = { read: readEks, inputs: [1, 1], outputs: [0, 0], keys: ACTION_KEYS.eksAction };

/** Kubernetes, names: RFC 1123 label. */
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function readEks(base: ActionBase, configuration: Node, node: Node): ReadAction {
  configuration.object(ACTION_KEYS.eks);
  const name = configuration.member('ClusterName');
  const cluster = findResource(name, 'AWS::EKS::Cluster')?.ref ?? name.text() ?? '';
  const namespace = configuration.member('Namespace');
  const namespaceName = namespace.text();
  if (namespaceName !== undefined && !namespaceName.includes('#{') && !NAMESPACE.test(namespaceName))
    namespace.fail(`"${namespaceName}" is no namespace; expected 1–63 lower-case letters, digits and -.`);
  const environment = readEnvironmentVariables(node.member('EnvironmentVariables'), ['PLAINTEXT']);
  const action: EksAction = {
    ...base,
    kind: 'eks',
    cluster,
    deployment: readDeployment(configuration),
    ...(namespaceName !== undefined && { namespaceName }),
    environment: environment.variables,
  };
  return { action, produces: ['EKSClusterName'], texts: environment.texts };
}

/** By kubectl where there are manifests, else by helm; not by both. */
function readDeployment(configuration: Node): EksAction['deployment'] {
  const manifests = configuration.member('ManifestFiles');
  const helm = ['HelmReleaseName', 'HelmChartLocation', 'HelmValuesFiles'].map((key) => configuration.member(key));
  const isHelm = helm.some((member) => !member.absent);
  if (manifests.absent && !isHelm)
    configuration.fail('Expected ManifestFiles (kubectl), or HelmReleaseName and HelmChartLocation (helm).');
  if (!manifests.absent && isHelm)
    manifests.fail('Goes not with helm: give ManifestFiles, or HelmReleaseName and HelmChartLocation.');
  if (!isHelm) return { tool: 'kubectl', manifests: manifests.absent ? '' : manifests.requiredText() };
  const [release, chart, values] = helm as [Node, Node, Node];
  const files = values.text();
  return {
    tool: 'helm',
    release: release.requiredText(),
    chart: chart.requiredText(),
    ...(files !== undefined && { values: files }),
  };
}
