import { Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { deadLetters } from './dead-letters';
import { ownRole } from './role';
import { allow } from './statement';
import { serviceTrust } from './trust';

export interface BranchEventProps {
  readonly repository: string;
  readonly branch: string;
  readonly pipeline: { readonly pipelineName: string; readonly arn: string };
  /** The action that takes the commit. */
  readonly sourceAction: string;
}

/**
 * Starts a pipeline when a branch of a CodeCommit repository is created or updated, with that very commit: a later push cannot
 * slip in. `referenceType` keeps a tag with the branch's name from starting it.
 * Source: CodePipeline user guide, pipelines-trigger-source-repo-changes-cfn; CodeCommit user guide, monitoring-events.
 */
export class BranchEvent extends Construct {
  constructor(scope: Construct, id: string, props: BranchEventProps) {
    super(scope, id);
    const { repository, branch, pipeline, sourceAction } = props;
    const stack = Stack.of(this);
    const ruleName = `${pipeline.pipelineName}-push`;
    const ruleArn = stack.formatArn({ service: 'events', resource: 'rule', resourceName: ruleName });
    const role = ownRole(this, 'Role', {
      description: `Starts the pipeline ${pipeline.pipelineName}`,
      assumedBy: serviceTrust('events.amazonaws.com', ruleArn),
      statements: [allow(['codepipeline:StartPipelineExecution'], [pipeline.arn])],
    });
    const undelivered = deadLetters(this, 'DeadLetters', [ruleArn]);
    new CfnRule(this, 'Rule', {
      name: ruleName,
      description: `A push to ${branch} of ${repository} starts ${pipeline.pipelineName}`,
      eventPattern: {
        source: ['aws.codecommit'],
        'detail-type': ['CodeCommit Repository State Change'],
        resources: [stack.formatArn({ service: 'codecommit', resource: repository })],
        detail: {
          event: ['referenceCreated', 'referenceUpdated'],
          referenceType: ['branch'],
          referenceName: [branch],
        },
      },
      state: 'ENABLED',
      targets: [
        {
          id: 'Pipeline',
          arn: pipeline.arn,
          roleArn: role.roleArn,
          inputTransformer: {
            inputPathsMap: { commit: '$.detail.commitId' },
            // EventBridge puts the quotes around <commit>.
            inputTemplate: `{"sourceRevisions":[{"actionName":"${sourceAction}","revisionType":"COMMIT_ID","revisionValue":<commit>}]}`,
          },
          deadLetterConfig: { arn: undelivered.queueArn },
          retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
        },
      ],
    });
  }
}
