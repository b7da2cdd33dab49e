import { list, shown, type TemplateRule } from './rule';

export const branchEvents: TemplateRule = {
  id: 'branch-events',
  holds: 'An event rule on what is pushed to CodeCommit looks at branches only.',
  reason: 'Without detail.referenceType a tag that is named like the branch starts the pipeline.',
  remedy: 'set detail.referenceType of the pattern to [branch]',
  types: ['AWS::Events::Rule'],
  check: ({ EventPattern: pattern }) =>
    list(pattern?.source).includes('aws.codecommit') &&
    list(pattern['detail-type']).map(shown).join() !== 'CodeCommit Pull Request State Change' &&
    list(pattern.detail?.referenceType).map(shown).join() !== 'branch'
      ? 'the pattern takes tags too'
      : undefined,
};
