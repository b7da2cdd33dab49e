import { type Json, list, objects, type TemplateRule } from './rule';

/** Services whose calls have no source that a trust policy could name. */
const SOURCELESS_SERVICES = new Set(['lambda.amazonaws.com', 'ec2.amazonaws.com']);

const hasSource = (service: Json): boolean => !SOURCELESS_SERVICES.has(service);

const namesSource = (condition: Json): boolean => {
  const keys = objects(Object.values(condition ?? {})).flatMap((operator) => Object.keys(operator));
  return keys.includes('aws:SourceAccount') && keys.includes('aws:SourceArn');
};

export const serviceTrust: TemplateRule = {
  id: 'service-trust',
  holds: 'A service takes a role only for a resource of this account.',
  reason:
    'Without aws:SourceAccount and aws:SourceArn the service may be led to take the role for somebody else (confused deputy).',
  remedy: 'add both to the Condition of the trust policy',
  types: ['AWS::IAM::Role'],
  check: ({ AssumeRolePolicyDocument: document }) => {
    const open = objects(document?.Statement).filter(
      (statement) => list(statement.Principal?.Service).some(hasSource) && !namesSource(statement.Condition),
    );
    return open.length === 0 ? undefined : 'the trust in a service names no aws:SourceAccount and aws:SourceArn';
  },
};
