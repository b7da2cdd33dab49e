import { expect, test } from '@jest/globals';
import { checkTemplate, missingCapabilities } from '../../../lib/local/cloudformation/check';
import { valuesOf } from '../../../lib/local/cloudformation/outputs';
import { withParameters } from '../../../lib/local/cloudformation/parameters';
import { parseTemplate } from '../../../lib/local/cloudformation/parse';
import { readPlan } from '../../../lib/local/read-plan';
import { asYaml, hasTwins, structuralMutants, type Tree, written } from '../../structural-mutants';
import { BINDINGS, declared, kindsAssembly, type Loose } from './kinds';

const KINDS = [
  'Build/Pack',
  'Build/Image',
  'Deploy/Website',
  'Deploy/Service',
  'Deploy/Next',
  'Cloud/Propose',
  'Cloud/Execute',
];

interface Read {
  readonly plan?: string;
  readonly ignored: readonly string[];
}

function read(change: (template: Loose) => void): Read {
  const result = readPlan(kindsAssembly(change), BINDINGS);
  if (result.ok)
    return {
      plan: JSON.stringify(result.value),
      ignored: result.value.flatMap((plan) => plan.ignored?.map(({ property }) => property) ?? []),
    };
  const wrong = result.errors.filter(({ message }) => message.length < 10 || /undefined|\[object/.test(message));
  expect(wrong).toEqual([]);
  expect(result.errors.length).toBeGreaterThan(0);
  return { ignored: [] };
}

/** Members without effect here, whose listing is part of the plan; and what CodePipeline itself ignores in a mode. */
const HARMLESS = /^Configuration\.(CacheControl|Subnets|RoleArn)/;

test.each(KINDS)('mutants of %s give another plan or errors with a reason, never a throw', (id) => {
  const base = read(() => {});
  expect(base.plan).toBeDefined();
  let action: Tree;
  kindsAssembly((template) => {
    action = declared(template, id);
  });
  const silent: string[] = [];
  for (const { tree, changes } of structuralMutants(action, 7, 60)) {
    const after = read((template) => {
      const place = declared(template, id);
      for (const key of Object.keys(place)) delete place[key];
      Object.assign(place, tree);
    });
    if (after.plan !== base.plan || hasTwins(tree)) continue;
    const trace = changes.filter(({ path }) => !HARMLESS.test(written(path)));
    if (trace.length > 0)
      silent.push(trace.map(({ kind, path, to }) => `${kind} ${written(path)} ${JSON.stringify(to)}`).join(' and '));
  }
  expect([...new Set(silent)]).toEqual([]);
});

const TEMPLATE: Tree = {
  Parameters: {
    Version: { Type: 'String', Default: '1', AllowedPattern: '[0-9]' },
    Size: { Type: 'Number', Default: 3 },
  },
  Conditions: { IsBig: { 'Fn::Equals': [{ Ref: 'Size' }, '3'] } },
  Resources: {
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: { 'Fn::Sub': 'a-${Version}' } } },
    Queue: { Type: 'AWS::SQS::Queue', DependsOn: ['Role'], Condition: 'IsBig', Properties: { Tags: [{ Key: 'a' }] } },
  },
  Outputs: { Label: { Value: { 'Fn::Join': ['-', [{ Ref: 'Version' }, { 'Fn::GetAtt': ['Role', 'Arn'] }]] } } },
};

test('mutants of a CloudFormation template are accepted or refused with a reason, never a throw', () => {
  let refused = 0;
  for (const { tree } of structuralMutants(TEMPLATE, 11, 2_000)) {
    const parsed = parseTemplate(asYaml(tree));
    const problems = parsed.ok ? checkTemplate(parsed.value) : parsed.errors;
    for (const problem of problems) expect(problem).toMatch(/^.{8,}$/s);
    if (!parsed.ok || problems.length > 0) {
      refused++;
      continue;
    }
    missingCapabilities(parsed.value, [], false);
    const complete = withParameters(parsed.value, {});
    if (complete.ok) valuesOf(complete.value, 'fuzz', BINDINGS);
    else refused++;
  }
  expect(refused).toBeGreaterThan(200);
  expect(refused).toBeLessThan(1_900);
});
