import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** An encrypted log group that forgets. It goes with its stack: a kept one would stand in the way of the next deploy. */
export const logGroup = (
  scope: Construct,
  id: string,
  logGroupName: string,
  key: IKey,
  retentionDays: number,
): LogGroup =>
  new LogGroup(scope, id, {
    logGroupName,
    encryptionKey: key,
    retention: retentionDays as RetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
