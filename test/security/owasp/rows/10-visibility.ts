import { buildLogs } from '../../../../lib/cloud/rules/build-logs';
import { cluster } from '../../../../lib/cloud/rules/cluster';
import { deadLetters } from '../../../../lib/cloud/rules/dead-letters';
import { enabledRules } from '../../../../lib/cloud/rules/enabled-rules';
import { heardAlarms } from '../../../../lib/cloud/rules/heard-alarms';
import type { Json } from '../../../../lib/cloud/rules/rule';
import { type Check, type Row, suite } from '../mutants';
import { target } from '../policies';
import { only, project, readable, resources, ruleCheck, type Templates, templates } from '../templates';
import { FAILED, inRuns, mutant, ruleOf } from '../visibility/in-runs';

/** Statements of the policies that name a resource, with the service that each lets in. */
const admitted = (all: Templates, type: string, member: string, { stack, id }: { stack: string; id: string }): Json[] =>
  resources(all, type)
    .filter((policy) => policy.stack === stack && [policy.properties[member]].flat().some((one) => target(one) === id))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === 'Allow');

const lets = (statements: readonly Json[], service: string, action: RegExp): Json[] =>
  statements.filter(
    ({ Principal, Action }) =>
      [Principal?.Service].flat().includes(service) && [Action].flat().some((one: string) => action.test(one)),
  );

const mayPublish: Check<Templates> = {
  name: 'publishers-may-publish',
  holds:
    'Topics let event rules and alarms publish, and their keys let both encrypt; without either the message is lost in silence.',
  findings: (all) =>
    resources(all, 'AWS::SNS::Topic').flatMap((topic) => {
      const statements = admitted(all, 'AWS::SNS::TopicPolicy', 'Topics', topic);
      const key = resources(all, 'AWS::KMS::Key').find(
        ({ stack, id }) => stack === topic.stack && id === target(topic.properties.KmsMasterKeyId),
      );
      return ['events.amazonaws.com', 'cloudwatch.amazonaws.com'].flatMap((service) => [
        ...(lets(statements, service, /^sns:(Publish|\*)$/).length > 0
          ? []
          : [`${service} may not publish to ${topic.id}`]),
        ...(lets(key?.properties.KeyPolicy?.Statement ?? [], service, /^kms:(GenerateDataKey\*?|\*)$/).length > 0
          ? []
          : [`${service} may not use the key of ${topic.id}`]),
      ]);
    }),
};

const lettersArrive: Check<Templates> = {
  name: 'dead-letters-arrive',
  holds: 'The dead-letter queue of each target lets that very rule send to it.',
  findings: (all) =>
    resources(all, 'AWS::Events::Rule').flatMap(({ stack, id, properties }) =>
      (properties.Targets ?? []).flatMap(({ DeadLetterConfig }: Json) => {
        const queue = target(DeadLetterConfig?.Arn);
        const statements = lets(
          admitted(all, 'AWS::SQS::QueuePolicy', 'Queues', { stack, id: queue ?? '' }),
          'events.amazonaws.com',
          /^sqs:(SendMessage|\*)$/,
        );
        const named = statements.some(({ Condition }) =>
          readable([Condition?.ArnEquals?.['aws:SourceArn']].flat()).includes(`:rule/${readable(properties.Name)}`),
        );
        return named ? [] : [`${id} may not send to its dead-letter queue`];
      }),
    ),
};

const everyAlarm: Check<Templates> = {
  name: 'every-alarm-counts',
  holds: 'Every alarm of a metric is summed up by a composite one, or has an action of its own.',
  findings: (all) => {
    const summed = resources(all, 'AWS::CloudWatch::CompositeAlarm')
      .map(({ properties }) => readable(properties.AlarmRule))
      .join(' ');
    return resources(all, 'AWS::CloudWatch::Alarm')
      .filter(({ properties }) => (properties.AlarmActions ?? []).length === 0 || properties.ActionsEnabled === false)
      .filter(({ properties }) => !summed.includes(`ALARM("${properties.AlarmName}")`))
      .map(({ id }) => `${id} turns red where nobody looks`);
  },
};

const networkLogged: Check<Templates> = {
  name: 'network-is-logged',
  holds: 'The network that the templates make logs its flows, and buckets log who reads them.',
  findings: (all) => {
    const logged = resources(all, 'AWS::EC2::FlowLog').map(
      ({ stack, properties }) => `${stack}.${target(properties.ResourceId)}`,
    );
    const logs = resources(all, 'AWS::S3::Bucket').map(({ properties }) =>
      target(properties.LoggingConfiguration?.DestinationBucketName),
    );
    return [
      ...resources(all, 'AWS::EC2::VPC')
        .filter(({ stack, id }) => !logged.includes(`${stack}.${id}`))
        .map(({ id }) => `${id} has no flow log`),
      ...resources(all, 'AWS::S3::Bucket')
        .filter(({ id, properties }) => properties.LoggingConfiguration === undefined && !logs.includes(id))
        .map(({ id }) => `nobody knows who reads ${id}`),
    ];
  },
};

const UNIT = 'visits-development-test-unit';

const first = (all: Templates, type: string): Json => resources(all, type)[0]?.properties;
const remove = (all: Templates, type: string): void => {
  const [found] = resources(all, type);
  delete (all[found?.stack ?? ''] as Templates[string]).Resources[found?.id ?? ''];
};

