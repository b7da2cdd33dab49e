import type { TemplateRule } from './rule';

export const buildLogs: TemplateRule = {
  id: 'build-logs',
  holds: 'A build logs to a log group of its own.',
  reason: 'The default group has no retention and no key, and one that is off leaves no trace (OWASP CI/CD 10).',
  remedy: 'enable LogsConfig.CloudWatchLogs with a GroupName',
  types: ['AWS::CodeBuild::Project'],
  check: ({ LogsConfig: logs }) =>
    logs?.CloudWatchLogs?.Status === 'ENABLED' && logs.CloudWatchLogs.GroupName !== undefined
      ? undefined
      : 'the project has no log group of its own',
};
