import { Stack } from 'aws-cdk-lib';
import { CfnSecurityGroup, CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge, wildcardFinding } from './acknowledge';
import type { ClusterReference } from './cluster-reference';
import { allow } from './statement';

const HTTPS = 443;

/** Where the builds run that need the cluster: its private subnets, with a security group that reaches its API. */
export class BuildNetwork extends Construct {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** What CodeBuild does on behalf of a build to give it a network interface. */
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, props: { readonly service: string; readonly cluster: ClusterReference }) {
    super(scope, id);
    const { vpcId, subnetIds, securityGroupId } = props.cluster;
    this.vpcId = vpcId;
    this.subnetIds = subnetIds;
    const group = new CfnSecurityGroup(this, 'SecurityGroup', {
      vpcId,
      groupDescription: `Builds of ${props.service} that deploy and verify`,
      // The load balancer of the service may listen anywhere, and tools come from the internet.
      securityGroupEgress: [{ ipProtocol: '-1', cidrIp: '0.0.0.0/0', description: 'To the cluster and the internet' }],
    });
    this.securityGroupId = group.attrGroupId;
    new CfnSecurityGroupIngress(this, 'ToCluster', {
      groupId: securityGroupId,
      sourceSecurityGroupId: group.attrGroupId,
      ipProtocol: 'tcp',
      fromPort: HTTPS,
      toPort: HTTPS,
      description: `Kubernetes API for builds of ${props.service}`,
    });
    this.policy = this.interfacePolicy(props.service);
  }

  /** Source: CodeBuild user guide, auth-and-access-control-iam-identity-based-access-control (VPC), narrowed to our subnets. */
  private interfacePolicy(service: string): ManagedPolicy {
    const ec2 = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'ec2', resource, resourceName });
    const subnets = this.subnetIds.map((subnetId) => ec2('subnet', subnetId));
    const interfaces = ec2('network-interface', '*');
    const policy = new ManagedPolicy(this, 'Policy', {
      description: `Network interfaces for builds of ${service}`,
      statements: [
        allow(
          [
            'ec2:DescribeDhcpOptions',
            'ec2:DescribeNetworkInterfaces',
            'ec2:DescribeSecurityGroups',
            'ec2:DescribeSubnets',
            'ec2:DescribeVpcs',
          ],
          ['*'],
        ),
        allow(['ec2:CreateNetworkInterface'], [interfaces, ...subnets, ec2('security-group', this.securityGroupId)]),
        allow(['ec2:DeleteNetworkInterface'], [interfaces], { ArnEquals: { 'ec2:Subnet': subnets } }),
        allow(['ec2:CreateNetworkInterfacePermission'], [interfaces], {
          StringEquals: { 'ec2:AuthorizedService': 'codebuild.amazonaws.com' },
          ArnEquals: { 'ec2:Subnet': subnets },
        }),
      ],
    });
    acknowledge(policy, 'IAM5[Resource::*]', 'The EC2 Describe actions know no resources; they only read.');
    acknowledge(
      policy,
      wildcardFinding(this, interfaces),
      'The id of an interface is made up by EC2 at run time; the subnets, the security group and the service are fixed.',
    );
    return policy;
  }
}
