import { templateRules } from '../../lib/cloud/rules/all';
import { readTemplate } from '../../lib/cloud/rules/read-template';
import { checkTemplate } from '../../lib/cloud/rules/rule';
import { asYaml, structuralMutants } from '../structural-mutants';

const resource = (properties: string) =>
  `Resources:\n  One:\n    Type: AWS::Logs::LogGroup\n    Properties:\n${properties}`;
const read = (text: string) => {
  const template = readTemplate(text);
  return template.ok ? template.value.Resources?.['One']?.Properties : template.errors;
};

it.each([
  ['A: !Ref Key', { A: { Ref: 'Key' } }],
  ['A: !GetAtt Key.Arn', { A: { 'Fn::GetAtt': ['Key', 'Arn'] } }],
  ['A: !GetAtt Nested.Outputs.Name', { A: { 'Fn::GetAtt': ['Nested', 'Outputs.Name'] } }],
  ['A: !GetAtt [Key, Arn]', { A: { 'Fn::GetAtt': ['Key', 'Arn'] } }],
  ['A: !Sub "${Name}-x"', { A: { 'Fn::Sub': '${Name}-x' } }],
  ['A: !Join ["", [a, !Ref B]]', { A: { 'Fn::Join': ['', ['a', { Ref: 'B' }]] } }],
  ['A: !If [Yes, 1, !Ref AWS::NoValue]', { A: { 'Fn::If': ['Yes', 1, { Ref: 'AWS::NoValue' }] } }],
  ['A: !Transform { Name: x }', { A: { 'Fn::Transform': { Name: 'x' } } }],
  ['A: 2012-10-17\n      B: yes\n      C: 0123', { A: '2012-10-17', B: 'yes', C: 123 }],
  ['A: &a { B: 1 }\n      C: *a', { A: { B: 1 }, C: { B: 1 } }],
])('reads %s', (text, expected) => {
  expect(read(resource(`      ${text}`))).toEqual(expected);
});

it('reads JSON, with the same findings as YAML', () => {
  const json = JSON.stringify({
    Resources: { One: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } } },
  });
  const yaml = resource('      RetentionInDays: 7\n');
  const [a, b] = [json, yaml].map((text) => {
    const template = readTemplate(text);
    return template.ok ? checkTemplate(template.value, templateRules([])) : template.errors;
  });
  expect(a).toEqual(b);
  expect(a).toMatchObject([{ rule: 'log-groups', logicalId: 'One' }]);
});

it.each([
  ['a tag that CloudFormation does not know', resource('      A: !Rev Key'), ['line 5: CloudFormation knows no !Rev']],
  ['a key twice', resource('      A: 1\n      A: 2'), ['line 6: Map keys must be unique']],
  ['no template', '- a list', ['expected a CloudFormation template: an object with Resources']],
  ['nothing', '', ['expected a CloudFormation template: an object with Resources']],
  ['a resource without a type', 'Resources:\n  One: {}', ['Resources.One: expected an object with a Type']],
  ['an alias of nothing', resource('      A: *b'), [expect.stringMatching(/line 5/)]],
])('refuses %s, with its line', (_, text, errors) => {
  expect(read(text)).toEqual(errors);
});

it('aliases that multiply are refused, not followed', () => {
  const layers = Array.from({ length: 30 }, (_, n) => `A${n}: &a${n} [${n === 0 ? '1' : `*a${n - 1}, *a${n - 1}`}]`);
  expect(read(`${layers.join('\n')}\nResources: {}`)).toEqual([expect.stringMatching(/more than 100 aliases/)]);
});

it('whatever is written, it is read or refused', () => {
  const base = {
    Resources: { One: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['aws.codecommit'] } } } },
  };
  for (const { tree } of structuralMutants(base, 11, 2000)) expect(() => readTemplate(asYaml(tree))).not.toThrow();
});
