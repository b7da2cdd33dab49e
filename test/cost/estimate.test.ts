import { advise } from '../../lib/cost/advice';
import { type Estate, sum } from '../../lib/cost/estate';
import { type Estimate, estimate } from '../../lib/cost/estimate';
import type { DeployedResource, Properties } from '../../lib/inventory';
import { estateOf, sampleInventory } from './sample';

const { resources } = sampleInventory();
const sample = estateOf(resources);
const HOURS = 730;

const month = (estate: Estate): number => sum(estimate(estate).idle);
const of = ({ idle }: Estimate, what: string): number => sum(idle.filter((line) => line.what === what));
const runOf = ({ runs }: Estimate, pipeline: string, ...skipped: string[]) => {
  const run = runs.find((one) => one.pipeline === pipeline && one.skipped.join() === skipped.join());
  if (run === undefined) throw new Error(`no run of ${pipeline}`);
  return run;
};
const inRun = (estimated: Estimate, pipeline: string, what: string): number =>
  sum(runOf(estimated, pipeline).lines.filter((line) => line.what === what));

describe('a month idle', () => {
  const byHand: [what: string, usd: number][] = [
    ['EKS control plane', 0.1 * HOURS], // 73.00
    ['EC2 instance of Auto Mode', 2 * 0.096 * HOURS], // 140.16
    ['Auto Mode', 0.12 * 140.16], // 16.82
    ['NAT gateway', 2 * 0.045 * HOURS], // 65.70
    ['public IPv4 address', 2 * 0.005 * HOURS], // 7.30
    ['data through NAT', 20 * 0.045], // 0.90
    ['load balancer of the Service', 3 * 0.0225 * HOURS], // 49.28
    ['Container Insights', (((2 * 40 + 20 * 40) * 60 * HOURS) / 1e6) * 0.21], // 38.544 million: 8.09
    ['KMS key', 5], // source, cluster, delivery, notifications; and the one that signs
    ['alarm', 25 * 0.1], // seven an environment, four of the cluster
    ['composite alarm', 4 * 0.5],
    ['dashboard', 3],
    ['logs: EKS control plane', 30 * 0.5], // 15.00
    ['logs: VPC flows', 5 * 0.5], // 2.50
    ['logs: containers and nodes', 3 * 2 * 0.5], // 3.00: application, host, dataplane
    ['logs kept', (30 + 5 + 3 * 2) * 0.15 * (90 / (365 / 12)) * 0.03], // 41 GB, compressed, 2.96 months: 0.55
  ];

  it.each(byHand)('%s', (what, usd) => {
    expect(of(estimate(sample), what)).toBeCloseTo(usd, 6);
  });

  it('is the sum of these, and of nothing else: $394.79', () => {
    expect(month(sample)).toBeCloseTo(
      byHand.reduce((total, [, usd]) => total + usd, 0),
      6,
    );
    expect(month(sample)).toBeCloseTo(394.79, 2);
    expect(estimate(sample).unpriced).toEqual([]);
  });

  it('of an environment: seven alarms, their composite and a load balancer', () => {
    for (const name of ['dev', 'staging', 'production']) {
      const lines = estimate(sample).idle.filter(({ environment }) => environment === name);
      expect(sum(lines)).toBeCloseTo(7 * 0.1 + 0.5 + 0.0225 * HOURS, 6); // 17.63
    }
  });

  it('follows what is assumed: three nodes, no load balancers', () => {
    const other = estateOf(resources, { nodes: '3', 'load-balancers': '0' });
    const node = 0.096 * HOURS * 1.12 + ((40 * 60 * HOURS) / 1e6) * 0.21;
    expect(month(other) - month(sample)).toBeCloseTo(node - 3 * 0.0225 * HOURS, 6);
  });
});

