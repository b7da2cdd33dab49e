import { Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { CfnAddon, type CfnCluster } from 'aws-cdk-lib/aws-eks';
import { Cluster, ClusterLoggingTypes, EndpointAccess, KubernetesVersion } from 'aws-cdk-lib/aws-eks-v2';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Code, type Function as LambdaFunction, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Config } from '../config/schema';
import { acknowledge, acknowledgeWarning } from './acknowledge';
import { acknowledgeFunction, CLOUDFORMATION_HEARS } from './acknowledge-function';
import { ClusterNetwork } from './cluster-network';
import type { ClusterReference } from './cluster-reference';
import { ClusterRoles } from './cluster-roles';
import { deployerRole } from './deployer-role';
import { encryptionKey } from './encryption-key';
import { KubectlFunctions } from './kubectl-functions';
import { logGroup } from './log-group';

/** Container Insights writes to these groups of its cluster. Source: CloudWatch user guide, Container-Insights-setup-logs-FluentBit. */
const CONTAINER_INSIGHTS_LOGS = ['application', 'dataplane', 'host', 'performance'];

export interface ClusterStackProps extends StackProps {
  readonly config: Config;
  /** Layer that holds kubectl and helm. */
  readonly kubectlZip: string;
  /** Of the role of the nodes, for policies of other accounts to name; absent: CloudFormation makes it up. */
  readonly nodeRoleName?: string;
}

/**
 * An EKS cluster in Auto Mode that is reached from inside its VPC only, with the namespaces of the service's environments. It
 * trusts IAM through access entries alone; nobody is `system:masters`, not even who created it.
 */
export class ClusterStack extends Stack {
  readonly reference: ClusterReference;
  private readonly zones: string[] | undefined;

