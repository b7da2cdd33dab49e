import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** An allow statement, written out: CDK's grants add wildcards to actions. `conditions` as in IAM. */
export const allow = (
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Readonly<Record<string, unknown>>,
): PolicyStatement =>
  new PolicyStatement({
    actions: [...actions],
    resources: [...resources],
    ...(conditions === undefined ? {} : { conditions: { ...conditions } }),
  });
