import type { Json } from '../../../lib/cloud/rules/rule';
import { type Found, readable, resources, type Templates } from './templates';

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** Intrinsics as `${…}`. */
  readonly resources: readonly string[];
  readonly condition?: Json;
}

const asList = (value: Json): Json[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** The statements of a policy document. */
export const statementsOf = (document: Json): Statement[] =>
  asList(document?.Statement).map(({ Effect, Action, NotAction, Resource, NotResource, Condition }: Json) => ({
    effect: Effect,
    // What a statement says by exception is everything for whoever looks for what it grants.
    actions: NotAction === undefined ? asList(Action).map(readable) : ['*'],
    resources: NotResource === undefined ? asList(Resource).map(readable) : ['*'],
    ...(Condition && { condition: Condition }),
  }));

/** `Ref` and `Fn::GetAtt` to the logical id that they name. */
export const target = (value: Json): string | undefined =>
  value?.Ref ?? (Array.isArray(value?.['Fn::GetAtt']) ? value['Fn::GetAtt'][0] : undefined);

/** All that the templates say about what a role may do: in the role, in policies of their own, and in managed ones. */
export function policiesOf(all: Templates, role: Found): Statement[] {
  const attached = asList(role.properties.ManagedPolicyArns).map(target);
  const beside = [...resources(all, 'AWS::IAM::Policy'), ...resources(all, 'AWS::IAM::ManagedPolicy')].filter(
    ({ stack, id, properties }) =>
      stack === role.stack &&
      (attached.includes(id) || asList(properties.Roles).some((one) => target(one) === role.id)),
  );
  return [...asList(role.properties.Policies), ...beside.map(({ properties }) => properties)].flatMap(
    ({ PolicyDocument }: Json) => statementsOf(PolicyDocument),
  );
}

/** Policies of AWS's own that a role has, by name. */
export const awsPoliciesOf = ({ properties }: Found): string[] =>
  asList(properties.ManagedPolicyArns)
    .map(readable)
    .filter((arn) => arn.includes(':iam::aws:policy/'))
    .map((arn) => arn.split(':policy/')[1] as string);

export const allowedActions = (statements: readonly Statement[]): string[] =>
  statements.filter(({ effect }) => effect === 'Allow').flatMap(({ actions }) => actions);

/** Whether an action, which may be a pattern, covers `service:Name`. */
export const covers = (pattern: string, action: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
    'i',
  ).test(action);

/** The role that a resource's property names. */
export function roleOf(all: Templates, { stack }: Found, arn: Json): Found | undefined {
  const id = target(arn);
  return resources(all, 'AWS::IAM::Role').find((role) => role.stack === stack && role.id === id);
}
