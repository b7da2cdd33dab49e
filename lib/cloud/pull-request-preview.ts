import { Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Preview } from '../model/preview';
import { deadLetters } from './dead-letters';
import { ownRole } from './role';
import type { ServiceBuilds } from './service-builds';
import { allow } from './statement';
import { serviceTrust } from './trust';

/**
 * Shows what a pull request would change, when it is made and at each push to it. Its build may look at one namespace and write
 * its log and its report; it has no way to releases, images or artifacts.
 * Source: CodeCommit user guide, monitoring-events; EventBridge user guide, eb-targets (CodeBuild).
 */
export class PullRequestPreview extends Construct {
  constructor(scope: Construct, id: string, props: { readonly preview: Preview; readonly builds: ServiceBuilds }) {
    super(scope, id);
    const { preview, builds } = props;
    const { repository } = preview;
    const project = builds.preview(this, 'Build', preview);
    const stack = Stack.of(this);
    const ruleName = preview.project;
    const ruleArn = stack.formatArn({ service: 'events', resource: 'rule', resourceName: ruleName });
    const role = ownRole(this, 'Role', {
      description: `Starts ${preview.project}`,
      assumedBy: serviceTrust('events.amazonaws.com', ruleArn),
      statements: [allow(['codebuild:StartBuild'], [project.arn])],
    });
    const undelivered = deadLetters(this, 'DeadLetters', [ruleArn]);
    const rule = new CfnRule(this, 'Rule', {
      name: ruleName,
      description: `A pull request of ${repository} starts ${preview.project}`,
      eventPattern: {
        source: ['aws.codecommit'],
        'detail-type': ['CodeCommit Pull Request State Change'],
        resources: [stack.formatArn({ service: 'codecommit', resource: repository })],
        detail: { event: ['pullRequestCreated', 'pullRequestSourceBranchUpdated'], pullRequestStatus: ['Open'] },
      },
      state: 'ENABLED',
      targets: [
        {
          id: 'Preview',
          arn: project.arn,
          roleArn: role.roleArn,
          inputTransformer: {
            inputPathsMap: { commit: '$.detail.sourceCommit' },
            // EventBridge puts the quotes around <commit>.
            inputTemplate: '{"sourceVersion":<commit>}',
          },
          deadLetterConfig: { arn: undelivered.queueArn },
          retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
        },
      ],
    });
    for (const prerequisite of project.prerequisites) rule.addResourceDependency(prerequisite);
  }
}
