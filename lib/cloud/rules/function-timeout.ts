import { isPositive, type TemplateRule } from './rule';

export const functionTimeout: TemplateRule = {
  id: 'function-timeout',
  holds: 'A function says how long it may run.',
  reason:
    'The default of three seconds ends whatever asks AWS for something, and no one sees that it was not meant (OWASP CI/CD 7).',
  remedy: 'set Timeout',
  types: ['AWS::Lambda::Function'],
  check: ({ Timeout: timeout }) => (isPositive(timeout) ? undefined : 'the function has no timeout'),
};
