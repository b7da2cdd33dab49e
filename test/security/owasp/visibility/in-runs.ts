import { type Check, type Mutant, suite } from '../mutants';
import { type Found, only, type Templates, templates } from '../templates';
import { told } from './told';

const PIPELINES = ['visits-development', 'visits-production'];

const failuresHeard: Check<Templates> = {
  name: 'failed-run-is-told',
  holds:
    'A run of each pipeline, failed on this machine, is an event that a rule of the templates matches and publishes to people, once.',
  findings: async (all) => {
    const found: string[] = [];
    for (const pipeline of PIPELINES) {
      const messages = await told(all, pipeline, { steps: { 'Build/Build': { fails: 'no package' } } });
      if (messages.length !== 1 || !/failed/.test(messages[0] ?? '') || !messages[0]?.includes(pipeline))
        found.push(`${pipeline} failed, and people were told: ${messages.join(' ') || 'nothing'}`);
    }
    return found;
  },
};

const approvalsHeard: Check<Templates> = {
  name: 'waiting-approval-is-told',
  holds: 'A run on this machine that comes to an approval tells people once that it waits, and nothing else.',
  findings: async (all) => {
    const messages = await told(all, 'visits-production', { untilAsked: true });
    return messages.length === 1 && /waits for an approval/.test(messages[0] ?? '')
      ? []
      : [`of the approval people were told: ${messages.join(' ') || 'nothing'}`];
  },
};

/** The event rule of a name. */
export const ruleOf = (all: Templates, name: string): Found =>
  only(all, 'AWS::Events::Rule', ({ Name }) => Name === name);

/** The rule that tells of failed executions. */
export const FAILED = 'visits-pipeline-failed';

export const mutant = (
  foundBy: string,
  id: string,
  description: string,
  apply: (all: Templates) => unknown,
): Mutant<Templates> => ({ id, description, foundBy, apply });

/** Runs on this machine, and who hears of them. */
export const inRuns = suite({
  name: 'runs on this machine, over the rules and topics of the templates',
  subject: () => templates(),
  checks: [failuresHeard, approvalsHeard],
  mutants: [
    mutant(
      failuresHeard.name,
      'deaf-rule',
      'rule for failures that is off',
      (all) => (ruleOf(all, FAILED).properties.State = 'DISABLED'),
    ),
    mutant(
      failuresHeard.name,
      'no-failed',
      'rule whose pattern has no FAILED',
      (all) => (ruleOf(all, FAILED).properties.EventPattern.detail.state = ['SUCCEEDED']),
    ),
    mutant(failuresHeard.name, 'one-pipeline', 'rule that leaves a pipeline out', (all) =>
      ruleOf(all, FAILED).properties.EventPattern.detail.pipeline.pop(),
    ),
    mutant(
      failuresHeard.name,
      'another-source',
      'rule for another service',
      (all) => (ruleOf(all, FAILED).properties.EventPattern.source = ['aws.codebuild']),
    ),
    mutant(
      failuresHeard.name,
      'another-type',
      'rule for builds in place of pipelines',
      (all) => (ruleOf(all, FAILED).properties.EventPattern['detail-type'] = ['CodeBuild Build State Change']),
    ),
    mutant(
      failuresHeard.name,
      'another-topic',
      'rule whose topic is nobody’s',
      (all) => (ruleOf(all, FAILED).properties.Targets[0].Arn = 'arn:aws:sns:eu-west-1:111122223333:other'),
    ),
    mutant(failuresHeard.name, 'no-rule', 'monitoring without the rule for failures', (all) => {
      const { stack, id } = ruleOf(all, FAILED);
      delete (all[stack] as Templates[string]).Resources[id];
    }),
    mutant(
      approvalsHeard.name,
      'approval-unheard',
      'rule that waits for approvals that have ended',
      (all) => (ruleOf(all, 'visits-approval-waits').properties.EventPattern.detail.state = ['SUCCEEDED']),
    ),
    mutant(
      approvalsHeard.name,
      'approval-category',
      'rule for actions of another category',
      (all) => (ruleOf(all, 'visits-approval-waits').properties.EventPattern.detail.type.category = ['Build']),
    ),
  ],
});