  constructor(scope: Construct, id: string, props: ClusterStackProps) {
    super(scope, id, props);
    const { config, nodeRoleName } = props;
    this.zones = config.network.availabilityZones;
    const key = encryptionKey(this, 'Key', `Secrets and logs of the cluster ${config.cluster.name}`);
    const { vpc } = new ClusterNetwork(this, 'Network', { config, key });
    const clusterArn = this.formatArn({ service: 'eks', resource: 'cluster', resourceName: config.cluster.name });
    const roles = new ClusterRoles(this, 'Roles', {
      clusterArn,
      ...(nodeRoleName !== undefined && { nodeRoleName }),
    });
    const kubectl = new KubectlFunctions(this, 'KubectlFunctions', {
      clusterName: config.cluster.name,
      clusterArn,
      key,
      logRetentionDays: config.retention.logs,
    });
    const cluster = new Cluster(this, 'Cluster', {
      clusterName: config.cluster.name,
      version: KubernetesVersion.of(config.cluster.version),
      vpc,
      vpcSubnets: [{ subnetType: SubnetType.PRIVATE_WITH_EGRESS }],
      endpointAccess: EndpointAccess.PRIVATE,
      role: roles.cluster,
      compute: { nodePools: ['system', 'general-purpose'], nodeRole: roles.nodes },
      bootstrapClusterCreatorAdminPermissions: false,
      secretsEncryptionKey: key,
      clusterLogging: Object.values(ClusterLoggingTypes),
      kubectlProviderOptions: { kubectlLayer: kubectlLayer(this, props.kubectlZip), role: kubectl.role },
      outputConfigCommand: false,
      prune: false,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // CDK's condition for the Helm policies that our role does without.
    kubectl.node.tryRemoveChild('HasEcrPublic');
    acknowledgeKubectlProvider(cluster);
    acknowledgeWarning(cluster, 'CloudFormation-Validate::W9009', 'The construct writes it; EKS still accepts it.');
    const resource = cluster.node.defaultChild as CfnCluster;
    resource.upgradePolicy = { supportType: 'STANDARD' };
    resource.addResourceDependency(this.controlPlaneLogs(config, key));
    this.addObservability(config, cluster, roles, key);
    enforceNetworkPolicies(cluster);
    for (const { name, namespace } of config.environments)
      this.addNamespace(cluster, name, namespace, config.service.name);
    this.reference = {
      name: config.cluster.name,
      vpcId: vpc.vpcId,
      subnetIds: vpc.privateSubnets.map((subnet) => subnet.subnetId),
      securityGroupId: cluster.clusterSecurityGroupId,
    };
  }

  /** EKS would make this group itself, unencrypted and forever. */
  private controlPlaneLogs(config: Config, key: Key): CfnLogGroup {
    const { cluster, retention } = config;
    const logs = logGroup(this, 'ControlPlaneLogs', `/aws/eks/${cluster.name}/cluster`, key, retention.logs);
    return logs.node.defaultChild as CfnLogGroup;
  }

  /** Container Insights for the alarms, and metrics-server for autoscaling. */
  private addObservability(config: Config, cluster: Cluster, roles: ClusterRoles, key: Key): void {
    const groups = CONTAINER_INSIGHTS_LOGS.map((name) =>
      logGroup(
        this,
        `Logs-${name}`,
        `/aws/containerinsights/${config.cluster.name}/${name}`,
        key,
        config.retention.logs,
      ),
    );
    const insights = new CfnAddon(this, 'CloudWatchObservability', {
      clusterName: cluster.clusterName,
      addonName: 'amazon-cloudwatch-observability',
      resolveConflicts: 'OVERWRITE',
      podIdentityAssociations: [{ serviceAccount: 'cloudwatch-agent', roleArn: roles.agent.roleArn }],
      // Without this the agent would inject itself into every workload behind a Service at its next restart.
      configurationValues: JSON.stringify({
        manager: { applicationSignals: { autoMonitor: { monitorAllServices: false } } },
      }),
    });
    for (const group of groups) insights.node.addDependency(group);
    new CfnAddon(this, 'MetricsServer', {
      clusterName: cluster.clusterName,
      addonName: 'metrics-server',
      resolveConflicts: 'OVERWRITE',
    });
  }

  /** The deploy's role may not make namespaces, nor loosen what they enforce. */
  private addNamespace(cluster: Cluster, environment: string, namespace: string, service: string): void {
    const made = cluster.addManifest(`Namespace-${environment}`, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: {
          'app.kubernetes.io/part-of': service,
          'slipway.dev/environment': environment,
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/warn': 'restricted',
        },
      },
    });
    cluster.addManifest(`Deployer-${environment}`, ...deployerRole(namespace)).node.addDependency(made);
  }

  /** The configured ones, or two of whatever region this is, without asking the account for their names at synthesis. */
  override get availabilityZones(): string[] {
    return this.zones ?? [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
  }
}

/** In Auto Mode a NetworkPolicy is taken but does nothing until this is there. Source: EKS user guide, auto-net-pol. */
const enforceNetworkPolicies = (cluster: Cluster): void => {
  cluster.addManifest('NetworkPolicies', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'amazon-vpc-cni', namespace: 'kube-system' },
    data: { 'enable-network-policy-controller': 'true' },
  });
};

/** The same file as the deploying builds use, so that it is hashed, copied and uploaded once. */
const kubectlLayer = (scope: Construct, zip: string): LayerVersion =>
  new LayerVersion(scope, 'Kubectl', { description: 'kubectl and helm', code: Code.fromAsset(zip) });

/** What is as it is in the functions of CDK's kubectl provider. */
function acknowledgeKubectlProvider(cluster: Cluster): void {
  const provider = cluster.node.findChild('KubectlProvider');
  const handler = provider.node.findChild('Handler') as LambdaFunction;
  acknowledgeFunction(handler, CLOUDFORMATION_HEARS);
  acknowledgeFunction(
    provider.node.findChild('Provider').node.findChild('framework-onEvent') as LambdaFunction,
    CLOUDFORMATION_HEARS,
  );
  for (const id of ['L1', 'LambdaLatestVersion'])
    acknowledge(handler, id, 'CDK chooses the runtime that every region has; it only applies our own manifests.');
}
