import { describe, expect, test } from '@jest/globals';
import { resolveAction } from '../../../lib/local/variables';
import { type Loose, planned, testMutants } from './kinds';

describe('CloudFormation', () => {
  test('a change set is read, its overrides resolved', () => {
    const action = planned('Cloud/Propose', 'cloudformation');
    expect(action).toMatchObject({
      mode: 'CHANGE_SET_REPLACE',
      stackName: 'shop-queue',
      changeSetName: 'next',
      templatePath: { artifact: 'Source', file: 'cloud/queue.yaml' },
      templateConfiguration: { artifact: 'Source', file: 'cloud/queue.json' },
      capabilities: ['CAPABILITY_NAMED_IAM'],
    });
    const resolved = resolveAction(action, new Map([['Pack', { VERSION: '1.7' }]]));
    expect(resolved.ok && resolved.value).toMatchObject({
      parameterOverrides: expect.stringContaining('"Version":"1.7"'),
    });
  });

  test('what a mode ignores is not demanded of it', () => {
    expect(planned('Cloud/Execute', 'cloudformation')).toMatchObject({ mode: 'CHANGE_SET_EXECUTE' });
    const deleted = planned('Cloud/Propose', 'cloudformation', (template) => {
      const { Configuration } = template.Resources.Pipeline.Properties.Stages[3].Actions[0];
      Configuration.ActionMode = 'DELETE_ONLY';
      for (const key of ['TemplatePath', 'TemplateConfiguration', 'ChangeSetName']) delete Configuration[key];
    });
    expect(deleted).not.toHaveProperty('templatePath');
    expect(deleted).not.toHaveProperty('parameterOverrides');
  });

  const set =
    (key: string, value: unknown) =>
    ({ Configuration }: Loose) => {
      if (value === undefined) delete Configuration[key];
      else Configuration[key] = typeof value === 'string' ? value : JSON.stringify(value);
    };
  testMutants('Cloud/Propose', [
    ['no mode', set('ActionMode', undefined), 'Configuration.ActionMode', /required/],
    ['a mode that is not there', set('ActionMode', 'UPDATE'), 'Configuration.ActionMode', /CREATE_UPDATE or/],
    ['no stack', set('StackName', undefined), 'Configuration.StackName', /required/],
    ['a stack with an underscore', set('StackName', 'a_b'), 'Configuration.StackName', /no name of a stack/],
    ['no change set', set('ChangeSetName', undefined), 'Configuration.ChangeSetName', /required/],
    ['a change set with a dot', set('ChangeSetName', 'a.b'), 'Configuration.ChangeSetName', /no name of a change set/],
    ['no role', set('RoleArn', undefined), 'Configuration.RoleArn', /required/],
    ['no template', set('TemplatePath', undefined), 'Configuration.TemplatePath', /required/],
    ['a template without artifact', set('TemplatePath', 'a.yaml'), 'Configuration.TemplatePath', /<input artifact>::/],
    ['a template of another', set('TemplatePath', 'X::a.yaml'), 'Configuration.TemplatePath', /none of the input/],
    [
      'a configuration of another',
      set('TemplateConfiguration', 'X::a.json'),
      'Configuration.TemplateConfiguration',
      /none of the input/,
    ],
    ['overrides that are no JSON', set('ParameterOverrides', 'a=b'), 'Configuration.ParameterOverrides', /no JSON/],
    [
      'overrides in a list',
      set('ParameterOverrides', []),
      'Configuration.ParameterOverrides',
      /expected a JSON object/,
    ],
    ['a number', set('ParameterOverrides', { A: 1 }), 'Configuration.ParameterOverrides', /expected a string/],
    [
      'a function with too little',
      set('ParameterOverrides', { A: { 'Fn::GetParam': ['Site', 'a.json'] } }),
      'Configuration.ParameterOverrides',
      /expected a string/,
    ],
    [
      'a function of another artifact',
      set('ParameterOverrides', { A: { 'Fn::GetArtifactAtt': ['X', 'ObjectKey'] } }),
      'Configuration.ParameterOverrides',
      /none of the input/,
    ],
    ['a capability', set('Capabilities', 'CAPABILITY_ALL'), 'Configuration.Capabilities', /CAPABILITY_IAM, /],
    ['a key that it has not', set('Template', 'x'), 'Configuration.Template', /not known/],
  ]);
});
