import { Template } from 'aws-cdk-lib/assertions';
import { MonitoringStack } from '../../lib/cloud/monitoring-stack';
import type { Json } from '../../lib/cloud/rules/rule';
import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import { configOf, newApp, propertiesOf, readable, resourcesOf } from './fixtures';

const config = configOf('notifications:\n  emails: [team@example.com]\n');
const pipelines = deliveryPipelines(config);
const template = Template.fromStack(new MonitoringStack(newApp(), 'VisitsMonitoring', { config, pipelines }));

const alarms = propertiesOf(template, 'AWS::CloudWatch::Alarm');
const composites = propertiesOf(template, 'AWS::CloudWatch::CompositeAlarm');
const [[topicId, topic]] = Object.entries(resourcesOf(template, 'AWS::SNS::Topic')) as [[string, Json]];

/** The metric that an alarm is about, of an expression the one that it counts with. */
const metricOf = (alarm: Json): Json => alarm.Metrics?.[0].MetricStat.Metric ?? alarm;
const dimensionsOf = (alarm: Json) =>
  Object.fromEntries(metricOf(alarm).Dimensions.map(({ Name, Value }: Json) => [Name, Value]));

it('every environment has the composite alarm that the model’s bake watches', () => {
  const actions = pipelines.flatMap((pipeline) => pipeline.stages.flatMap((stage) => stage.actions));
  const named = actions.flatMap((action) => {
    if (action.kind === 'bake') return [action.alarm, action.platformAlarm];
    return action.kind === 'build' ? (action.environment['ALARMS'] ?? '').split(' ').filter(Boolean) : [];
  });
  const names = composites.map(({ AlarmName }) => AlarmName);
  expect(names).toEqual(['visits-dev', 'visits-staging', 'visits-production', 'visits_platform']);
  expect([...new Set(named)].sort()).toEqual([...names].sort());
});

it('no alarm of the cluster is among those that a release is judged by', () => {
  for (const { AlarmName, AlarmRule } of composites)
    expect(AlarmRule.includes('visits_platform')).toBe(AlarmName === 'visits_platform');
});

it('restarts are counted by their change: the metric only rises', () => {
  const restarting = alarms.find(({ AlarmName }) => AlarmName === 'visits-production-restarting');
  expect(restarting).toMatchObject({
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    Metrics: [
      { Id: 'counted', ReturnData: false, MetricStat: { Stat: 'Maximum', Period: 60 } },
      { Expression: 'DIFF(counted)', ReturnData: true },
    ],
  });
  expect(restarting).not.toHaveProperty('MetricName');
});

it('a composite alarm fires when any symptom of its own environment does, and each symptom exists', () => {
  const known = alarms.map(({ AlarmName }) => AlarmName).filter(Boolean);
  for (const { AlarmName, AlarmRule } of composites) {
    const children = [...AlarmRule.matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name]) => name);
    expect(AlarmRule).toBe(children.map((name) => `ALARM("${name}")`).join(' OR '));
    const symptoms =
      AlarmName === 'visits_platform'
        ? ['failed-nodes', 'cpu', 'memory', 'filesystem']
        : ['gone', 'unavailable', 'crashing', 'restarting', 'out-of-memory', 'image-missing', 'memory-full'];
    expect(children).toEqual(symptoms.map((symptom) => `${AlarmName}-${symptom}`));
    expect(known).toEqual(expect.arrayContaining(children));
  }
});

it('alarms read Container Insights under the dimensions that it publishes', () => {
  const sets: Record<string, string[]> = {
    service_number_of_running_pods: ['ClusterName', 'Namespace', 'Service'],
    status_replicas_unavailable: ['ClusterName', 'Namespace', 'PodName'],
    pod_container_status_waiting_reason_crash_loop_back_off: ['ClusterName', 'Namespace', 'PodName'],
    pod_container_status_waiting_reason_image_pull_error: ['ClusterName', 'Namespace', 'PodName'],
    pod_number_of_container_restarts: ['ClusterName', 'Namespace', 'PodName'],
    pod_container_status_terminated_reason_oom_killed: ['ClusterName', 'ContainerName', 'Namespace', 'PodName'],
    pod_memory_utilization_over_pod_limit: ['ClusterName', 'Namespace', 'PodName'],
    cluster_failed_node_count: ['ClusterName'],
    node_cpu_utilization: ['ClusterName'],
    node_memory_utilization: ['ClusterName'],
    node_filesystem_utilization: ['ClusterName'],
  };
  for (const alarm of alarms) {
    expect(metricOf(alarm).Namespace).toBe('ContainerInsights');
    expect(Object.keys(dimensionsOf(alarm)).sort()).toEqual(sets[metricOf(alarm).MetricName]);
  }
  const gone = alarms.find(({ AlarmName }) => AlarmName === 'visits-staging-gone');
  expect(dimensionsOf(gone)).toEqual({ ClusterName: 'slipway', Namespace: 'visits-staging', Service: 'visits' });
});

it('an error that is not there is fine; a workload that is not there is unknown', () => {
  const missing = Object.fromEntries(alarms.map(({ MetricName, TreatMissingData }) => [MetricName, TreatMissingData]));
  expect(missing).toMatchObject({
    pod_container_status_waiting_reason_crash_loop_back_off: 'notBreaching',
    status_replicas_unavailable: 'missing',
    service_number_of_running_pods: 'missing',
  });
});

it('people hear of each service and of the platform once, by the composite alarm', () => {
  expect(alarms.filter(({ AlarmActions }) => AlarmActions)).toEqual([]);
  for (const alarm of composites)
    expect(alarm).toMatchObject({ AlarmActions: [{ Ref: topicId }], OKActions: [{ Ref: topicId }] });
});

it('the topic is encrypted, takes TLS only, and goes to the addresses in slipway.yaml', () => {
  expect(topic.Properties.KmsMasterKeyId).toBeDefined();
  expect(propertiesOf(template, 'AWS::SNS::Subscription')).toEqual([
    { Protocol: 'email', Endpoint: 'team@example.com', TopicArn: { Ref: topicId } },
  ]);
  const [policy] = propertiesOf(template, 'AWS::SNS::TopicPolicy');
  const publish = policy.PolicyDocument.Statement.find(({ Effect }: Json) => Effect === 'Allow');
  expect(publish).toMatchObject({
    Action: 'sns:Publish',
    Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  });
  expect(policy.PolicyDocument.Statement.find(({ Effect }: Json) => Effect === 'Deny').Condition).toEqual({
    Bool: { 'aws:SecureTransport': 'false' },
  });
});

it('a failed pipeline and an approval that waits are told, by pipelines of this service only', () => {
  const patterns = propertiesOf(template, 'AWS::Events::Rule').map(({ EventPattern }) => EventPattern);
  const pipeline = ['visits-development', 'visits-production'];
  expect(patterns.map(({ detail }) => detail)).toEqual([
    { pipeline, state: ['FAILED'] },
    { pipeline, state: ['STARTED'], type: { category: ['Approval'] } },
  ]);
  for (const { Targets } of propertiesOf(template, 'AWS::Events::Rule'))
    expect(Targets).toMatchObject([{ Arn: { Ref: topicId }, DeadLetterConfig: { Arn: expect.anything() } }]);
});

it('the dashboard shows every environment', () => {
  const [{ DashboardBody }] = propertiesOf(template, 'AWS::CloudWatch::Dashboard') as [Json];
  const body = readable(DashboardBody);
  for (const { namespace } of config.environments) expect(body).toContain(namespace);
});
