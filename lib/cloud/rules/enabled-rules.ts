import type { TemplateRule } from './rule';

export const enabledRules: TemplateRule = {
  id: 'enabled-rules',
  holds: 'An event rule is on, and sends to something.',
  reason:
    'A rule that is off, or has no target, looks like one that works: no push starts, no failure is heard of (OWASP CI/CD 10).',
  remedy: 'set State to ENABLED and give it Targets, or remove it',
  types: ['AWS::Events::Rule'],
  check: ({ State: state = 'ENABLED', Targets: targets }) => {
    if (!['ENABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'].includes(state)) return 'the rule is off';
    return Array.isArray(targets) && targets.length > 0 ? undefined : 'the rule has no target';
  },
};
