import type {
  GetTopicAttributesInput,
  GetTopicAttributesResponse,
  ListTopicsInput,
  ListTopicsResponse,
  PublishInput,
  PublishResponse,
} from '@aws-sdk/client-sns';
import { err, ok, type Result } from '../../result';
import type { Notifications } from '../events/notifications';
import type { Topic } from '../template/topic';
import { pageOf } from './paging';
import { type AwsError, type Service, takes } from './service';

export interface SnsContext {
  readonly account: string;
  /** None: there are no topics. */
  readonly notifications?: Notifications;
}

const LARGEST_PAGE = 100;

/** SNS (SNS API reference): the topics of the templates. What is published is kept on this machine. */
export function sns({ account, notifications }: SnsContext): Service {
  const find = (arn: string | undefined): Result<Topic, AwsError> => {
    const topic = notifications?.topics.find((each) => each.arn === arn);
    return topic ? ok(topic) : err({ code: 'NotFound', message: 'Topic does not exist', status: 404 });
  };
  return {
    prefix: 'sns',
    invalidInput: 'InvalidParameter',
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    operations: {
      Publish: takes<PublishInput, PublishResponse>()(
        ['TopicArn', 'TargetArn', 'Message', 'Subject'],
        ({ TopicArn, TargetArn, Message = '', Subject }) => {
          const topic = find(TopicArn ?? TargetArn);
          if (!topic.ok) return topic;
          const subject = Subject === undefined ? {} : { subject: Subject };
          const messageId = notifications?.publish({ topicArn: topic.value.arn, message: Message, ...subject });
          return ok({ MessageId: messageId });
        },
        ({ TopicArn }) => TopicArn,
      ),
      ListTopics: takes<ListTopicsInput, ListTopicsResponse>()(['NextToken'], ({ NextToken }) => {
        const part = pageOf(notifications?.topics ?? [], ({ arn }) => arn, LARGEST_PAGE, NextToken);
        if (!part.ok) return err({ code: 'InvalidParameter', message: part.errors.join('; ') });
        const { items, nextToken } = part.value;
        return ok({ Topics: items.map(({ arn }) => ({ TopicArn: arn })), ...(nextToken && { NextToken: nextToken }) });
      }),
      GetTopicAttributes: takes<GetTopicAttributesInput, GetTopicAttributesResponse>()(['TopicArn'], ({ TopicArn }) => {
        const topic = find(TopicArn);
        if (!topic.ok) return topic;
        const { arn, displayName } = topic.value;
        const attributes = {
          TopicArn: arn,
          DisplayName: displayName,
          Owner: account,
          SubscriptionsConfirmed: '0',
          SubscriptionsPending: '0',
          SubscriptionsDeleted: '0',
        };
        // A map of the query protocol (see asMembers).
        return ok({ Attributes: new Map(Object.entries(attributes)) as unknown as Record<string, string> });
      }),
    },
  };
}
