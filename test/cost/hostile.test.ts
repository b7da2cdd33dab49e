import { advise } from '../../lib/cost/advice';
import { estimate } from '../../lib/cost/estimate';
import { costReport } from '../../lib/cost/report';
import type { DeployedResource } from '../../lib/inventory';
import { judgeQuotas } from '../../lib/quotas/judge';
import { limitTable } from '../../lib/quotas/limit-table';
import { quotaReport } from '../../lib/quotas/report';
import { structuralMutants } from '../structural-mutants';
import { estateOf, sampleEnvironments } from './sample';

/** A property of every kind that is looked at, by type. */
const base = {
  'AWS::CodePipeline::Pipeline': {
    Name: 'p',
    PipelineType: 'V2',
    Stages: [
      {
        Name: 'Test',
        BeforeEntry: { Conditions: [{ Result: 'SKIP', Rules: [{}] }] },
        Actions: [
          {
            Name: 'Unit',
            ActionTypeId: { Category: 'Test', Owner: 'AWS', Provider: 'CodeBuild' },
            Configuration: { ProjectName: 'one' },
            RunOrder: 1,
          },
          {
            Name: 'Bake',
            ActionTypeId: { Category: 'Invoke', Owner: 'AWS', Provider: 'Lambda' },
            Configuration: { FunctionName: 'one', UserParameters: '{"minutes":5}' },
          },
        ],
      },
    ],
  },
  'AWS::CodeBuild::Project': {
    ServiceRole: 'arn:aws:iam::111122223333:role/one',
    Environment: {
      Type: 'LINUX_CONTAINER',
      ComputeType: 'BUILD_GENERAL1_SMALL',
      EnvironmentVariables: [{ Name: 'NAMESPACE', Value: 'visits-dev' }],
    },
    LogsConfig: { CloudWatchLogs: { GroupName: 'one' } },
  },
  'AWS::Lambda::Function': { MemorySize: 256, Architectures: ['arm64'] },
  'AWS::EKS::Cluster': {
    Version: '1.35',
    ComputeConfig: { Enabled: true },
    Logging: { ClusterLogging: { EnabledTypes: [{ Type: 'audit' }] } },
  },
  'AWS::EKS::Addon': { AddonName: 'amazon-cloudwatch-observability' },
  'AWS::CloudWatch::Alarm': { Metrics: [{ MetricStat: { Period: 60 } }], AlarmActions: ['x'] },
  'AWS::CloudWatch::CompositeAlarm': { AlarmRule: 'ALARM(one)' },
  'AWS::Logs::LogGroup': { RetentionInDays: 30 },
  'AWS::EC2::VPCEndpoint': { VpcEndpointType: 'Interface', SubnetIds: ['a'], ServiceName: 'x.s3' },
  'AWS::EC2::FlowLog': { LogGroupName: 'one', TrafficType: 'ALL' },
  'AWS::EC2::SecurityGroupIngress': { GroupId: 'one' },
  'AWS::IAM::Role': { Policies: [{ PolicyDocument: {} }], ManagedPolicyArns: ['x'], AssumeRolePolicyDocument: {} },
  'AWS::IAM::Policy': { Roles: ['one'], PolicyDocument: {} },
  'AWS::Events::Rule': { EventBusName: 'default', Targets: [{}], EventPattern: {} },
};

it('whatever stands in a template, neither cost nor quotas break', () => {
  for (const { tree } of structuralMutants(base, 3, 400)) {
    if (typeof tree !== 'object' || tree === null) continue;
    const resources = Object.entries(tree).map(
      ([type, properties], index): DeployedResource => ({
        stack: 'Stack',
        logicalId: `R${index}`,
        type,
        id: 'one',
        properties: typeof properties === 'object' && properties !== null ? properties : {},
      }),
    );
    const estate = estateOf(resources);
    expect(() => costReport(estate, estimate(estate), advise(estate), 'eu-west-1')).not.toThrow();
    const stacks = [{ name: 'Stack', templateBytes: 1, resources: 1, parameters: 0, mappings: 0, outputs: 0 }];
    const inventory = { stacks, resources };
    expect(() =>
      quotaReport(judgeQuotas({ inventory, environments: sampleEnvironments }, limitTable), limitTable),
    ).not.toThrow();
  }
});
