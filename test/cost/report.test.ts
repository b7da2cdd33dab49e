import { advise } from '../../lib/cost/advice';
import { estimate } from '../../lib/cost/estimate';
import { costReport } from '../../lib/cost/report';
import type { DeployedResource, Properties } from '../../lib/inventory';
import { estateOf } from './sample';

const build = (Name: string) => ({
  Name,
  ActionTypeId: { Category: 'Test', Owner: 'AWS', Provider: 'CodeBuild' },
  Configuration: { ProjectName: 'Project' },
});
const resources = (
  [
    ['Cluster', 'AWS::EKS::Cluster', { Version: '1.35', ComputeConfig: { Enabled: true } }],
    ['Nat1', 'AWS::EC2::NatGateway', {}],
    ['Nat2', 'AWS::EC2::NatGateway', {}],
    ['Composite', 'AWS::CloudWatch::CompositeAlarm', { AlarmRule: 'ALARM(x)' }],
    ['Database', 'AWS::RDS::DBInstance', {}],
    [
      'Project',
      'AWS::CodeBuild::Project',
      { Environment: { Type: 'LINUX_CONTAINER', ComputeType: 'BUILD_GENERAL1_SMALL' } },
    ],
    [
      'Pipeline',
      'AWS::CodePipeline::Pipeline',
      { Name: 'visits', PipelineType: 'V2', Stages: [{ Actions: [build('A'), build('B')] }] },
    ],
  ] as [string, string, Properties][]
).map(([id, type, properties]): DeployedResource => ({ stack: 'Stack', logicalId: id, type, id, properties }));
const text = (region: string, given = {}) => {
  const estate = estateOf(resources, given);
  return costReport(estate, estimate(estate), advise(estate), region);
};

it('fits into 80 columns', () => {
  expect(
    text('eu-west-1')
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);
});

it('tells sums, savings, what is assumed and what is uncertain', () => {
  const lines = text('eu-west-1')
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/g, ' | '));
  expect(lines).toEqual(
    expect.arrayContaining([
      'NAT gateway | 2 | 65.70',
      'EC2 instance of Auto Mode * | 2 | 140.16',
      'composite alarm ? | 1 | 0.50',
      'total | 345.45', // 73.00 + 140.16 + 16.82 + 65.70 + 0.50 + 49.28
      'dev | 16.43',
      'one NAT gateway in place of 2 | 32.85 | -',
      'CodeBuild small * | 0.0300 | 30.00', // two builds of three minutes
      'In no sum, since the table has no price for it:',
      'AWS::RDS::DBInstance',
      'nodes=2: EC2 instances (m5.large) that Auto Mode runs for the pods, all month',
      'alarm-composite: $0.5 per month',
    ]),
  );
});

it('says where the prices are from and that the stacks go elsewhere', () => {
  expect(text('eu-west-1')).toContain('List prices of us-east-1 on 2026-11-21');
  expect(text('eu-west-1')).toContain('The stacks go to eu-west-1');
  expect(text('us-east-1')).not.toContain('The stacks go to');
});

it('shows a number of your own in place of the assumed one', () => {
  expect(text('us-east-1', { nodes: '5' })).toContain('  nodes=5: ');
});
