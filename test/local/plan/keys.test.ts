import { describe, expect, test } from '@jest/globals';
import { KEYS, type Keys } from '../../../lib/local/template/keys';
import { readWorld } from '../../../lib/local/world';
import { BINDINGS, deliveryAssembly, diagnosticsOf, type Loose, pipelineOf, planOf } from './delivery-assembly';

type Templates = Record<string, Loose>;

const resource = (templates: Templates, logicalId: string): Loose =>
  templates['VisitsDelivery'].Resources[logicalId].Properties;
const action = (templates: Templates, stage: number, index: number): Loose =>
  pipelineOf(templates).Stages[stage].Actions[index];
const hook = (templates: Templates): Loose => pipelineOf(templates).Stages[2].BeforeEntry;

/** Configuration of the one rule, which becomes another; with FAIL, as only some rules go with SKIP. */
function ruleOf(templates: Templates, provider: string, configuration: object): Loose {
  const [condition] = hook(templates).Conditions;
  condition.Result = 'FAIL';
  condition.Rules[0].RuleTypeId.Provider = provider;
  condition.Rules[0].Configuration = configuration;
  return condition.Rules[0].Configuration;
}

/** A trigger of the source, which becomes a connection's. */
function triggerOf(templates: Templates): Loose {
  const pipeline = pipelineOf(templates);
  action(templates, 0, 0).ActionTypeId.Provider = 'CodeStarSourceConnection';
  action(templates, 0, 0).Configuration = { ConnectionArn: 'arn', FullRepositoryId: 'a/b', BranchName: 'main' };
  const Branches = { Includes: ['main'] };
  const GitConfiguration = {
    SourceActionName: 'Source',
    Push: [{ Branches: { ...Branches } }],
    PullRequest: [{ Branches }],
  };
  pipeline.Triggers = [{ ProviderType: 'CodeStarSourceConnection', GitConfiguration }];
  return pipeline.Triggers[0];
}

/** BuildBatchConfig of the first test's project, whose action becomes a batch. */
function batchOf(templates: Templates): Loose {
  const project = resource(templates, 'UnitProject');
  project.BuildBatchConfig = { ServiceRole: 'arn:aws:iam::111122223333:role/batch', Restrictions: {} };
  project.Source.BuildSpec =
    'version: 0.2\nbatch: {build-list: [{identifier: a}]}\nphases: {build: {commands: [make]}}';
  action(templates, 2, 0).Configuration.BatchEnabled = 'true';
  return project.BuildBatchConfig;
}

/** An object of each kind in the delivery assembly. */
const PLACES: Record<
  Exclude<keyof typeof KEYS, 'alarm' | 'compositeAlarm' | 'dimension' | 'metric' | 'metricQuery' | 'metricStat'>,
  (templates: Templates) => Loose
