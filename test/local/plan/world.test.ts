import { describe, expect, test } from '@jest/globals';
import { readWorld, type World } from '../../../lib/local/world';
import { BINDINGS, DELIVERY, deliveryAssembly, type Loose, pipelineOf } from './delivery-assembly';

type Change = (templates: Record<string, Loose>) => void;

function worldOf(change?: Change): World {
  const world = readWorld(deliveryAssembly(change), BINDINGS);
  if (!world.ok) throw new Error(JSON.stringify(world.errors));
  return world.value;
}

const cluster: (templates: Record<string, Loose>) => Loose = (templates) => templates['SlipwayCluster'].Resources;
const delivery: (templates: Record<string, Loose>) => Loose = (templates) => templates['VisitsDelivery'].Resources;

describe('readWorld', () => {
  test('finds the cluster with its manifests and who may do what in it', () => {
    expect(worldOf().clusters).toEqual([
      {
        name: 'slipway',
        arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/slipway',
        version: '1.35',
        manifests: [
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dev', labels: { region: 'eu-west-1' } } },
        ],
        accessEntries: [
          {
            principalArn: 'arn:aws:iam::111122223333:role/visits-deploy-dev',
            groups: [],
            policies: [{ name: 'AmazonEKSEditPolicy', namespaces: ['dev'] }],
          },
        ],
      },
    ]);
  });

  test('knows a cluster that the templates only name', () => {
    const { clusters } = worldOf((templates) => {
      delete cluster(templates).ClusterEB03;
      cluster(templates).NamespaceDev.Properties.ClusterName = 'existing';
      cluster(templates).DeployAccess.Properties.ClusterName = 'existing';
      cluster(templates).DeployAccess.Properties.AccessPolicies[0].AccessScope = { Type: 'cluster' };
    });
    expect(clusters).toMatchObject([{ name: 'existing', manifests: [{ kind: 'Namespace' }] }]);
    expect(clusters[0]?.version).toBeUndefined();
    expect(clusters[0]?.accessEntries[0]?.policies).toEqual([{ name: 'AmazonEKSEditPolicy' }]);
  });

  test('finds the buckets, whose names are names of folders here', () => {
    const withBucket = (BucketName: string) =>
      worldOf((templates) => {
        delivery(templates).Releases = { Type: 'AWS::S3::Bucket', Properties: { BucketName } };
      });
    expect(withBucket('visits-releases').buckets).toContain('visits-releases');
    const { buckets, notices } = withBucket('../elsewhere');
    expect(buckets).not.toContain('../elsewhere');
    expect(notices).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('"../elsewhere" is no name of a bucket') }),
    );
  });

  test('finds the keys that sign, and none that encrypts', () => {
    const withKey = (properties: object) =>
      worldOf((templates) => {
        delivery(templates).SigningKey = { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: {}, ...properties } };
      });
    const { signingKeys } = withKey({ KeyUsage: 'SIGN_VERIFY', KeySpec: 'ECC_NIST_P256', Description: 'Signs' });
    expect(signingKeys).toEqual([
      {
        id: expect.any(String),
        arn: `arn:aws:kms:eu-west-1:111122223333:key/${signingKeys[0]?.id}`,
        description: 'Signs',
      },
    ]);
    expect(withKey({ EnableKeyRotation: true }).signingKeys).toEqual([]);
    const { signingKeys: named } = worldOf((templates) => {
      delivery(templates).SigningKey = {
        Type: 'AWS::KMS::Key',
        Properties: { KeyPolicy: {}, KeyUsage: 'SIGN_VERIFY', KeySpec: 'ECC_NIST_P256' },
      };
      const TargetKeyId = { 'Fn::GetAtt': ['SigningKey', 'Arn'] };
      delivery(templates).Alias = { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/signs', TargetKeyId } };
    });
    expect(named[0]?.aliases).toEqual(['arn:aws:kms:eu-west-1:111122223333:alias/signs']);
    const other = withKey({ KeyUsage: 'SIGN_VERIFY', KeySpec: 'RSA_2048' });
    expect(other.signingKeys).toEqual([]);
    expect(other.notices).toContainEqual(
      expect.objectContaining({
        path: expect.stringContaining('SigningKey'),
        message: expect.stringContaining('RSA_2048'),
      }),
    );
  });

  test('finds image repositories, code repositories and what a deploy would upload', () => {
    const { repositories, codeRepositories, assets } = worldOf((templates) => {
      delivery(templates).Cache = {
        Type: 'AWS::ECR::Repository',
        Properties: {
          RepositoryName: 'visits-cache',
          ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
          ImageTagMutabilityExclusionFilters: [
            {
              ImageTagMutabilityExclusionFilterType: 'WILDCARD',
              ImageTagMutabilityExclusionFilterValue: 'buildcache*',
            },
          ],
        },
      };
    });
    const uri = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
    expect(repositories).toMatchObject([
      { name: 'visits', uri: `${uri}/visits`, immutable: true, exclusions: [] },
      { name: 'visits-cache', uri: `${uri}/visits-cache`, immutable: true, exclusions: ['buildcache*'] },
    ]);
    expect(codeRepositories).toEqual([
      { name: 'visits', arn: 'arn:aws:codecommit:eu-west-1:111122223333:visits', approvalRules: [] },
    ]);
    expect(assets).toEqual([
      {
        bucket: 'cdk-hnb659fds-assets-111122223333-eu-west-1',
        key: '5b0c.zip',
        path: `${DELIVERY}/asset.5b0c`,
        packaging: 'zip',
      },
    ]);
  });

  test('finds alarms with the values that CloudWatch would take', () => {
    const { alarms } = worldOf((templates) => {
      delete delivery(templates).UnreadyAlarm.Properties.TreatMissingData;
      delete delivery(templates).UnreadyAlarm.Properties.DatapointsToAlarm;
    });
    expect(alarms).toEqual([
      {
        kind: 'metric',
        name: 'visits-dev-unready',
        arn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:visits-dev-unready',
        namespace: 'ContainerInsights',
        metricName: 'status_replicas_unavailable',
        dimensions: [{ name: 'ClusterName', value: 'slipway' }],
        statistic: 'Maximum',
        period: 60,
        evaluationPeriods: 3,
        datapointsToAlarm: 3,
        threshold: 0,
        comparisonOperator: 'GreaterThanThreshold',
        treatMissingData: 'missing',
      },
      {
        kind: 'composite',
        name: 'visits-dev',
        arn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:visits-dev',
        rule: 'ALARM("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:visits-dev-unready")',
      },
    ]);
  });
});

