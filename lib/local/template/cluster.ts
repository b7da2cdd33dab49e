import type { Evaluator } from '../intrinsics';
import type { Shortcoming } from '../world';
import { type Resource, resourcesOf } from './find-resource';
import { isObject, type JsonObject, shown } from './json';
import { Findings, type Node } from './node';

/** A Kubernetes cluster that the templates make, or that they name because it is there already. */
export interface Cluster {
  readonly name: string;
  readonly arn: string;
  /** `1.35`; absent where the templates only name the cluster. */
  readonly version?: string;
  /** What the cluster stack applies, in its order. */
  readonly manifests: readonly JsonObject[];
  readonly accessEntries: readonly AccessEntry[];
}

/** Lets a role or user into the cluster. */
export interface AccessEntry {
  readonly principalArn: string;
  readonly groups: readonly string[];
  readonly policies: readonly {
    /** `AmazonEKSEditPolicy` */
    readonly name: string;
    /** Absent: the whole cluster. Names may hold `*`. */
    readonly namespaces?: readonly string[];
  }[];
}

/** What reaches a cluster beside its own resource, and is not brought up here. */
const NOT_BROUGHT_UP: Readonly<Record<string, string>> = {
  'AWS::EKS::Addon': 'Add-ons are not installed into the local cluster.',
  'AWS::EKS::Capability': 'Capabilities are not installed into the local cluster.',
  'AWS::EKS::FargateProfile': 'The local cluster has no Fargate; its pods run on this machine.',
  'AWS::EKS::Nodegroup': 'The local cluster has no nodes of its own; its pods run on this machine.',
  'Custom::AWSCDK-EKS-Cluster': 'Clusters of the older aws-eks module are not read; use aws-eks-v2.',
  'Custom::AWSCDK-EKS-HelmChart': 'Helm charts are not installed into the local cluster; use manifests.',
  'Custom::AWSCDK-EKS-KubernetesPatch': 'Patches are not applied to the local cluster; use manifests.',
};

/** Every cluster of the assembly, by its account, with what the templates put into it. What is not supported goes to `shortcomings`. */
export function readClusters(evaluator: Evaluator, shortcomings: Shortcoming[]): Cluster[] {
  const found = new Map<
    string,
    { name: string; arn: string; version?: string; manifests: JsonObject[]; entries: AccessEntry[] }
  >();
  const of = (name: string, { stack }: Node): { manifests: JsonObject[]; entries: AccessEntry[]; version?: string } => {
    const { account, region, partition } = evaluator.environment(stack);
    const arn = `arn:${partition}:eks:${region}:${account}:cluster/${name}`;
    const cluster = found.get(arn) ?? { name, arn, manifests: [], entries: [] };
    found.set(arn, cluster);
    return cluster;
  };
  const each = (type: string, read: (resource: Resource) => void): void => {
    const findings = new Findings(evaluator);
    const resources = resourcesOf(type, findings);
    for (const resource of resources) {
      const before = findings.diagnostics.length;
      read(resource);
      const diagnostics = findings.diagnostics.slice(before);
      if (diagnostics.length > 0) shortcomings.push({ names: [], diagnostics });
    }
  };
  each('AWS::EKS::Cluster', ({ properties, ref, node }) => {
    properties.member('Name').text();
    if (ref === '') return;
    const version = properties.member('Version').text();
    const cluster = of(ref, node);
    if (version !== undefined) cluster.version = version;
  });
  each('Custom::AWSCDK-EKS-KubernetesResource', ({ properties, node }) => {
    const name = properties.member('ClusterName').requiredText();
    const manifests = readManifests(properties.member('Manifest'));
    if (name !== '') of(name, node).manifests.push(...manifests);
  });
  each('AWS::EKS::AccessEntry', ({ properties, node }) => {
    const name = properties.member('ClusterName').requiredText();
    const entry = readAccessEntry(properties);
    if (name !== '' && entry.principalArn !== '') of(name, node).entries.push(entry);
  });
  for (const [type, reason] of Object.entries(NOT_BROUGHT_UP)) each(type, ({ node }) => node.fail(reason));
  return [...found.values()].map(({ entries, ...cluster }) => ({ ...cluster, accessEntries: entries }));
}

/** The JSON list that the resource holds as a text. */
function readManifests(node: Node): JsonObject[] {
  const text = node.requiredText();
  if (text === '') return [];
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every(isObject)) return list;
  } catch {
    // Reported below, with what was found.
  }
  node.fail(`Expected a JSON list of Kubernetes objects, found ${shown(text)}.`);
  return [];
}

function readAccessEntry(properties: Node): AccessEntry {
  const groups = properties.member('KubernetesGroups').items();
  const policies = properties.member('AccessPolicies').items();
  return {
    principalArn: properties.member('PrincipalArn').requiredText(),
    groups: groups.map((group) => group.requiredText()),
    policies: policies.map((policy) => {
      const arn = policy.member('PolicyArn').requiredText();
      const scope = policy.member('AccessScope');
      const name = arn.slice(arn.lastIndexOf('/') + 1);
      if (scope.member('Type').oneOf(['cluster', 'namespace']) !== 'namespace') return { name };
      const namespaces = scope.member('Namespaces').items();
      return { name, namespaces: namespaces.map((namespace) => namespace.requiredText()) };
    }),
  };
}
