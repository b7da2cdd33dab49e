import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { allow } from './statement';

const ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** What a reviewer is told of the `Resource: *` below. */
export const INTERFACES_REASON =
  'Interfaces are made by Lambda with ids of EC2, and it asks for them on *; the function itself is denied them.';

/**
 * What Lambda does with its function's role to put it into a VPC. Lambda itself needs this, not the function's code, which is denied it.
 * `functionArn` may be a pattern. Source: Lambda developer guide, configuration-vpc.
 */
export const networkInterfaces = (functionArn: string): PolicyStatement[] => [
  allow(ACTIONS, ['*']),
  new PolicyStatement({
    effect: Effect.DENY,
    actions: ACTIONS,
    resources: ['*'],
    conditions: { ArnLike: { 'lambda:SourceFunctionArn': functionArn } },
  }),
];
