import { describe, expect, test } from '@jest/globals';
import type { PlannedRule } from '../../../lib/local/plan';
import { type Loose, planOf } from './delivery-assembly';
import { action, type Mutant, onFailure, stage, type Templates, testMutants } from './mutants';

const HOOK = 'Stages[2].BeforeEntry.Conditions[0]';
const RULE = `${HOOK}.Rules[0]`;

/** The one rule before the stage Test becomes another; with FAIL, as only some rules go with SKIP. */
function toRule(templates: Templates, provider: string, configuration: object, more: object = {}): Loose {
  const [condition] = stage(templates, 2).BeforeEntry.Conditions;
  condition.Result = 'FAIL';
  Object.assign(condition.Rules[0], { Configuration: configuration, ...more });
  condition.Rules[0].RuleTypeId.Provider = provider;
  return condition;
}

const ruleOf = (provider: string, configuration: object, more: object = {}): PlannedRule | undefined =>
  planOf((templates) => toRule(templates, provider, configuration, more)).stages[2]?.beforeEntry?.rules[0];

const LAMBDA = { FunctionName: { Ref: 'Bake4B9C' }, UserParameters: '{"version":"#{Build.VERSION}"}' };
const SOURCE = { InputArtifacts: [{ Name: 'SourceArtifact' }] };

describe('a rule', () => {
  test('CloudWatchAlarm has its alarm, its states and its wait', () => {
    expect(ruleOf('CloudWatchAlarm', { AlarmName: 'visits-dev' })).toEqual({
      name: 'NotTested',
      provider: 'CloudWatchAlarm',
      alarm: 'visits-dev',
      waitMinutes: 0,
    });
    const configuration = { AlarmName: { Ref: 'ServiceAlarm' }, AlarmStates: 'OK, INSUFFICIENT_DATA', WaitTime: '20' };
    expect(ruleOf('CloudWatchAlarm', configuration)).toMatchObject({
      states: ['OK', 'INSUFFICIENT_DATA'],
      waitMinutes: 20,
    });
  });

  test('DeploymentWindow has its expression, in UTC if nothing else is said', () => {
    expect(ruleOf('DeploymentWindow', { Cron: '0 0 9-17 ? * MON-FRI *' })).toEqual({
      name: 'NotTested',
      provider: 'DeploymentWindow',
      cron: '0 0 9-17 ? * MON-FRI *',
      timeZone: 'UTC',
    });
    const zoned = { Cron: '* * * L * ?', TimeZone: 'Europe/Berlin' };
    expect(ruleOf('DeploymentWindow', zoned)).toMatchObject({ timeZone: 'Europe/Berlin' });
  });

  test('LambdaInvoke is an action of its stage', () => {
    expect(ruleOf('LambdaInvoke', LAMBDA)).toMatchObject({
      provider: 'LambdaInvoke',
      action: {
        kind: 'lambda',
        id: 'Test/NotTested',
        function: { name: 'VisitsDelivery-Bake4B9C' },
        userParameters: '{"version":"#{Build.VERSION}"}',
      },
    });
  });

  test('Commands is an action of its stage, with the role of the pipeline', () => {
    expect(ruleOf('Commands', {}, { Commands: ['make smoke'], ...SOURCE })).toMatchObject({
      provider: 'Commands',
      action: {
        kind: 'commands',
        id: 'Test/NotTested',
        commands: ['make smoke'],
        inputs: ['SourceArtifact'],
        roleArn: expect.stringMatching(/role\/VisitsDelivery-PipelineRole$/),
      },
    });
  });

  test('CodeBuild goes before entry and on success too', () => {
    const plan = planOf((templates) => {
      const { Configuration } = action(templates, 4);
      toRule(templates, 'CodeBuild', { ...Configuration, EnvironmentVariables: '[]' }, SOURCE);
      stage(templates, 3).OnSuccess = onFailure(templates);
    });
    expect(plan.stages[2]?.beforeEntry).toMatchObject({ result: 'FAIL', rules: [{ provider: 'CodeBuild' }] });
    expect(plan.stages[3]?.onSuccess).toMatchObject({ result: 'ROLLBACK', rules: [{ provider: 'CodeBuild' }] });
  });

  test('LambdaInvoke may skip a stage, as VariableCheck may', () => {
    const plan = planOf((templates) => {
      toRule(templates, 'LambdaInvoke', LAMBDA).Result = 'SKIP';
    });
    expect(plan.stages[2]?.beforeEntry?.result).toBe('SKIP');
  });

  test('VariableCheck may have a reference within a pattern', () => {
    const configuration = { Variable: '#{Build.VERSION}', Operator: 'MATCHES', Value: '#{Build.VERSION}\\.\\d+' };
    expect(ruleOf('VariableCheck', configuration)).toMatchObject({ operator: 'MATCHES' });
  });
});

/** SKIP with a rule of this provider. */
const skipping = (provider: string, configuration: object, more: object = {}): Mutant => [
  provider,
  (t) => (toRule(t, provider, configuration, more).Result = 'SKIP'),
  HOOK,
  new RegExp(`SKIP does not go with the rule ${provider}; use LambdaInvoke or VariableCheck`),
];

