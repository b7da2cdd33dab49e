import type { Assembly } from '../../../lib/local/assembly';
import { type Permissions, readPermissions } from '../../../lib/local/iam/permissions';
import { Evaluator } from '../../../lib/local/intrinsics';
import type { JsonObject } from '../../../lib/local/template/json';

export const PLACE = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };

/** Permissions of stacks, each given by its resources. */
export function permissionsOf(stacks: Readonly<Record<string, object>>): Permissions {
  const assembly: Assembly = {
    directory: '/nowhere',
    assets: [],
    stacks: Object.entries(stacks).map(([name, resources]) => ({
      name,
      file: `${name}.template.json`,
      directory: '/nowhere',
      template: { Parameters: {}, Mappings: {}, Conditions: {}, Resources: resources as JsonObject, Outputs: {} },
    })),
  };
  return readPermissions(new Evaluator(assembly, PLACE));
}

export const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

export const allow = (Action: string | string[], Resource: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

/** A role that a service takes; its logical id is its name. */
export const role = (RoleName: string, properties: object = {}) => ({
  [RoleName]: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName,
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'codebuild.amazonaws.com' },
      }),
      ...properties,
    },
  },
});

export const inline = (...statements: object[]) => ({
  Policies: [{ PolicyName: 'build', PolicyDocument: policy(...statements) }],
});
