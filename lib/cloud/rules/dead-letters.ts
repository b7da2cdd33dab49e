import { objects, type TemplateRule } from './rule';

export const deadLetters: TemplateRule = {
  id: 'dead-letters',
  holds: 'Every target of an event rule has a dead-letter queue.',
  reason: 'An event that cannot be delivered is lost: a push that starts nothing, an alarm that nobody hears.',
  remedy: 'set DeadLetterConfig.Arn of each target',
  types: ['AWS::Events::Rule'],
  check: ({ Targets: targets }) =>
    objects(targets).every((target) => target.DeadLetterConfig?.Arn !== undefined)
      ? undefined
      : 'a target has no DeadLetterConfig',
};