const ofTemplates = suite({
  name: 'the templates',
  subject: () => templates(),
  checks: [
    ...[buildLogs, enabledRules, heardAlarms, deadLetters].map(ruleCheck),
    { ...ruleCheck(cluster), name: 'cluster-logs' },
    mayPublish,
    lettersArrive,
    everyAlarm,
    networkLogged,
  ],
  mutants: [
    mutant(
      'build-logs',
      'log-off',
      'build whose log is off',
      (all) => (project(all, UNIT).LogsConfig.CloudWatchLogs.Status = 'DISABLED'),
    ),
    mutant('build-logs', 'no-log', 'build without a log of its own', (all) => delete project(all, UNIT).LogsConfig),
    mutant('cluster-logs', 'no-authenticator-log', 'cluster that does not tell who came in', (all) => {
      first(all, 'AWS::EKS::Cluster').Logging.ClusterLogging.EnabledTypes = ['api', 'audit'].map((Type) => ({ Type }));
    }),
    mutant(
      'enabled-rules',
      'rule-off',
      'event rule that is off',
      (all) => (ruleOf(all, FAILED).properties.State = 'DISABLED'),
    ),
    mutant(
      'enabled-rules',
      'rule-without-target',
      'event rule without a target',
      (all) => (ruleOf(all, FAILED).properties.Targets = []),
    ),
    mutant(
      'heard-alarms',
      'actions-off',
      'alarm whose actions are off',
      (all) => (first(all, 'AWS::CloudWatch::CompositeAlarm').ActionsEnabled = false),
    ),
    mutant(
      'heard-alarms',
      'no-action',
      'alarm without an action',
      (all) => (first(all, 'AWS::CloudWatch::CompositeAlarm').AlarmActions = []),
    ),
    mutant(
      'dead-letters',
      'no-dead-letters',
      'target without a dead-letter queue',
      (all) => delete ruleOf(all, FAILED).properties.Targets[0].DeadLetterConfig,
    ),
    mutant('publishers-may-publish', 'no-topic-policy', 'topic without a policy', (all) =>
      remove(all, 'AWS::SNS::TopicPolicy'),
    ),
    mutant('publishers-may-publish', 'alarms-only', 'topic that lets no event rule publish', (all) => {
      const { Statement } = first(all, 'AWS::SNS::TopicPolicy').PolicyDocument;
      for (const one of Statement) if (one.Effect === 'Allow') one.Principal = { Service: 'cloudwatch.amazonaws.com' };
    }),
    mutant('publishers-may-publish', 'key-closed', 'topic whose key lets no event rule encrypt', (all) => {
      const topic = only(all, 'AWS::SNS::Topic');
      const key = resources(all, 'AWS::KMS::Key').find(
        ({ stack, id }) => stack === topic.stack && id === target(topic.properties.KmsMasterKeyId),
      );
      const policy = key?.properties.KeyPolicy;
      policy.Statement = policy.Statement.filter(({ Principal }: Json) => Principal?.Service === undefined);
    }),
    mutant('dead-letters-arrive', 'queue-closed', 'dead-letter queue that lets nobody in', (all) => {
      for (const { properties } of resources(all, 'AWS::SQS::QueuePolicy'))
        properties.PolicyDocument.Statement = properties.PolicyDocument.Statement.filter(
          ({ Effect }: Json) => Effect === 'Deny',
        );
    }),
    mutant(
      'dead-letters-arrive',
      'another-rule',
      'dead-letter queue that another rule may send to',
      (all) => (ruleOf(all, FAILED).properties.Name = 'visits-failed'),
    ),
    mutant(
      'every-alarm-counts',
      'lonely-alarm',
      'alarm that nothing sums up',
      (all) => (first(all, 'AWS::CloudWatch::Alarm').AlarmName = 'lonely'),
    ),
    mutant('every-alarm-counts', 'forgotten-symptom', 'composite alarm that leaves a symptom out', (all) => {
      const composite = first(all, 'AWS::CloudWatch::CompositeAlarm');
      composite.AlarmRule = composite.AlarmRule.split(' OR ').slice(1).join(' OR ');
    }),
    mutant('network-is-logged', 'no-flow-log', 'network without a flow log', (all) => remove(all, 'AWS::EC2::FlowLog')),
    mutant('network-is-logged', 'no-access-log', 'bucket of which nobody knows who reads it', (all) => {
      const logged = resources(all, 'AWS::S3::Bucket').find(
        ({ properties }) => properties.LoggingConfiguration !== undefined,
      );
      delete logged?.properties.LoggingConfiguration;
    }),
  ],
});

export const visibility: Row = {
  number: 10,
  risk: 'Insufficient Logging and Visibility',
  controls: [
    'Every build, function and control plane logs to an encrypted group that forgets; the network logs its flows, buckets log who reads them.',
    'A failed execution and an approval that waits are published to people, as is every composite alarm; what cannot be delivered is kept in a dead-letter queue.',
    'Every change of state of an execution is an event, on AWS and in `slipway up` alike, and a record in the journal of a run.',
  ],
  suites: [ofTemplates, inRuns],
  proofs: [
    {
      file: 'test/local/events/pipeline-events.test.ts',
      title: 'an execution is told from its start to its end, stages and actions inside',
    },
    { file: 'test/local/events/bus.test.ts', title: 'to a topic is kept and shown' },
    { file: 'test/local/events/alarm-events.test.ts', title: 'a rule that asks for alarms that go off matches it' },
  ],
  notRun: [
    'CloudTrail: a trail belongs to the account or the organization, and no template of ours makes one. Without it nobody knows who called what.',
    'That messages reach somebody: subscriptions are confirmed by whoever gets them.',
  ],
};
