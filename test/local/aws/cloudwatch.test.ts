import { CloudWatchClient, DeleteAlarmsCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { cbor } from '@smithy/core/cbor';
import type { AlarmState } from '../../../lib/local/aws/alarms';
import { type Surroundings, surroundings } from './fixture';
import { sendSigned } from './signed-request';

const SINCE = new Date('2026-11-21T10:00:00Z');
const STATES: AlarmState[] = [
  {
    alarm: {
      kind: 'metric',
      name: 'visits-dev-gone',
      arn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:visits-dev-gone',
      namespace: 'ContainerInsights',
      metricName: 'service_number_of_running_pods',
      dimensions: [{ name: 'ClusterName', value: 'delivery' }],
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      threshold: 1,
      comparisonOperator: 'LessThanThreshold',
      treatMissingData: 'missing',
    },
    state: 'OK',
    reason: 'fine',
    since: SINCE,
  },
  {
    alarm: {
      kind: 'composite',
      name: 'visits-dev',
      arn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:visits-dev',
      rule: 'ALARM("visits-dev-gone")',
    },
    state: 'ALARM',
    reason: 'r'.repeat(2000),
    since: SINCE,
  },
];

let here: Surroundings;
beforeAll(async () => {
  here = await surroundings({ alarms: { states: () => STATES } });
});
afterAll(() => here.close());

describe('DescribeAlarms', () => {
  const describeAlarms = async (input: object) => {
    const { MetricAlarms = [], CompositeAlarms = [] } = await new CloudWatchClient(here.client()).send(
      new DescribeAlarmsCommand(input),
    );
    return {
      metric: MetricAlarms.map((each) => each.AlarmName),
      composite: CompositeAlarms.map((each) => each.AlarmName),
    };
  };

  it.each<[object, object]>([
    [{}, { metric: ['visits-dev-gone'], composite: [] }],
    [{ AlarmTypes: ['CompositeAlarm'] }, { metric: [], composite: ['visits-dev'] }],
    [
      { AlarmTypes: ['CompositeAlarm', 'MetricAlarm'], AlarmNames: ['visits-dev'] },
      { metric: [], composite: ['visits-dev'] },
    ],
    [
      { AlarmTypes: ['CompositeAlarm', 'MetricAlarm'], StateValue: 'OK' },
      { metric: ['visits-dev-gone'], composite: [] },
    ],
    [
      { AlarmTypes: ['CompositeAlarm', 'MetricAlarm'], AlarmNamePrefix: 'visits-dev-' },
      { metric: ['visits-dev-gone'], composite: [] },
    ],
    [{ AlarmNames: ['other'] }, { metric: [], composite: [] }],
  ])('finds by %j', async (input, expected) => {
    expect(await describeAlarms(input)).toEqual(expected);
  });

  it('tells state, reason and time', async () => {
    const client = new CloudWatchClient(here.client());
    const { MetricAlarms, CompositeAlarms } = await client.send(
      new DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] }),
    );
    expect(MetricAlarms).toMatchObject([
      { StateValue: 'OK', StateReason: 'fine', StateUpdatedTimestamp: SINCE, Threshold: 1, Statistic: 'Maximum' },
    ]);
    expect(CompositeAlarms).toMatchObject([
      { StateValue: 'ALARM', AlarmRule: 'ALARM("visits-dev-gone")', StateReason: 'r'.repeat(1023) },
    ]);
  });

  it('answers in CBOR', async () => {
    const answer = await sendSigned(here, 'monitoring', {
      method: 'POST',
      path: '/service/GraniteServiceVersion20100801/operation/DescribeAlarms',
      headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
      body: Uint8Array.from(cbor.serialize({ AlarmNames: ['visits-dev'], AlarmTypes: ['CompositeAlarm'] })),
    });
    expect(answer.headers.get('smithy-protocol')).toBe('rpc-v2-cbor');
    const output = cbor.deserialize(new Uint8Array(await answer.arrayBuffer())) as {
      CompositeAlarms: Record<string, unknown>[];
    };
    expect(output.CompositeAlarms).toMatchObject([
      { AlarmName: 'visits-dev', StateUpdatedTimestamp: { tag: 1, value: SINCE.getTime() / 1000 } },
    ]);
  });

  it('answers in XML, to older clients', async () => {
    const answer = await sendSigned(here, 'monitoring', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: 'Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=other&AlarmNames.member.2=visits-dev-gone&MaxRecords=10',
    });
    const text = await answer.text();
    expect(text).toContain(
      '<DescribeAlarmsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><DescribeAlarmsResult><MetricAlarms><member><AlarmName>visits-dev-gone</AlarmName>',
    );
    expect(text).toContain('<StateUpdatedTimestamp>2026-11-21T10:00:00.000Z</StateUpdatedTimestamp>');
  });

  it('is what is here of CloudWatch', async () => {
    const put = new CloudWatchClient(here.client()).send(new DeleteAlarmsCommand({ AlarmNames: ['visits-dev'] }));
    await expect(put).rejects.toThrow('DeleteAlarms is not supported by the local endpoint');
  });

  it('has no alarms where none are watched', async () => {
    const without = await surroundings();
    try {
      expect(await new CloudWatchClient(without.client()).send(new DescribeAlarmsCommand({}))).toMatchObject({
        MetricAlarms: [],
      });
    } finally {
      await without.close();
    }
  });
});
