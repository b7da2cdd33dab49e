import { App, CloudFormationValidatePlugin } from 'aws-cdk-lib';
import type { Gate } from './finding';

/** The validator that CDK brings along, its errors only: what stops a synthesis (cdk.json: validateAgainstDefaultRules). */
export const cdkValidator: Gate = async (templates) =>
  new CloudFormationValidatePlugin()
    .validate({
      appConstruct: new App(),
      templatePaths: [...templates],
      stackTemplates: templates.map((templatePath) => ({
        stackConstructPath: templatePath,
        templatePath,
        accountId: '123456789012',
        region: 'eu-west-1',
      })),
    })
    .violations.filter(({ severity }) => /^(error|fatal)$/i.test(severity ?? ''))
    .flatMap(({ ruleName, description, violatingResources }) =>
      violatingResources.map(({ resourceLogicalId = '', templatePath = '' }) => ({
        rule: ruleName,
        template: templatePath,
        resource: resourceLogicalId,
        message: description,
      })),
    );
