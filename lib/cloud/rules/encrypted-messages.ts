import type { TemplateRule } from './rule';

export const encryptedMessages: TemplateRule = {
  id: 'encrypted-messages',
  holds: 'Topics and queues are encrypted.',
  reason:
    'Messages tell what is deployed where, and what has failed; a topic is not encrypted by default (OWASP CI/CD 7).',
  remedy: 'set KmsMasterKeyId, or SqsManagedSseEnabled of a queue to true',
  types: ['AWS::SNS::Topic', 'AWS::SQS::Queue'],
  check: ({ KmsMasterKeyId: key, SqsManagedSseEnabled: managed }) =>
    key !== undefined || managed === true ? undefined : 'messages are not encrypted',
};
