import { list, type TemplateRule } from './rule';

export const heardAlarms: TemplateRule = {
  id: 'heard-alarms',
  holds: 'A composite alarm tells somebody.',
  reason:
    'An alarm without an action, or with its actions off, turns red where nobody looks (OWASP CI/CD 10). The alarms that it sums up need none.',
  remedy: 'set AlarmActions, and ActionsEnabled to true or not at all',
  types: ['AWS::CloudWatch::CompositeAlarm'],
  check: ({ ActionsEnabled: enabled = true, AlarmActions: actions }) => {
    if (enabled !== true) return 'the actions of the alarm are off';
    return list(actions).length > 0 ? undefined : 'the alarm has no action';
  },
};
