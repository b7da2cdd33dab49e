import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

const NIST_R4 = 'NIST.800.53.R4';
const NIST_R5 = 'NIST.800.53.R5';
const PCI = 'PCI.DSS.321';
const HIPAA = 'HIPAA.Security';
const SERVERLESS = 'Serverless';

/** Which of cdk-nag's packs have a rule, by its name in all of them; AwsSolutions has names of its own (`S3`, `IAM5[…]`). */
const PACKS: Readonly<Record<string, readonly string[]>> = {
  CloudWatchAlarmAction: [NIST_R4, NIST_R5, HIPAA],
  CodeBuildProjectSourceRepoUrl: [NIST_R4, PCI, HIPAA],
  LambdaConcurrency: [NIST_R5, HIPAA],
  LambdaDLQ: [NIST_R5, HIPAA, SERVERLESS],
  LambdaInsideVPC: [NIST_R4, NIST_R5, PCI, HIPAA],
  LambdaLatestVersion: [SERVERLESS],
  LambdaTracing: [SERVERLESS],
  S3BucketDefaultLockEnabled: [NIST_R4],
  S3BucketReplicationEnabled: [NIST_R4, NIST_R5, PCI, HIPAA],
  S3DefaultEncryptionKMS: [NIST_R5, PCI, HIPAA],
  SQSRedrivePolicy: [SERVERLESS],
  VPCNoUnrestrictedRouteToIGW: [NIST_R5, PCI, HIPAA],
};

/**
 * Accepts one finding on this construct, for a reason that a security reviewer would accept: of AwsSolutions (`SQS3`), or of a rule that
 * other packs of cdk-nag share (`LambdaDLQ`), in each of them.
 */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  for (const pack of PACKS[id] ?? ['AwsSolutions'])
    Validations.of(construct).acknowledge({ id: `${pack}-${id}`, reason });
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
