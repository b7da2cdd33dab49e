import { expect, test } from '@jest/globals';
import { diagnosticsOf, pipelineOf, planOf } from './delivery-assembly';
import { action, build, condition, onFailure, project, resource, rule, stage, testMutants } from './mutants';

testMutants([
  // The pipeline as a whole
  ['one stage only', (t) => pipelineOf(t).Stages.splice(1), 'Stages', /2 to 50 stages, found 1/],
  [
    '51 stages',
    (t) => {
      for (let n = 0; n < 46; n += 1) pipelineOf(t).Stages.push({ Name: `S${n}`, Actions: [build('A', {})] });
    },
    'Stages',
    /2 to 50 stages, found 51/,
  ],
  ['no stages at all', (t) => delete pipelineOf(t).Stages, 'Stages', /found 0/],
  ['a stage without actions', (t) => (stage(t, 3).Actions = []), 'Stages[3].Actions', /1 to 50 actions, found 0/],
  [
    '51 actions in a stage',
    (t) => {
      for (let n = 0; n < 50; n += 1) stage(t, 3).Actions.push(build(`A${n}`, {}));
    },
    'Stages[3].Actions',
    /1 to 50 actions, found 51/,
  ],
  ['two stages of one name', (t) => (stage(t, 4).Name = 'Build'), 'Stages[4]', /names of stages are unique/],
  [
    'two actions of one name',
    (t) => (action(t, 2, 2).Name = 'Image'),
    'Stages[2].Actions[2]',
    /names of actions are unique/,
  ],
  [
    'a build in the first stage',
    (t) => stage(t, 0).Actions.push(build('B', { RunOrder: 2 })),
    'Stages[0].Actions[1]',
    /source actions only/,
  ],
  [
    'a source in a later stage',
    (t) => {
      const moved = structuredClone(action(t, 0));
      stage(t, 3).Actions.push({ ...moved, Name: 'Late', Namespace: 'Late', OutputArtifacts: [{ Name: 'Late' }] });
    },
    'Stages[3].Actions[1]',
    /belong to the first stage/,
  ],
  ['a name with a space', (t) => (pipelineOf(t).Name = 'my pipeline'), 'Name', /1–100 letters, digits/],
  ['a stage name with a slash', (t) => (stage(t, 3).Name = 'Sign/Off'), 'Stages[3].Name', /1–100 letters, digits/],
  ['an action name of 101 letters', (t) => (action(t, 3).Name = 'x'.repeat(101)), 'Stages[3].Actions[0].Name', /1–100/],
  [
    'a mode nobody knows',
    (t) => (pipelineOf(t).ExecutionMode = 'SERIAL'),
    'ExecutionMode',
    /QUEUED or SUPERSEDED or PARALLEL, found "SERIAL"/,
  ],
  [
    'a rollback in PARALLEL',
    (t) => (pipelineOf(t).ExecutionMode = 'PARALLEL'),
    'Stages[4].OnFailure',
    /no rollback in the execution mode PARALLEL/,
  ],
  [
    'a rollback by a condition on failure in PARALLEL',
    (t) => {
      pipelineOf(t).ExecutionMode = 'PARALLEL';
      stage(t, 4).OnFailure = onFailure(t);
    },
    'Stages[4].OnFailure',
    /no rollback in the execution mode PARALLEL/,
  ],
  [
    'a rollback by a condition on success in PARALLEL',
    (t) => {
      pipelineOf(t).ExecutionMode = 'PARALLEL';
      delete stage(t, 4).OnFailure;
      stage(t, 4).OnSuccess = { Conditions: [{ Result: 'ROLLBACK', Rules: [structuredClone(rule(t))] }] };
    },
    'Stages[4].OnSuccess',
    /no rollback in the execution mode PARALLEL/,
  ],
  ['a type nobody knows', (t) => (pipelineOf(t).PipelineType = 'V3'), 'PipelineType', /V1 or V2/],
  [
    'two variables of one name',
    (t) => pipelineOf(t).Variables.push({ Name: 'REASON' }),
    'Variables[1]',
    /Two variables/,
  ],
  ['an empty default', (t) => (pipelineOf(t).Variables[0].DefaultValue = ''), 'Variables[0].DefaultValue', /1 to 1000/],
  [
    'a variable without a name',
    (t) => delete pipelineOf(t).Variables[0].Name,
    'Variables[0].Name',
    /required and missing/,
  ],
  [
    '51 variables',
    (t) => (pipelineOf(t).Variables = Array.from({ length: 51 }, (_, n) => ({ Name: `V${n}` }))),
    'Variables',
    /at most 50 variables, found 51/,
  ],

  // Hooks
  [
    'a rollback of the source stage',
    (t) => (stage(t, 0).OnFailure = { Result: 'ROLLBACK' }),
    'Stages[0].OnFailure',
    /cannot be rolled back/,
  ],
  [
    'a rollback of the source stage on success',
    (t) => (stage(t, 0).OnSuccess = { Conditions: [{ Result: 'ROLLBACK', Rules: [structuredClone(rule(t))] }] }),
    'Stages[0].OnSuccess',
    /cannot be rolled back/,
  ],
  [
    'a result that onFailure has not',
    (t) => (stage(t, 4).OnFailure.Result = 'SKIP'),
    'Stages[4].OnFailure.Result',
    /ROLLBACK or RETRY/,
  ],
  ['onFailure without a result', (t) => (stage(t, 4).OnFailure = {}), 'Stages[4].OnFailure', /Result is missing/],
  [
    'a result beside conditions on failure',
    (t) => (stage(t, 4).OnFailure = { ...onFailure(t), Result: 'RETRY' }),
    'Stages[4].OnFailure.Result',
    /a result of their own/,
  ],
  [
    'a result that conditions on failure have not',
    (t) => {
      stage(t, 4).OnFailure = onFailure(t);
      stage(t, 4).OnFailure.Conditions[0].Result = 'FAIL';
    },
    'Stages[4].OnFailure.Conditions[0].Result',
    /ROLLBACK/,
  ],
  [
    'a rule with the name of an action',
    (t) => (stage(t, 4).OnFailure = onFailure(t, { Name: stage(t, 4).Actions[0].Name })),
    'Stages[4].OnFailure.Conditions[0].Rules[0]',
    /rename one/,
  ],
  [
    'a rule CodeBuild without an input',
    (t) => (stage(t, 4).OnFailure = onFailure(t, { InputArtifacts: [] })),
    'Stages[4].OnFailure.Conditions[0].Rules[0].InputArtifacts',
    /1 to 5 input artifacts/,
  ],
  [
    'a rule with an input that nobody makes',
    (t) => (stage(t, 4).OnFailure = onFailure(t, { InputArtifacts: [{ Name: 'Nothing' }] })),
    'Stages[4].OnFailure.Conditions[0].Rules[0].InputArtifacts',
    /No action puts out "Nothing"/,
  ],
  [
    'a rule that skips by a build',
    (t) => (condition(t).Rules = onFailure(t).Conditions[0].Rules),
    'Stages[2].BeforeEntry.Conditions[0]',
    /SKIP does not go with the rule CodeBuild/,
  ],
  [
    'a rollback of the source stage by a condition',
    (t) => (stage(t, 0).OnFailure = onFailure(t)),
    'Stages[0].OnFailure',
    /cannot be rolled back/,
  ],
  [
    'a retry mode for a rollback',
    (t) => (stage(t, 4).OnFailure.RetryConfiguration = { RetryMode: 'ALL_ACTIONS' }),
    'Stages[4].OnFailure.RetryConfiguration',
    /only with Result RETRY/,
  ],
  [
    'a result that beforeEntry has not',
    (t) => (condition(t).Result = 'ROLLBACK'),
    'Stages[2].BeforeEntry.Conditions[0].Result',
    /FAIL or SKIP/,
  ],
  [
    'a condition without a result',
    (t) => delete condition(t).Result,
    'Stages[2].BeforeEntry.Conditions[0]',
    /Result is missing/,
  ],
  [
    'SKIP on success',
    (t) => {
      stage(t, 2).OnSuccess = stage(t, 2).BeforeEntry;
      delete stage(t, 2).BeforeEntry;
    },
    'Stages[2].OnSuccess.Conditions[0].Result',
    /FAIL or ROLLBACK/,
  ],
  [
    'two conditions',
    (t) => stage(t, 2).BeforeEntry.Conditions.push(structuredClone(condition(t))),
    'Stages[2].BeforeEntry.Conditions',
    /exactly one condition, found 2/,
  ],
  ['no condition', (t) => (stage(t, 2).BeforeEntry.Conditions = []), 'Stages[2].BeforeEntry.Conditions', /found 0/],
  ['no rule', (t) => (condition(t).Rules = []), 'Stages[2].BeforeEntry.Conditions[0].Rules', /1 to 5 rules, found 0/],
  [
    'six rules',
    (t) => (condition(t).Rules = Array.from({ length: 6 }, (_, n) => ({ ...structuredClone(rule(t)), Name: `R${n}` }))),
    'Stages[2].BeforeEntry.Conditions[0].Rules',
    /1 to 5 rules, found 6/,
  ],
  [
    'two rules of one name',
    (t) => condition(t).Rules.push(structuredClone(rule(t))),
    'Stages[2].BeforeEntry.Conditions[0].Rules[1]',
    /Two rules have the name/,
  ],
  [
    'a rule that does not run here',
    (t) => (rule(t).RuleTypeId.Provider = 'Oracle'),
    'Stages[2].BeforeEntry.Conditions[0].Rules[0].RuleTypeId',
    /Oracle.* does not run locally; these do, in version 1: CloudWatchAlarm, CodeBuild/,
  ],
  [
    'an operator nobody knows',
    (t) => (rule(t).Configuration.Operator = 'LIKE'),
    'Stages[2].BeforeEntry.Conditions[0].Rules[0].Configuration.Operator',
    /EQ or NE or CONTAINS or MATCHES/,
  ],
  [
    'a rule without a value',
    (t) => delete rule(t).Configuration.Value,
    'Stages[2].BeforeEntry.Conditions[0].Rules[0].Configuration.Value',
    /required and missing/,
  ],
  [
    'a pattern that only Java has',
    (t) => Object.assign(rule(t).Configuration, { Operator: 'MATCHES', Value: '(?>a)' }),
    'Stages[2].BeforeEntry.Conditions[0].Rules[0].Configuration.Value',
    /no regular expression/,
  ],
]);

