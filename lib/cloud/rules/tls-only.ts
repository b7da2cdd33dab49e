import { type Json, list, objects, shown, type TemplateRule } from './rule';

const isEverybody = (principal: Json): boolean => [principal, ...list(principal?.AWS)].includes('*');

/** Whether it denies whatever comes over plain HTTP, whoever asks. */
const refusesPlain = ({ Effect: effect, Principal: principal, Condition: condition, Action: action }: Json): boolean =>
  effect === 'Deny' &&
  isEverybody(principal) &&
  list(action).length > 0 &&
  shown(condition?.Bool?.['aws:SecureTransport']) === 'false' &&
  Object.keys(condition).length === 1;

export const tlsOnly: TemplateRule = {
  id: 'tls-only',
  holds: 'The policy of a bucket, a queue or a topic refuses plain HTTP.',
  reason:
    'Without it each of them also answers unencrypted, and artifacts and events may be read on their way (OWASP CI/CD 7).',
  remedy: 'add a statement with Effect Deny, Principal * and Condition Bool aws:SecureTransport false',
  types: ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'],
  check: ({ PolicyDocument: document }) =>
    objects(document?.Statement).some(refusesPlain) ? undefined : 'the policy lets plain HTTP in',
};
