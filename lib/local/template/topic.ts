import type { Resource } from './find-resource';

/** An AWS::SNS::Topic. */
export interface Topic {
  readonly name: string;
  readonly arn: string;
  readonly displayName: string;
}

/** Encryption, policies and subscriptions have no effect here: what is published to a topic is shown and kept on this machine. */
export function readTopic({ properties, ref: arn }: Resource): Topic {
  return {
    name: arn.split(':').at(-1) ?? '',
    arn,
    displayName: properties.member('DisplayName').text() ?? '',
  };
}
