import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts one finding of cdk-nag's AwsSolutions pack on this construct, for a reason that a security reviewer would accept. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${id}`, reason });
}

/** Accepts one warning of CDK's template validation. `id` as the warning tells it. */
export function acknowledgeWarning(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** The finding that `arn` has a wildcard, as cdk-nag spells it: `<LogicalId.Attribute>` and `<Parameter>` for references. */
export const wildcardFinding = (scope: IConstruct, arn: string): string =>
  `IAM5[Resource::${flatten(Stack.of(scope).resolve(arn))}]`;

type Intrinsic =
  | string
  | { readonly Ref: string }
  | { readonly 'Fn::GetAtt': readonly string[] }
  | { readonly 'Fn::Join': readonly [separator: string, parts: readonly Intrinsic[]] };

const flatten = (value: Intrinsic): string => {
  if (typeof value === 'string') return value;
  if ('Ref' in value) return `<${value.Ref}>`;
  if ('Fn::GetAtt' in value) return `<${value['Fn::GetAtt'].join('.')}>`;
  return value['Fn::Join'][1].map(flatten).join(value['Fn::Join'][0]);
};
