import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './fixtures';

const { context } = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8')) as {
  context: Record<string, unknown>;
};

it('stacks refer to each other by exports, which CloudFormation keeps from being removed while they are used', () => {
  expect(context['@aws-cdk/core:defaultCrossStackReferences']).toBe('strong');
});

it('what CDK’s own validation of templates finds is an error', () => {
  expect(context['@aws-cdk/core:validateAgainstDefaultRules']).toBe(true);
});

it('keys that belong to the CDK CLI are left to it', () => {
  expect(Object.keys(context).filter((key) => key.startsWith('aws:'))).toEqual([]);
});
