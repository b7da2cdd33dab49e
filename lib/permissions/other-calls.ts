import { arnIn, type Estate, listOf, ofType, type RoleCall } from './calls';

const EVENTS = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html';
const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html';
const LAMBDA_VPC = 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html';
const FLOW_LOGS = 'https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html';

/** EventBridge starts the targets of its rules with the role that each target names. */
export const eventCalls = (estate: Estate): RoleCall[] =>
  ofType(estate, 'AWS::Events::Rule').flatMap(({ properties }) =>
    listOf(properties.Targets)
      .filter(({ RoleArn }) => RoleArn !== undefined)
      .map(({ RoleArn: role, Arn: resource }) => ({
        role,
        action: String(resource).includes(':codebuild:')
          ? 'codebuild:StartBuild'
          : 'codepipeline:StartPipelineExecution',
        resource,
        why: `EventBridge: ${properties.Name}`,
        page: EVENTS,
      })),
  );

/** What Lambda does with a function's role to put it into a VPC. */
const INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Lambda writes a function's log, and gives it a network interface. */
export const functionCalls = (estate: Estate): RoleCall[] =>
  ofType(estate, 'AWS::Lambda::Function').flatMap(({ resource, properties }) => {
    const { Role: role, LoggingConfig, VpcConfig } = properties;
    const group = LoggingConfig?.LogGroup ?? `/aws/lambda/${resource.id}`;
    const stream = arnIn(estate)('logs', `log-group:${group}:log-stream:0a1b`);
    return [
      ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
        role,
        action,
        resource: stream,
        why: 'Lambda writes the log',
        page: LAMBDA,
      })),
      ...(VpcConfig === undefined ? [] : INTERFACES).map((action) => ({
        role,
        action,
        resource: '*',
        why: 'Lambda gives the function a network interface',
        page: LAMBDA_VPC,
      })),
    ];
  });

/** VPC flow logs. */
export const flowLogCalls = (estate: Estate): RoleCall[] =>
  ofType(estate, 'AWS::EC2::FlowLog').flatMap(({ properties }) =>
    ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'].map((action) => ({
      role: properties.DeliverLogsPermissionArn,
      action,
      resource: arnIn(estate)('logs', `log-group:${properties.LogGroupName}:log-stream:eni-1`),
      why: 'VPC writes its flow logs',
      page: FLOW_LOGS,
    })),
  );