describe('an alarm on an expression', () => {
  const math =
    (change: (metrics: Loose) => void): Change =>
    (templates) => {
      const { Namespace, MetricName, Dimensions, Statistic, Period, ...rest } =
        delivery(templates).UnreadyAlarm.Properties;
      const Metrics = [
        {
          Id: 'm',
          ReturnData: false,
          MetricStat: { Stat: Statistic, Period, Metric: { Namespace, MetricName, Dimensions } },
        },
        { Id: 'e', Expression: 'DIFF(m)', Label: 'change' },
      ];
      delivery(templates).UnreadyAlarm.Properties = { ...rest, Metrics };
      change(Metrics);
    };

  test('is one on its metric, with the function over it', () => {
    const [plain] = worldOf(() => {}).alarms;
    expect(worldOf(math(() => {})).alarms[0]).toEqual({ ...plain, expression: 'DIFF' });
    expect(worldOf(math((metrics) => (metrics[1].Expression = 'RATE(m)'))).alarms[0]).toEqual({
      ...plain,
      expression: 'RATE',
    });
  });

  test.each<[string, (metrics: Loose) => void, string, RegExp]>([
    ['another function', (m) => (m[1].Expression = 'SUM(METRICS())'), '[1].Expression', /DIFF\(m\) and RATE\(m\)/],
    ['a function of another metric', (m) => (m[1].Expression = 'DIFF(x)'), '[1].Expression', /DIFF\(m\)/],
    ['two metrics', (m) => m.unshift(structuredClone(m[0])), '', /and no more/],
    ['a metric that is judged itself', (m) => delete m[0].ReturnData, '[0]', /ReturnData must be false/],
    [
      'an unknown member',
      (m) => (m[0].MetricStat.Metric.Surprise = 'x'),
      '[0].MetricStat.Metric.Surprise',
      /not known/,
    ],
    ['another account', (m) => (m[0].AccountId = '1'), '[0].AccountId', /other accounts/],
  ])('is not taken with %s', (_, change, path, message) => {
    const world = readWorld(deliveryAssembly(math(change)), BINDINGS);
    expect(world).toMatchObject({
      ok: false,
      errors: [{ path: `Resources.UnreadyAlarm.Properties.Metrics${path}`, message: expect.stringMatching(message) }],
    });
  });
});