test.each(['ExecutionMode', 'Variables', 'Stages[2].BeforeEntry', 'Stages[4].OnFailure'])(
  'a pipeline of type V1 with %s is an error',
  (path) => {
    const errors = diagnosticsOf((templates) => {
      delete pipelineOf(templates).PipelineType;
    });
    expect(errors).toContainEqual({
      file: 'VisitsDelivery.template.json',
      path: `Resources.Development19B4.Properties.${path}`,
      message: expect.stringContaining('Needs a pipeline of type V2'),
    });
  },
);

test('a pipeline in PARALLEL is taken', () => {
  const plan = planOf((templates) => {
    pipelineOf(templates).ExecutionMode = 'PARALLEL';
    delete stage(templates, 4).OnFailure;
  });
  expect(plan.executionMode).toBe('PARALLEL');
});

test('every error comes at once', () => {
  const errors = diagnosticsOf((templates) => {
    pipelineOf(templates).ExecutionMode = 'SERIAL';
    action(templates, 3).RunOrder = 0;
    project(templates).Source.BuildSpec = 'version: 0.3';
    resource(templates, 'Bake4B9C').Properties.Runtime = 'python3.13';
  });
  const places = ['ExecutionMode', 'RunOrder', 'BuildSpec', 'Runtime'];
  expect(places.filter((place) => !errors.some(({ path }) => path.endsWith(place)))).toEqual([]);
});

test('two pipelines of one name, and an assembly without any, are errors', () => {
  const twice = diagnosticsOf((templates) => {
    const { Resources } = templates['VisitsDelivery'];
    Resources.Again = structuredClone(Resources.Development19B4);
  });
  expect(twice).toMatchObject([{ path: 'Resources.Again', message: expect.stringContaining('already the name of') }]);
  const none = diagnosticsOf((templates) => {
    delete templates['VisitsDelivery'].Resources.Development19B4;
  });
  expect(none).toMatchObject([{ message: expect.stringContaining('No stack of this assembly holds a pipeline') }]);
});
