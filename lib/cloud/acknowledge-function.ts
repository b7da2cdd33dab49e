import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledge } from './acknowledge';

/** Of a function of a custom resource. */
export const CLOUDFORMATION_HEARS = 'CloudFormation fails the deploy when it does not answer';

/** Accepts what the packs ask of every function and these do better without. `failure`: who hears when it fails. */
export function acknowledgeFunction(construct: LambdaFunction, failure: string): void {
  acknowledge(construct, 'LambdaDLQ', `No call of it is lost without a dead-letter queue: ${failure}.`);
  acknowledge(
    construct,
    'LambdaConcurrency',
    'A deploy or a release calls it now and then; reserved concurrency would be taken from all functions of the account, and new accounts have none to give.',
  );
  acknowledge(
    construct,
    'LambdaTracing',
    'One function that nothing calls in a chain: its log tells all, and tracing needs a right on * that it would have for nothing else.',
  );
}
