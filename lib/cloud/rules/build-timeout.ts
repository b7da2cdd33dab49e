import { isPositive, type TemplateRule } from './rule';

export const buildTimeout: TemplateRule = {
  id: 'build-timeout',
  holds: 'A build has a timeout, running and queued.',
  reason: 'A build that hangs costs by the minute, and holds its stage for up to 36 hours.',
  remedy: 'set TimeoutInMinutes and QueuedTimeoutInMinutes',
  types: ['AWS::CodeBuild::Project'],
  check: ({ TimeoutInMinutes: running, QueuedTimeoutInMinutes: queued }) =>
    isPositive(running) && isPositive(queued) ? undefined : 'a build may run or queue for hours',
};
