import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { FlowLogDestination, FlowLogTrafficType, type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Config } from '../config/schema';
import { acknowledge, acknowledgeWarning } from './acknowledge';
import { secureDefaultGroupFunction } from './default-security-group';
import { logGroup } from './log-group';
import { ownRole } from './role';
import { allow } from './statement';
import { serviceTrust } from './trust';

/** The VPC of the cluster: nodes and builds in private subnets of two zones, each with a NAT gateway of its own. */
export class ClusterNetwork extends Construct {
  readonly vpc: IVpc;

  constructor(scope: Construct, id: string, props: { readonly config: Config; readonly key: IKey }) {
    super(scope, id);
    const { cluster, network, retention } = props.config;
    if (network.existing) {
      this.vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
        vpcId: network.existing.vpcId,
        availabilityZones: [...network.existing.availabilityZones],
        privateSubnetIds: [...network.existing.privateSubnetIds],
      });
      acknowledgeWarning(
        this.vpc,
        'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId',
        'Nothing here reads the route tables of a VPC that the user brings along.',
      );
      return;
    }
    const vpc = new Vpc(this, 'Vpc', {
      vpcName: cluster.name,
      maxAzs: 2,
      natGateways: 2,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 19 },
      ],
    });
    const logs = logGroup(this, 'FlowLogs', `/slipway/${cluster.name}/vpc-flow-logs`, props.key, retention.logs);
    vpc.addFlowLog('All', {
      destination: FlowLogDestination.toCloudWatchLogs(logs, this.flowLogRole(logs)),
      trafficType: FlowLogTrafficType.ALL,
    });
    vpc.applyRemovalPolicy(RemovalPolicy.DESTROY);
    for (const subnet of vpc.publicSubnets) {
      acknowledge(
        subnet.node.findChild('DefaultRoute'),
        'VPCNoUnrestrictedRouteToIGW',
        'The public subnets hold the NAT gateways and load balancers only; nodes, builds and functions are in the private ones.',
      );
    }
    const groupLogs = `/slipway/${cluster.name}/default-security-group`;
    secureDefaultGroupFunction(this, vpc, logGroup(this, 'DefaultGroupLogs', groupLogs, props.key, retention.logs));
    this.vpc = vpc;
  }

  /** Source: VPC user guide, flow-logs-iam-role. */
  private flowLogRole(logs: LogGroup): IRole {
    const flowLogs = Stack.of(this).formatArn({ service: 'ec2', resource: 'vpc-flow-log', resourceName: '*' });
    return ownRole(this, 'FlowLogRole', {
      description: 'Writes the flow logs of the VPC',
      assumedBy: serviceTrust('vpc-flow-logs.amazonaws.com', flowLogs),
      statements: [allow(['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], [logs.logGroupArn])],
    }).withoutPolicyUpdates();
  }
}