> = {
  pipeline: pipelineOf,
  variable: (templates) => pipelineOf(templates).Variables[0],
  stage: (templates) => pipelineOf(templates).Stages[1],
  action: (templates) => action(templates, 1, 0),
  actionType: (templates) => action(templates, 1, 0).ActionTypeId,
  inputArtifact: (templates) => action(templates, 1, 0).InputArtifacts[0],
  outputArtifact: (templates) => action(templates, 1, 0).OutputArtifacts[0],
  conditions: hook,
  condition: (templates) => hook(templates).Conditions[0],
  rule: (templates) => hook(templates).Conditions[0].Rules[0],
  ruleType: (templates) => hook(templates).Conditions[0].Rules[0].RuleTypeId,
  variableCheck: (templates) => hook(templates).Conditions[0].Rules[0].Configuration,
  commandsRule: (templates) => {
    ruleOf(templates, 'Commands', {});
    const [rule] = hook(templates).Conditions[0].Rules;
    return Object.assign(rule, { Commands: ['true'], InputArtifacts: [{ Name: 'SourceArtifact' }] });
  },
  alarmRule: (templates) => ruleOf(templates, 'CloudWatchAlarm', { AlarmName: 'visits-dev' }),
  windowRule: (templates) => ruleOf(templates, 'DeploymentWindow', { Cron: '* * 9-17 ? * MON-FRI' }),
  artifactStore: (templates) => pipelineOf(templates).ArtifactStore,
  encryptionKey: (templates) => pipelineOf(templates).ArtifactStore.EncryptionKey,
  artifactStores: (templates) => {
    const pipeline = pipelineOf(templates);
    pipeline.ArtifactStores = [{ Region: 'eu-west-1', ArtifactStore: pipeline.ArtifactStore }];
    delete pipeline.ArtifactStore;
    return pipeline.ArtifactStores[0];
  },
  transition: (templates) => {
    pipelineOf(templates).DisableInboundStageTransitions = [{ StageName: 'Dev', Reason: 'freeze' }];
    return pipelineOf(templates).DisableInboundStageTransitions[0];
  },
  trigger: triggerOf,
  gitConfiguration: (templates) => triggerOf(templates).GitConfiguration,
  pushFilter: (templates) => triggerOf(templates).GitConfiguration.Push[0],
  pullRequestFilter: (templates) => triggerOf(templates).GitConfiguration.PullRequest[0],
  globs: (templates) => triggerOf(templates).GitConfiguration.Push[0].Branches,
  failure: (templates) => pipelineOf(templates).Stages[4].OnFailure,
  retry: (templates) => {
    pipelineOf(templates).Stages[4].OnFailure = { Result: 'RETRY', RetryConfiguration: { RetryMode: 'ALL_ACTIONS' } };
    return pipelineOf(templates).Stages[4].OnFailure.RetryConfiguration;
  },
  codecommit: (templates) => action(templates, 0, 0).Configuration,
  connection: (templates) => {
    action(templates, 0, 0).ActionTypeId.Provider = 'CodeStarSourceConnection';
    action(templates, 0, 0).Configuration = { ConnectionArn: 'arn', FullRepositoryId: 'a/b', BranchName: 'main' };
    return action(templates, 0, 0).Configuration;
  },
  codebuild: (templates) => action(templates, 1, 0).Configuration,
  approval: (templates) => action(templates, 3, 0).Configuration,
  lambda: (templates) => action(templates, 4, 1).Configuration,
  project: (templates) => resource(templates, 'BuildProject'),
  projectSource: (templates) => resource(templates, 'BuildProject').Source,
  projectArtifacts: (templates) => resource(templates, 'BuildProject').Artifacts,
  projectEnvironment: (templates) => resource(templates, 'BuildProject').Environment,
  environmentVariable: (templates) => resource(templates, 'BuildProject').Environment.EnvironmentVariables[0],
  cache: (templates) => resource(templates, 'BuildProject').Cache,
  batchConfig: (templates) => batchOf(templates),
  batchRestrictions: (templates) => batchOf(templates).Restrictions,
  function: (templates) => resource(templates, 'Bake4B9C'),
  code: (templates) => resource(templates, 'Bake4B9C').Code,
  functionEnvironment: (templates) => resource(templates, 'Bake4B9C').Environment,
};

describe.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('members of a %s', (kind) => {
  const keys: Keys = KEYS[kind];
  const set = (key: string, value: unknown) => (templates: Templates) => {
    PLACES[kind](templates)[key] = value;
  };

  test('that nobody knows are an error that names them', () => {
    const errors = diagnosticsOf(set('Surprise', 'x'));
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining(`${keys.of}.Surprise is not known`)]);
    expect(errors[0]?.path).toMatch(/\.Surprise$/);
    expect(errors[0]?.file).toBe('VisitsDelivery.template.json');
  });

  test('that are not supported are an error that says what to do instead', () => {
    for (const [key, remedy] of Object.entries(keys.refuses ?? {})) {
      const messages = diagnosticsOf(set(key, 'x')).map(({ message }) => message);
      expect(messages).toContain(`${keys.of}.${key} is not supported locally: ${remedy}`);
    }
  });

  test('that have no effect here are listed with the reason', () => {
    for (const [key, reason] of Object.entries(keys.ignores ?? {})) {
      const { ignored } = planOf(set(key, 'x'));
      expect(ignored).toContainEqual({ path: expect.any(String), property: `${keys.of}.${key}`, reason });
    }
  });

  test('that AWS::NoValue takes away are as if they were not written', () => {
    expect(planOf(set('Surprise', { Ref: 'AWS::NoValue' })).structure).toBe(
      planOf(set('Surprise', undefined)).structure,
    );
  });
});

describe.each([
  ['alarm', 'UnreadyAlarm'],
  ['compositeAlarm', 'ServiceAlarm'],
] as const)('members of a %s', (kind, logicalId) => {
  const keys: Keys = KEYS[kind];
  const world = (key: string) =>
    readWorld(
      deliveryAssembly((templates) => {
        resource(templates, logicalId)[key] = 'x';
      }),
      BINDINGS,
    );

  test.each([...Object.keys(keys.refuses ?? {}), 'Surprise'])(
    'that are not supported are an error, as the bake depends on the alarm: %s',
    (key) => {
      const result = world(key);
      expect(result.ok ? [] : result.errors.map(({ path }) => path)).toEqual([
        `Resources.${logicalId}.Properties.${key}`,
      ]);
    },
  );

  test.each(Object.keys(keys.ignores ?? {}))('that have no effect here are taken: %s', (key) => {
    expect(world(key).ok).toBe(true);
  });
});
