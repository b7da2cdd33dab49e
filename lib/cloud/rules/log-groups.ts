import { isPositive, type TemplateRule } from './rule';

export const logGroups: TemplateRule = {
  id: 'log-groups',
  holds: 'A log group forgets, and is encrypted with a key of ours.',
  reason: 'Logs are kept, and paid, for ever by default, and may hold what a build printed.',
  remedy: 'set RetentionInDays and KmsKeyId',
  types: ['AWS::Logs::LogGroup'],
  check: ({ RetentionInDays: days, KmsKeyId: key }) => {
    if (!isPositive(days)) return 'the log group never forgets';
    return key === undefined || key === '' ? 'the log group has no key' : undefined;
  },
};
