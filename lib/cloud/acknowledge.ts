import type { CfnResource } from 'aws-cdk-lib';
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

/** How cdk-nag spells a resource that is the ARN of `target` followed by `suffix`. */
export const arnFinding = (target: CfnResource, suffix: string): string =>
  `IAM5[Resource::<${Stack.of(target).getLogicalId(target)}.Arn>${suffix}]`;
