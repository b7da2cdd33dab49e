import { App, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  type NagPack,
  NIST80053R4Checks,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag';
import type { IConstruct } from 'constructs';
import type { Finding, Gate } from './finding';

/** All packs of cdk-nag, by the name that their ids begin with. */
export const PACKS = {
  AwsSolutions: AwsSolutionsChecks,
  'NIST.800.53.R4': NIST80053R4Checks,
  'NIST.800.53.R5': NIST80053R5Checks,
  'PCI.DSS.321': PCIDSS321Checks,
  'HIPAA.Security': HIPAASecurityChecks,
  Serverless: ServerlessChecks,
} as const satisfies Readonly<Record<string, new () => NagPack>>;

export type Pack = keyof typeof PACKS;

/** What a pack finds, whether it is acknowledged or not. */
export interface NagFinding {
  readonly pack: Pack;
  /** `AwsSolutions-IAM5[Resource::*]` */
  readonly id: string;
  /** Path of the CfnResource. */
  readonly construct: string;
  readonly message: string;
}

/** Everything that the packs find below a construct, acknowledged or not. */
export const nagFindings = (scope: IConstruct): NagFinding[] =>
  (Object.keys(PACKS) as Pack[]).flatMap((name) => {
    const pack = new PACKS[name]();
    // A pack would leave out what is acknowledged.
    Object.assign(pack, { isAcknowledged: () => false });
    return pack
      .validateScope(scope)
      .violations.flatMap(({ ruleName: id, description: message, violatingResources }) =>
        violatingResources.map(({ constructPath: construct = '' }) => ({ pack: name, id, construct, message })),
      );
  });

/**
 * All packs on templates alone. What is acknowledged stands with the constructs, not in a template, so it is found here: what a change
 * of a template brings is the difference. A template that CDK cannot read is a finding of the rule `cfn-include`.
 */
export const cdkNag: Gate = async (templates) =>
  templates.flatMap((template): Finding[] => {
    const stack = new Stack(new App(), 'Stack');
    try {
      new CfnInclude(stack, 'Template', { templateFile: template, preserveLogicalIds: true });
    } catch (error) {
      return [{ rule: 'cfn-include', template, resource: '', message: String(error) }];
    }
    return nagFindings(stack).map(({ id, construct, message }) => ({
      rule: id,
      template,
      resource: construct.split('/').at(-1) ?? '',
      message,
    }));
  });
