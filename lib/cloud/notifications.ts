import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { deadLetters } from './dead-letters';
import { allow } from './statement';

export interface NotificationsProps {
  readonly service: string;
  readonly emails: readonly string[];
  /** None: only alarms are told. */
  readonly pipelines: readonly string[];
}

/** An encrypted topic for people, and what is published to it: alarms, failed pipelines, approvals that wait. */
export class Notifications extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: NotificationsProps) {
    super(scope, id);
    // A topic keeps nothing that the key would still have to open.
    const key = new Key(this, 'Key', {
      description: `Notifications of ${props.service}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.topic = new Topic(this, 'Topic', {
      displayName: `Delivery of ${props.service}`,
      masterKey: key,
      enforceSSL: true,
    });
    props.emails.forEach((endpoint, index) => {
      new CfnSubscription(this, `Email${index + 1}`, { topicArn: this.topic.topicArn, protocol: 'email', endpoint });
    });
    this.allowPublisher(key, 'cloudwatch.amazonaws.com');
    if (props.pipelines.length === 0) return;
    this.allowPublisher(key, 'events.amazonaws.com');
    this.publishPipelineEvents(props);
  }

  /** Source: SNS developer guide, sns-key-management (event sources and encrypted topics). */
  private allowPublisher(key: Key, service: string): void {
    const principal = new ServicePrincipal(service);
    const ofThisAccount = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };
    const publish = allow(['sns:Publish'], [this.topic.topicArn], ofThisAccount);
    publish.addPrincipals(principal);
    this.topic.addToResourcePolicy(publish);
    const encrypt = allow(['kms:Decrypt', 'kms:GenerateDataKey'], ['*'], ofThisAccount);
    encrypt.addPrincipals(principal);
    key.addToResourcePolicy(encrypt);
  }

  private publishPipelineEvents({ service, pipelines }: NotificationsProps): void {
    const rules = {
      Failed: {
        name: `${service}-pipeline-failed`,
        description: 'An execution of a pipeline failed',
        'detail-type': 'CodePipeline Pipeline Execution State Change',
        detail: { state: ['FAILED'] },
        message: 'Pipeline <pipeline> failed (execution <execution>).',
      },
      Approval: {
        name: `${service}-approval-waits`,
        description: 'An approval waits for an answer',
        'detail-type': 'CodePipeline Action Execution State Change',
        detail: { state: ['STARTED'], type: { category: ['Approval'] } },
        message: 'Pipeline <pipeline> waits for an approval (execution <execution>).',
      },
    };
    const arn = (resourceName: string) =>
      Stack.of(this).formatArn({ service: 'events', resource: 'rule', resourceName });
    const undelivered = deadLetters(
      this,
      'DeadLetters',
      Object.values(rules).map((rule) => arn(rule.name)),
    );
    for (const [id, rule] of Object.entries(rules)) {
      new CfnRule(this, id, {
        name: rule.name,
        description: rule.description,
        eventPattern: {
          source: ['aws.codepipeline'],
          'detail-type': [rule['detail-type']],
          detail: { pipeline: [...pipelines], ...rule.detail },
        },
        state: 'ENABLED',
        targets: [
          {
            id: 'Topic',
            arn: this.topic.topicArn,
            inputTransformer: {
              inputPathsMap: { pipeline: '$.detail.pipeline', execution: '$.detail.execution-id' },
              inputTemplate: `"${rule.message}"`,
            },
            deadLetterConfig: { arn: undelivered.queueArn },
          },
        ],
      });
    }
  }
}
