import { Stack } from 'aws-cdk-lib';
import { type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { AwsCustomResource, PhysicalResourceId, PhysicalResourceIdReference } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import type { BranchProtection } from '../model/branch-protection';
import { acknowledge } from './acknowledge';
import { acknowledgeFunction, CLOUDFORMATION_HEARS } from './acknowledge-function';
import { logGroup } from './log-group';
import { ownRole } from './role';
import { allow } from './statement';

export interface ApprovalRuleProps {
  readonly service: string;
  readonly protection: BranchProtection;
  readonly key: IKey;
  readonly logRetentionDays: number;
}

/** Types of the custom resources: CloudFormation has none for what they make. */
const TEMPLATE = 'Custom::CodeCommitApprovalRuleTemplate';
const ASSOCIATION = 'Custom::CodeCommitApprovalRuleTemplateAssociation';

/**
 * The approvals that a pull request to a protected branch needs before CodeCommit merges it: an approval rule template, and its
 * association with the repository, each one call of the API when it is made, changed and taken away.
 * Source: CodeCommit user guide, approval-rule-templates; API reference, CreateApprovalRuleTemplate.
 */
export class ApprovalRule extends Construct {
  constructor(scope: Construct, id: string, { service, protection, key, logRetentionDays }: ApprovalRuleProps) {
    super(scope, id);
    const { repository, ruleName } = protection;
    const functionName = `${service}-approval-rules`;
    const logs = logGroup(this, 'Logs', `/aws/lambda/${functionName}`, key, logRetentionDays);
    const shared = {
      role: this.role(functionName, repository, logs.logGroupArn),
      logGroup: logs,
      functionName,
      memorySize: 128,
    };
    const call = (action: string, parameters: Record<string, unknown>, more = {}) => ({
      service: 'CodeCommit',
      action,
      parameters,
      ...more,
    });
    const content = ruleContent(protection);
    const template = new AwsCustomResource(this, 'Template', {
      ...shared,
      resourceType: TEMPLATE,
      installLatestAwsSdk: false,
      onCreate: call(
        'createApprovalRuleTemplate',
        {
          approvalRuleTemplateName: ruleName,
          approvalRuleTemplateContent: content,
          approvalRuleTemplateDescription: `Pull requests to the branches that start pipelines of ${service}`,
        },
        { physicalResourceId: PhysicalResourceId.of(ruleName) },
      ),
      onUpdate: call(
        'updateApprovalRuleTemplateContent',
        { approvalRuleTemplateName: ruleName, newRuleContent: content },
        { physicalResourceId: PhysicalResourceId.of(ruleName) },
      ),
      // By its id: what this stack failed to make has another one, so that nobody else's template of this name goes.
      onDelete: call(
        'deleteApprovalRuleTemplate',
        { approvalRuleTemplateName: new PhysicalResourceIdReference() },
        { ignoreErrorCodesMatching: '^(ApprovalRuleTemplateDoesNotExist|InvalidApprovalRuleTemplateName)Exception$' },
      ),
    });
    const pair = { approvalRuleTemplateName: ruleName, repositoryName: repository };
    const associate = call('associateApprovalRuleTemplateWithRepository', pair, {
      physicalResourceId: PhysicalResourceId.of(`${ruleName}/${repository}`),
    });
    new AwsCustomResource(this, 'Association', {
      ...shared,
      resourceType: ASSOCIATION,
      installLatestAwsSdk: false,
      // A second association of the same two is none.
      onUpdate: associate,
      onDelete: call('disassociateApprovalRuleTemplateFromRepository', pair, {
        ignoreErrorCodesMatching: '^(ApprovalRuleTemplate|Repository)DoesNotExistException$',
      }),
    }).node.addDependency(template);
    this.acknowledgeFunction();
  }

  /** CDK makes one function for all custom resources of this kind, beside them. */
  private acknowledgeFunction(): void {
    const function_ = Stack.of(this).node.children.find((child) => child instanceof LambdaFunction);
    if (function_ === undefined) throw new Error('CDK has no longer a function of its own for AwsCustomResource');
    acknowledgeFunction(function_, CLOUDFORMATION_HEARS);
    acknowledge(
      function_,
      'LambdaInsideVPC',
      'It calls the API of CodeCommit, of which this stack has no VPC; a way there through one would be a longer way to the same endpoint.',
    );
  }

  private role(functionName: string, repository: string, logs: string): Role {
    const repositoryArn = Stack.of(this).formatArn({ service: 'codecommit', resource: repository });
    const role = ownRole(this, 'Role', {
      description: `Runs ${functionName}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      statements: [
        allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logs]),
        allow(
          [
            'codecommit:CreateApprovalRuleTemplate',
            'codecommit:UpdateApprovalRuleTemplateContent',
            'codecommit:DeleteApprovalRuleTemplate',
          ],
          ['*'],
        ),
        allow(
          [
            'codecommit:AssociateApprovalRuleTemplateWithRepository',
            'codecommit:DisassociateApprovalRuleTemplateFromRepository',
          ],
          [repositoryArn],
        ),
      ],
    });
    acknowledge(
      role,
      'IAM5[Resource::*]',
      'CodeCommit knows no resource level for approval rule templates (IAM service authorization reference).',
    );
    return role;
  }
}

/** JSON of an approval rule template. Source: CodeCommit user guide, how-to-create-template. */
const ruleContent = ({ branches, approvals, approvers }: BranchProtection): string =>
  JSON.stringify({
    Version: '2018-11-08',
    DestinationReferences: branches.map((branch) => `refs/heads/${branch}`),
    Statements: [
      {
        Type: 'Approvers',
        NumberOfApprovalsNeeded: approvals,
        ...(approvers.length > 0 && { ApprovalPoolMembers: approvers }),
      },
    ],
  });