describe('what is not supported', () => {
  const breakAlarm: Change = (templates) => {
    const { AlarmName, Threshold, ComparisonOperator, EvaluationPeriods } = delivery(templates).UnreadyAlarm.Properties;
    delivery(templates).UnreadyAlarm.Properties = {
      ...{ AlarmName, Threshold, ComparisonOperator, EvaluationPeriods },
      Metrics: [{ Id: 'm', Expression: 'a/b' }],
    };
  };

  test('is an error if a pipeline depends on it: the bake reads a composite alarm of this one', () => {
    const world = readWorld(deliveryAssembly(breakAlarm), BINDINGS);
    expect(world).toMatchObject({
      ok: false,
      errors: [
        {
          file: 'VisitsDelivery.template.json',
          path: 'Resources.UnreadyAlarm.Properties.Metrics',
          message: expect.stringContaining('one Expression of it are evaluated'),
        },
      ],
    });
  });

  test('is a notice if none does', () => {
    const { notices, alarms } = worldOf((templates) => {
      breakAlarm(templates);
      pipelineOf(templates).Stages[4].Actions.splice(1, 1);
    });
    expect(notices).toMatchObject([{ path: 'Resources.UnreadyAlarm.Properties.Metrics' }]);
    expect(alarms.map(({ name }) => name)).toEqual(['visits-dev']);
  });

  test.each<[string, Change, string, RegExp]>([
    [
      'an add-on',
      (t) => (cluster(t).A = { Type: 'AWS::EKS::Addon', Properties: {} }),
      'Resources.A',
      /Add-ons are not installed/,
    ],
    [
      'a chart',
      (t) => (cluster(t).A = { Type: 'Custom::AWSCDK-EKS-HelmChart' }),
      'Resources.A',
      /Helm charts are not installed/,
    ],
    [
      'a manifest that is no JSON',
      (t) => (cluster(t).NamespaceDev.Properties.Manifest = 'kind: Pod'),
      'Resources.NamespaceDev.Properties.Manifest',
      /JSON list of Kubernetes objects/,
    ],
    [
      'a manifest whose value is unknown',
      (t) => (cluster(t).NamespaceDev.Properties.Manifest = { Ref: 'Nobody' }),
      'Resources.NamespaceDev.Properties.Manifest.Ref',
      /no resource or parameter/,
    ],
    [
      'a band for a threshold',
      (t) =>
        (delivery(t).Other = {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: {
            ...delivery(t).UnreadyAlarm.Properties,
            AlarmName: 'other',
            ComparisonOperator: 'LessThanLowerThreshold',
          },
        }),
      'Resources.Other.Properties.ComparisonOperator',
      /Anomaly bands/,
    ],
    [
      'an alarm without a metric',
      (t) =>
        (delivery(t).Other = {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: { ...delivery(t).UnreadyAlarm.Properties, AlarmName: 'other', MetricName: undefined },
        }),
      'Resources.Other.Properties.MetricName',
      /required/,
    ],
  ])('is a notice with its place: %s', (_, change, path, message) => {
    expect(worldOf((templates) => void change(templates)).notices).toEqual([
      { file: expect.stringMatching(/template\.json$/), path, message: expect.stringMatching(message) },
    ]);
  });
});
