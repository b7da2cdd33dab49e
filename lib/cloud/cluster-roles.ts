import { ArnFormat, Stack } from 'aws-cdk-lib';
import {
  type IPrincipal,
  type IRole,
  ManagedPolicy,
  Role,
  ServicePrincipal,
  SessionTagsPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { ownRole } from './role';
import { allow } from './statement';
import { serviceTrust } from './trust';

const LAMBDA_IN_VPC = 'service-role/AWSLambdaVPCAccessExecutionRole';

/** Roles that EKS itself, its nodes and its CloudWatch agent need. Their policies are AWS's, for AWS changes what they do. */
export class ClusterRoles extends Construct {
  readonly cluster: IRole;
  readonly nodes: Role;
  readonly agent: Role;
  /** Of the function that applies manifests; cluster administrator by an access entry. */
  readonly kubectl: IRole;

  constructor(scope: Construct, id: string, props: { readonly clusterName: string; readonly nodeRoleName?: string }) {
    super(scope, id);
    const clusterArn = Stack.of(this).formatArn({
      service: 'eks',
      resource: 'cluster',
      resourceName: props.clusterName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    // Source: EKS user guide, auto-cluster-iam-role, auto-create-node-role; CloudWatch user guide, install-CloudWatch-Observability-EKS-addon.
    const cluster = this.role('Cluster', new SessionTagsPrincipal(serviceTrust('eks.amazonaws.com', clusterArn)), [
      'AmazonEKSClusterPolicy',
      'AmazonEKSComputePolicy',
      'AmazonEKSBlockStoragePolicy',
      'AmazonEKSLoadBalancingPolicy',
      'AmazonEKSNetworkingPolicy',
    ]);
    this.cluster = cluster.withoutPolicyUpdates();
    this.nodes = this.role(
      'Nodes',
      new ServicePrincipal('ec2.amazonaws.com'),
      ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'],
      props.nodeRoleName,
    );
    this.agent = this.role('Agent', new SessionTagsPrincipal(serviceTrust('pods.eks.amazonaws.com', clusterArn)), [
      'CloudWatchAgentServerPolicy',
    ]);
    this.kubectl = this.kubectlRole(clusterArn);
  }

  /** CDK's own would read every image repository of the account, for Helm charts that there are none of. */
  private kubectlRole(clusterArn: string): IRole {
    const role = ownRole(this, 'Kubectl', {
      description: 'Applies manifests to the cluster',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      statements: [allow(['eks:DescribeCluster'], [clusterArn])],
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(LAMBDA_IN_VPC)],
    });
    acknowledge(
      role,
      `IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${LAMBDA_IN_VPC}]`,
      'The policy that Lambda documents for a function in a VPC: its log, whose name CDK leaves to Lambda, and its network interfaces.',
    );
    return role.withoutPolicyUpdates();
  }

  private role(id: string, assumedBy: IPrincipal, policies: string[], roleName?: string): Role {
    const role = new Role(this, id, {
      assumedBy,
      ...(roleName !== undefined && { roleName }),
      managedPolicies: policies.map((name) => ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
    for (const name of policies) {
      acknowledge(
        role,
        `IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`,
        'The policy that EKS documents for this role; AWS adds to it what new versions call.',
      );
    }
    return role;
  }
}
