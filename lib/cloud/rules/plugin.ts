import { readFileSync } from 'node:fs';
import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib';
import { checkTemplate, type Template, type TemplateRule } from './rule';

/** Runs template rules in every synthesis, beside cdk-nag: a finding fails it. */
export class TemplateRules implements IPolicyValidationPlugin {
  readonly name = 'Slipway';
  readonly ruleIds: string[];

  constructor(private readonly rules: readonly TemplateRule[]) {
    this.ruleIds = rules.map((rule) => rule.id);
  }

  validate({ templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = templatePaths.flatMap((templatePath) => {
      const template = JSON.parse(readFileSync(templatePath, 'utf8')) as Template;
      return checkTemplate(template, this.rules).map((finding) => ({
        ruleName: finding.rule,
        description: finding.message,
        severity: 'error',
        violatingResources: [{ resourceLogicalId: finding.logicalId, templatePath, locations: [finding.logicalId] }],
      }));
    });
    return { success: violations.length === 0, violations };
  }
}
