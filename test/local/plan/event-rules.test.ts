import { describe, expect, test } from '@jest/globals';
import { readWorld, type World } from '../../../lib/local/world';
import { BINDINGS, deliveryAssembly, type Loose } from './delivery-assembly';

const PROPERTIES = {
  Name: 'visits-push',
  Description: 'A push starts visits',
  EventPattern: {
    source: ['aws.codecommit'],
    resources: [{ 'Fn::Sub': 'arn:${AWS::Partition}:codecommit:${AWS::Region}:${AWS::AccountId}:visits' }],
    detail: { referenceType: ['branch'], referenceName: ['develop'] },
  },
  State: 'ENABLED',
  Targets: [
    {
      Id: 'Pipeline',
      Arn: { 'Fn::Sub': 'arn:aws:codepipeline:${AWS::Region}:${AWS::AccountId}:visits' },
      RoleArn: 'arn:aws:iam::111122223333:role/start',
      InputTransformer: {
        InputPathsMap: { commit: '$.detail.commitId' },
        InputTemplate: '{"commit":<commit>,"rule":"<aws.events.rule-name>"}',
      },
      RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 10 },
      DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-1:111122223333:q' },
    },
  ],
};

function worldOf(change: (properties: Loose) => void = () => {}): World {
  const properties: Loose = structuredClone(PROPERTIES);
  change(properties);
  const assembly = deliveryAssembly((templates) => {
    templates['VisitsDelivery'].Resources.Push = { Type: 'AWS::Events::Rule', Properties: properties };
    templates['VisitsDelivery'].Resources.Team = { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'Team' } };
  });
  const world = readWorld(assembly, BINDINGS);
  if (!world.ok) throw new Error(JSON.stringify(world.errors));
  return world.value;
}
const rule = (change?: (properties: Loose) => void) => worldOf(change).rules.find(({ name }) => name === 'visits-push');
const event = (referenceName: string) => ({
  source: 'aws.codecommit',
  resources: ['arn:aws:codecommit:eu-west-1:111122223333:visits'],
  detail: { referenceType: 'branch', referenceName },
});

describe("a template's event rule", () => {
  test('is read with its pattern evaluated, its targets, their inputs and retry policies', () => {
    expect(rule()).toMatchObject({
      arn: 'arn:aws:events:eu-west-1:111122223333:rule/visits-push',
      description: 'A push starts visits',
      enabled: true,
      targets: [
        {
          id: 'Pipeline',
          arn: 'arn:aws:codepipeline:eu-west-1:111122223333:visits',
          input: { kind: 'template', paths: { commit: '$.detail.commitId' } },
          retry: { seconds: 3600, attempts: 10 },
          deadLetterArn: 'arn:aws:sqs:eu-west-1:111122223333:q',
        },
      ],
    });
    expect([rule()?.pattern(event('develop')), rule()?.pattern(event('main'))]).toEqual([true, false]);
  });

  test('has the defaults of EventBridge', () => {
    const read = rule((properties) => {
      properties.State = undefined;
      properties.Targets = [{ Id: 'a', Arn: 'arn:aws:sns:eu-west-1:111122223333:t' }];
    });
    expect(read?.enabled).toBe(true);
    expect(read?.targets).toEqual([
      {
        id: 'a',
        arn: 'arn:aws:sns:eu-west-1:111122223333:t',
        input: { kind: 'event' },
        retry: { seconds: 86_400, attempts: 185 },
      },
    ]);
    expect(rule((properties) => Object.assign(properties, { State: 'DISABLED' }))?.enabled).toBe(false);
  });

  test.each<[string, (properties: Loose) => void, string, RegExp]>([
    [
      'a pattern that is none',
      (p) => (p.EventPattern.source = 'x'),
      'EventPattern',
      /source: must be an object or an array/,
    ],
    ['no pattern', (p) => (p.EventPattern = undefined), 'EventPattern', /required/],
    ['a schedule', (p) => (p.ScheduleExpression = 'rate(1 day)'), 'ScheduleExpression', /no schedule runs here/],
    ['another bus', (p) => (p.EventBusName = 'mine'), 'EventBusName', /default event bus alone/],
    ['two inputs', (p) => (p.Targets[0].Input = '{}'), 'Targets[0]', /exclude each other/],
    [
      'a variable that is not there',
      (p) => (p.Targets[0].InputTransformer.InputTemplate = '"<x>"'),
      'Targets[0].InputTransformer.InputTemplate',
      /<x>/,
    ],
    [
      'a path that is none',
      (p) => (p.Targets[0].InputTransformer.InputPathsMap.commit = 'detail'),
      'Targets[0].InputTransformer.InputPathsMap.commit',
      /JSON path/,
    ],
    ['six targets', (p) => (p.Targets = Array(6).fill({ Id: 'a', Arn: 'arn:b' })), 'Targets', /at most 5/],
    ['parameters of a target', (p) => (p.Targets[0].SqsParameters = {}), 'Targets[0].SqsParameters', /not known/],
  ])('with %s is left out, and told with its place', (_, change, at, message) => {
    const { rules, notices } = worldOf(change);
    expect(rules.map(({ name }) => name)).not.toContain('visits-push');
    expect(notices).toContainEqual({
      file: expect.any(String),
      path: `Resources.Push.Properties.${at}`,
      message: expect.stringMatching(message),
    });
  });
});

test("a template's topic is read with the name that people see", () => {
  expect(worldOf().topics).toContainEqual({
    name: 'VisitsDelivery-Team',
    arn: 'arn:aws:sns:eu-west-1:111122223333:VisitsDelivery-Team',
    displayName: 'Team',
  });
});
