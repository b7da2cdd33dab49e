import { type CfnResource, Stack } from 'aws-cdk-lib';
import type { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { ownRole } from './role';
import { allow } from './statement';

/**
 * CDK empties the default security group of a VPC by a function of bare resources, with an inline policy, a policy of AWS's and a log
 * group that Lambda would make, without key and end. This gives it a role and a log group as every other function has them.
 */
export function secureDefaultGroupFunction(scope: Construct, vpc: Vpc, logs: LogGroup): void {
  const stack = Stack.of(scope);
  const group = stack.formatArn({
    service: 'ec2',
    resource: 'security-group',
    resourceName: vpc.vpcDefaultSecurityGroup,
  });
  const role = ownRole(scope, 'DefaultGroupRole', {
    description: 'Empties the default security group of the VPC',
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    statements: [
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logs.logGroupArn]),
      allow(
        [
          'ec2:AuthorizeSecurityGroupEgress',
          'ec2:AuthorizeSecurityGroupIngress',
          'ec2:RevokeSecurityGroupEgress',
          'ec2:RevokeSecurityGroupIngress',
        ],
        [group],
      ),
    ],
  });
  const provider = stack.node.findChild('Custom::VpcRestrictDefaultSGCustomResourceProvider');
  const handler = provider.node.findChild('Handler') as CfnResource;
  handler.removeResourceDependency(provider.node.findChild('Role') as CfnResource);
  provider.node.tryRemoveChild('Role');
  handler.addPropertyOverride('Role', role.roleArn);
  handler.addPropertyOverride('LoggingConfig', { LogGroup: logs.logGroupName });
}
