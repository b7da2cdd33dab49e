import type { Resource } from './find-resource';
import { isObject } from './json';

/**
 * Approval rule templates of CodeCommit, for which CloudFormation has no type: custom resources of CDK, whose property `Create`
 * holds the call that makes one, as JSON.
 */
export const APPROVAL_RULE = 'Custom::CodeCommitApprovalRuleTemplate';
export const APPROVAL_RULE_OF_REPOSITORY = 'Custom::CodeCommitApprovalRuleTemplateAssociation';

/** A rule that each new pull request of a repository gets, if it goes to one of the rule's branches. */
export interface ApprovalRuleTemplate {
  readonly name: string;
  /** JSON, as it was given. */
  readonly content: string;
}

export function readApprovalRule(resource: Resource): ApprovalRuleTemplate {
  const parameters = parametersOf(resource);
  return {
    name: String(parameters['approvalRuleTemplateName'] ?? ''),
    content: String(parameters['approvalRuleTemplateContent'] ?? ''),
  };
}

export function readAssociation(resource: Resource): { readonly rule: string; readonly repository: string } {
  const parameters = parametersOf(resource);
  return {
    rule: String(parameters['approvalRuleTemplateName'] ?? ''),
    repository: String(parameters['repositoryName'] ?? ''),
  };
}

function parametersOf({ properties }: Resource): Readonly<Record<string, unknown>> {
  const create = properties.member('Create');
  let call: unknown;
  try {
    call = JSON.parse(create.requiredText());
  } catch {
    // No JSON is no call either.
  }
  if (isObject(call) && isObject(call['parameters'])) return call['parameters'];
  create.fail('expected the call of an API as JSON, with `parameters`.');
  return {};
}
