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
import { serviceTrust } from './trust';

/** Roles that EKS itself, its nodes and its CloudWatch agent need. Their policies are AWS's, for AWS changes what they do. */
export class ClusterRoles extends Construct {
  readonly cluster: IRole;
  readonly nodes: Role;
  readonly agent: Role;

  constructor(scope: Construct, id: string, props: { readonly clusterArn: string; readonly nodeRoleName?: string }) {
    super(scope, id);
    const { clusterArn } = props;
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
