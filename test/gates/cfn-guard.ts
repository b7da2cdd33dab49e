import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CfnGuardValidator } from '@cdklabs/cdk-validator-cfnguard';
import { App } from 'aws-cdk-lib';
import type { Template } from '../../lib/cloud/rules/rule';
import type { Gate } from './finding';

const folder = join(
  dirname(require.resolve('@cdklabs/cdk-validator-cfnguard/package.json')),
  'rules/control-tower/cfn-guard',
);

/** Every rule of AWS Control Tower that the validator brings along: its file and its text. */
const RULES: readonly (readonly [file: string, text: string])[] = readdirSync(folder, {
  recursive: true,
  encoding: 'utf8',
})
  .filter((name) => name.endsWith('.guard'))
  .sort()
  .map((name) => join(folder, name))
  .map((file) => [file, readFileSync(file, 'utf8')]);

/** The rules that look at one of these resource types; the others would pass by at ten times the cost. */
export const rulesFor = (types: readonly string[]): string[] =>
  RULES.filter(([, text]) => types.some((type) => text.includes(`'${type}'`) || text.includes(`"${type}"`))).map(
    ([file]) => file,
  );

/** cfn-guard with the rules of AWS Control Tower's proactive controls. A rule is called by its control: `CT.S3.PR.1`. */
export const cfnGuard: Gate = async (templates) =>
  templates.flatMap((template) => {
    const { Resources = {} } = JSON.parse(readFileSync(template, 'utf8')) as Template;
    const rules = rulesFor([...new Set(Object.values(Resources).map(({ Type }) => Type))]);
    if (rules.length === 0) return [];
    const guard = new CfnGuardValidator({ controlTowerRulesEnabled: false, rules, maxBuffer: 64 * 1024 * 1024 });
    const { violations } = guard.validate({ templatePaths: [template], appConstruct: new App() });
    return violations.flatMap(({ ruleName, description, fix, violatingResources }) =>
      violatingResources
        // Beside the resources the validator reports the document that it looked through.
        .flatMap(({ resourceLogicalId }) => (resourceLogicalId ? [resourceLogicalId] : []))
        .map((resource) => ({
          rule: /^\[(CT\.[A-Z0-9.]+)\]/.exec(description)?.[1] ?? ruleName,
          template,
          resource,
          message: `${description} ${fix ?? ''}`.trim(),
        })),
    );
  });
