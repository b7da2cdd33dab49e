import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Topic } from '../template/topic';

export interface Notification {
  /** ISO 8601. */
  readonly time: string;
  readonly topicArn: string;
  readonly messageId: string;
  readonly subject?: string;
  readonly message: string;
}

export interface Notifications {
  readonly topics: readonly Topic[];
  /** Gives the message's id; undefined: there is no such topic. */
  publish(notification: {
    readonly topicArn: string;
    readonly message: string;
    readonly subject?: string;
    readonly messageId?: string;
  }): string | undefined;
}

/** Topics of the templates: what is published to them is one line of JSON in `file`, and shown. Nothing is sent to subscribers. */
export function openNotifications(options: {
  readonly file: string;
  readonly topics: readonly Topic[];
  readonly show: (notification: Notification, topic: Topic) => void;
  readonly now: () => Date;
}): Notifications {
  const { file, topics, show, now } = options;
  return {
    topics,
    publish({ topicArn, message, subject, messageId = randomUUID() }) {
      const topic = topics.find(({ arn }) => arn === topicArn);
      if (!topic) return undefined;
      const time = now().toISOString();
      const notification = { time, topicArn, messageId, ...(subject !== undefined && { subject }), message };
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, `${JSON.stringify(notification)}\n`, { mode: 0o600 });
      show(notification, topic);
      return messageId;
    },
  };
}