describe('a run', () => {
  const estimated = estimate(sample);

  it('of the development pipeline: a source action and eleven builds of 150 s, so 34 minutes', () => {
    const run = runOf(estimated, 'visits-development');
    expect([run.minutes, run.builds, run.measured]).toEqual([1 + 11 * 3, 11, 0]);
    expect(inRun(estimated, 'visits-development', 'CodePipeline')).toBeCloseTo(34 * 0.002, 6); // 0.068
    expect(inRun(estimated, 'visits-development', 'CodeBuild small')).toBeCloseTo(10 * 3 * 0.005, 6); // 0.15
    expect(inRun(estimated, 'visits-development', 'CodeBuild medium')).toBeCloseTo(3 * 0.01, 6); // 0.03
    const deliver = 3; // builds inside the VPC
    const rest =
      (11 / 1024) * 0.5 + (deliver * 200 * 0.045) / 1024 + (10 / 1024) * 0.023 + (80 / 1024) * 0.1 + 0.05 * 0.03;
    expect(sum(run.lines)).toBeCloseTo(0.068 + 0.15 + 0.03 + rest, 6);
  });

  it('without the stage that a condition skips: seven of the builds less', () => {
    const run = runOf(estimated, 'visits-development', 'Test');
    expect([run.minutes, run.builds]).toEqual([1 + 4 * 3, 4]);
  });

  it('of the production pipeline: 14 builds, five minutes of watching, an approval that is free', () => {
    const run = runOf(estimated, 'visits-production');
    expect([run.minutes, run.builds]).toEqual([1 + 14 * 3 + 5, 14]);
    // 10 calls of a second with 256 MB on ARM
    expect(inRun(estimated, 'visits-production', 'Lambda')).toBeCloseTo((10 / 1e6) * 0.2 + 10 * 0.25 * 0.0000133334, 9);
  });

  it('of the build that a pull request starts: three small minutes inside the VPC, no action minutes, no artifacts', () => {
    const run = runOf(estimated, 'visits-preview');
    expect([run.kind, run.minutes, run.builds]).toEqual(['build', 0, 1]);
    expect(sum(run.lines)).toBeCloseTo(3 * 0.005 + (1 / 1024) * 0.5 + (200 / 1024) * 0.045 + 0.05 * 0.03, 9);
    expect(estimated.runs.filter(({ kind }) => kind === 'build')).toHaveLength(1);
  });

  it('takes the durations of this machine where there are some: 45 s and 30 s around are two minutes', () => {
    const measured = new Map([['visits-development', new Map([['Test/Unit', 45]])]]);
    const run = runOf(estimate({ ...sample, measured }), 'visits-development');
    expect([run.minutes, run.measured]).toEqual([34 - 1, 1]);
  });
});

const mutated = (type: string, change: (properties: Properties) => Properties, name = ''): Estate => ({
  ...sample,
  resources: resources.map((resource) =>
    resource.type === type && resource.id.includes(name)
      ? { ...resource, properties: { ...resource.properties, ...change(resource.properties) } }
      : resource,
  ),
});
const added = (type: string, properties: Properties = {}): Estate => {
  const one: DeployedResource = { stack: 'Other', logicalId: 'One', type, id: 'one', properties };
  return { ...sample, resources: [...resources, one] };
};

