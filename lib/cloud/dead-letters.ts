import { Duration } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { allow } from './statement';

const KEPT_DAYS = 14;

/** Keeps the events that EventBridge could not deliver to the targets of these rules. */
export function deadLetters(scope: Construct, id: string, ruleArns: readonly string[]): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(KEPT_DAYS),
  });
  for (const id of ['SQS3', 'SQSRedrivePolicy'])
    acknowledge(queue, id, 'It is itself the dead-letter queue of event rules.');
  const deliver = allow(['sqs:SendMessage'], [queue.queueArn], { ArnEquals: { 'aws:SourceArn': [...ruleArns] } });
  deliver.addPrincipals(new ServicePrincipal('events.amazonaws.com'));
  queue.addToResourcePolicy(deliver);
  return queue;
}
