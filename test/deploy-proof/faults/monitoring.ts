import { type Fault, monitored, properties, without } from './fault';

export const MONITORING_FAULTS: readonly Fault[] = [
  monitored('a composite of an alarm that is not there', (r) => { const alarm = properties(r, 'AWS::CloudWatch::CompositeAlarm'); alarm.AlarmRule = 'ALARM("visits-nothing")'; }),
  monitored('an alarm with a comparison that there is not', (r) => { properties(r, 'AWS::CloudWatch::Alarm').ComparisonOperator = 'GreaterThan'; }),
  monitored('more datapoints to alarm than periods', (r) => { const alarm = properties(r, 'AWS::CloudWatch::Alarm'); alarm.DatapointsToAlarm = alarm.EvaluationPeriods + 1; }),
  monitored('a topic whose key does not know CloudWatch', (r) => { const key = properties(r, 'AWS::KMS::Key').KeyPolicy; key.Statement = without(key.Statement, /cloudwatch/); }),
  monitored('a topic to which events may not be published', (r) => { const policy = properties(r, 'AWS::SNS::TopicPolicy').PolicyDocument; policy.Statement = without(policy.Statement, /events/); }),
  monitored('a dashboard that is no JSON', (r) => { properties(r, 'AWS::CloudWatch::Dashboard').DashboardBody = '{"widgets":['; }),
]; // biome-ignore format: a table