describe('another template costs something else', () => {
  it('a third NAT gateway: $32.85 more', () => {
    expect(month(added('AWS::EC2::NatGateway')) - month(sample)).toBeCloseTo(32.85, 6);
  });

  it('an interface endpoint in two subnets: $14.60', () => {
    const endpoint = added('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b'] });
    expect(month(endpoint) - month(sample)).toBeCloseTo(14.6, 6);
  });

  it('a large compute type for one build of three minutes: 4.5 cents a run more', () => {
    const large = mutated(
      'AWS::CodeBuild::Project',
      ({ Environment }) => ({ Environment: { ...Environment, ComputeType: 'BUILD_GENERAL1_LARGE' } }),
      'development-test-unit',
    );
    const more =
      sum(runOf(estimate(large), 'visits-development').lines) -
      sum(runOf(estimate(sample), 'visits-development').lines);
    expect(more).toBeCloseTo(3 * (0.02 - 0.005), 6);
  });

  it('a compute type without a price is named, and in no sum', () => {
    const huge = mutated(
      'AWS::CodeBuild::Project',
      ({ Environment }) => ({ Environment: { ...Environment, ComputeType: 'BUILD_GENERAL1_2XLARGE' } }),
      'development-test-unit',
    );
    expect(estimate(huge).unpriced).toEqual(['CodeBuild LINUX_CONTAINER BUILD_GENERAL1_2XLARGE']);
  });

  it('a resource type without a price is named', () => {
    expect(estimate(added('AWS::RDS::DBInstance')).unpriced).toEqual(['AWS::RDS::DBInstance']);
  });

  it('Kubernetes in extended support: six times as much', () => {
    const old = mutated('AWS::EKS::Cluster', () => ({ Version: '1.33' }));
    expect(of(estimate(old), 'EKS control plane, extended support')).toBeCloseTo(0.6 * HOURS, 6);
    expect(of(estimate({ ...sample, today: '2027-04-01' }), 'EKS control plane, extended support')).toBeCloseTo(438, 6);
  });

  it('an alarm of three metrics, and one of 10 seconds', () => {
    const stat = { MetricStat: { Period: 60 } };
    expect(month(added('AWS::CloudWatch::Alarm', { Metrics: [stat, stat, stat, {}] })) - month(sample)).toBeCloseTo(
      0.3,
      6,
    );
    expect(month(added('AWS::CloudWatch::Alarm', { Period: 10 })) - month(sample)).toBeCloseTo(0.3, 6);
  });

  it('a pipeline of type V1 costs a dollar a month and no minutes', () => {
    const old = mutated('AWS::CodePipeline::Pipeline', () => ({ PipelineType: 'V1' }), 'development');
    expect(of(estimate(old), 'pipeline (V1)')).toBe(1);
    expect(inRun(estimate(old), 'visits-development', 'CodePipeline')).toBe(0);
  });

  it('more than five users of CodeCommit: a dollar each', () => {
    expect(month(estateOf(resources, { 'codecommit-users': '8' })) - month(sample)).toBeCloseTo(3, 6);
  });
});

describe('advice', () => {
  const saved = (estate: Estate) =>
    new Map(advise(estate).map(({ id, month, thousandRuns }) => [id, [month, thousandRuns]]));
  const share = (gigabytes: number) => gigabytes * (0.5 + 0.15 * (90 / (365 / 12)) * 0.03);

  it.each([
    // All of its stack: control plane, instances, NAT with addresses and data, Container Insights, a key, its logs.
    ['shared-cluster', 73 + 140.16 * 1.12 + 65.7 + 7.3 + 0.9 + 8.09424 + 1 + share(41), 0], // 334.02
    ['one-nat-gateway', (0.045 + 0.005) * HOURS, 0], // 36.50
    ['s3-endpoint', 10 * 0.045, (1000 * ((3 + 6) * 100 * 0.045)) / 1024], // half of 20 GB; half of 9 builds' 200 MB
    ['log-retention', 41 * 0.15 * (60 / (365 / 12)) * 0.03, 0], // 0.36
    ['flow-logs-rejected', share(4.5), 0], // 2.31
    ['audit-logs', share(27), 0], // 13.86
    ['smaller-builds', 0, 1000 * 2 * 3 * 0.005], // two image builds of three minutes
    ['container-insights', 8.09424, 0],
    ['one-key', 3, 0],
    ['fewer-alarms', 2 * (0.7 + 0.5), 0],
    ['no-dashboard', 3, 0],
    ['no-load-balancers', 49.275, 0],
  ])('%s', (id, aMonth, thousandRuns) => {
    const [month = 0, runs = 0] = saved(sample).get(id) ?? [];
    expect([month, runs]).toEqual([expect.closeTo(aMonth, 1), expect.closeTo(thousandRuns, 1)]);
  });

  it('the greatest saving of a month first', () => {
    const months = advise(sample).map(({ month }) => month);
    expect(months).toEqual(months.toSorted((a, b) => b - a));
  });

  it('none where there is nothing to change', () => {
    const bare = { ...sample, resources: [], environments: [] };
    expect(advise(bare)).toEqual([]);
    expect(saved(sample).has('standard-support')).toBe(false);
    expect(saved(sample).has('interface-endpoints')).toBe(false);
  });

  it('a version out of standard support saves $365, endpoints what they cost', () => {
    const old = mutated('AWS::EKS::Cluster', () => ({ Version: '1.33' }));
    expect(saved(old).get('standard-support')).toEqual([365, 0]);
    expect(saved(added('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' })).get('interface-endpoints')).toEqual([
      7.3, 0,
    ]);
  });
});