testMutants([
  skipping('CloudWatchAlarm', { AlarmName: 'visits-dev' }),
  skipping('DeploymentWindow', { Cron: '* * * ? * MON' }),
  skipping('Commands', {}, { Commands: ['true'], ...SOURCE }),
  [
    'a LambdaInvoke rule with an artifact',
    (t) => toRule(t, 'LambdaInvoke', LAMBDA, SOURCE),
    `${RULE}.InputArtifacts`,
    /Expected 0 input artifacts/,
  ],
  [
    'another owner of a rule',
    (t) => (stage(t, 2).BeforeEntry.Conditions[0].Rules[0].RuleTypeId.Owner = 'ThirdParty'),
    `${RULE}.RuleTypeId.Owner`,
    /Expected AWS/,
  ],
  [
    'another category of a rule',
    (t) => (stage(t, 2).BeforeEntry.Conditions[0].Rules[0].RuleTypeId.Category = 'Build'),
    `${RULE}.RuleTypeId.Category`,
    /Expected Rule/,
  ],
  [
    'a rule in version 2',
    (t) => (stage(t, 2).BeforeEntry.Conditions[0].Rules[0].RuleTypeId.Version = '2'),
    `${RULE}.RuleTypeId`,
    /VariableCheck \(version 2\) does not run locally/,
  ],
  [
    'a rule without a name',
    (t) => delete stage(t, 2).BeforeEntry.Conditions[0].Rules[0].Name,
    `${RULE}.Name`,
    /required and missing/,
  ],
  [
    'an alarm that nobody has',
    (t) => toRule(t, 'CloudWatchAlarm', { AlarmName: 'nobody' }),
    `${RULE}.Configuration.AlarmName`,
    /no stack .* alarm named "nobody", so its state is not known here; its alarms: .*visits-dev/i,
  ],
  [
    'a state that no alarm has',
    (t) => toRule(t, 'CloudWatchAlarm', { AlarmName: 'visits-dev', AlarmStates: 'OK,FINE' }),
    `${RULE}.Configuration.AlarmStates`,
    /OK, ALARM, INSUFFICIENT_DATA.* found "FINE"/,
  ],
  [
    'a wait that is no number',
    (t) => toRule(t, 'CloudWatchAlarm', { AlarmName: 'visits-dev', WaitTime: 'soon' }),
    `${RULE}.Configuration.WaitTime`,
    /whole number from 0 to 86400/,
  ],
  [
    'a rule without an alarm',
    (t) => toRule(t, 'CloudWatchAlarm', {}),
    `${RULE}.Configuration.AlarmName`,
    /required and missing/,
  ],
  [
    'input artifacts of a rule that takes none',
    (t) => toRule(t, 'CloudWatchAlarm', { AlarmName: 'visits-dev' }, SOURCE),
    `${RULE}.InputArtifacts`,
    /Expected 0 input artifacts/,
  ],
  [
    'a window that is no cron expression',
    (t) => toRule(t, 'DeploymentWindow', { Cron: '* * * * MON' }),
    `${RULE}.Configuration.Cron`,
    /6 or 7 fields/,
  ],
  [
    'a window in a time zone that is none',
    (t) => toRule(t, 'DeploymentWindow', { Cron: '* * * ? * MON', TimeZone: 'Mars' }),
    `${RULE}.Configuration.TimeZone`,
    /no time zone/,
  ],
  [
    'a function that nobody has',
    (t) => toRule(t, 'LambdaInvoke', { FunctionName: 'nobody' }),
    `${RULE}.Configuration.FunctionName`,
    /holds an AWS::Lambda::Function named "nobody"/,
  ],
  [
    'a rule of commands without an input',
    (t) => toRule(t, 'Commands', {}, { Commands: ['true'] }),
    `${RULE}.InputArtifacts`,
    /Expected 1 to 10 input artifacts/,
  ],
  [
    'a rule of several lines',
    (t) => toRule(t, 'Commands', {}, { Commands: ['one\ntwo'], ...SOURCE }),
    `${RULE}.Commands[0]`,
    /one line only/,
  ],
  [
    'commands of another rule',
    (t) => toRule(t, 'DeploymentWindow', { Cron: '* * * ? * MON' }, { Commands: ['true'] }),
    `${RULE}.Commands`,
    /only a rule of the provider Commands/,
  ],
  [
    'a timeout of a rule',
    (t) => toRule(t, 'DeploymentWindow', { Cron: '* * * ? * MON' }, { TimeoutInMinutes: 5 }),
    `${RULE}.TimeoutInMinutes`,
    /CloudFormation has no timeout of a rule/,
  ],
  [
    'a value of a rule with 10,001 characters',
    (t) => toRule(t, 'LambdaInvoke', { ...LAMBDA, UserParameters: 'x'.repeat(10_001) }),
    `${RULE}.Configuration.UserParameters`,
    /10001 characters; CodePipeline takes 10000/,
  ],
  [
    'a rule in another region',
    (t) => toRule(t, 'DeploymentWindow', { Cron: '* * * ? * MON' }, { Region: 'us-east-1' }),
    `${RULE}.Region`,
    /us-east-1, its pipeline in eu-west-1/,
  ],
  [
    'a variable of nobody in a rule',
    (t) => toRule(t, 'LambdaInvoke', { ...LAMBDA, UserParameters: '#{Nobody.X}' }),
    `${RULE}.Configuration.UserParameters`,
    /no action has the namespace "Nobody"/,
  ],
  [
    'a variable of nobody in a command of a rule',
    (t) => toRule(t, 'Commands', {}, { Commands: ['echo #{Nobody.X}'], ...SOURCE }),
    `${RULE}.Commands[0]`,
    /no action has the namespace "Nobody"/,
  ],
]);

test('a rule may name the region of its pipeline', () => {
  expect(() =>
    planOf((t) => toRule(t, 'DeploymentWindow', { Cron: '* * * ? * MON' }, { Region: 'eu-west-1' })),
  ).not.toThrow();
});
