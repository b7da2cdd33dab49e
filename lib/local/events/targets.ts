import { z } from 'zod';
import type { HostError, PipelineHost, StartRequest } from '../pipelines/host';
import type { DeliveryOutcome } from './bus';
import type { Delivery } from './delivery';
import type { Notifications } from './notifications';

export interface TargetOptions {
  /** By name of the pipeline. */
  readonly pipelines: () => ReadonlyMap<string, PipelineHost>;
  readonly notifications: Notifications;
}

/** Hands deliveries to what their ARNs name: pipelines and topics. */
export const deliverTo =
  ({ pipelines, notifications }: TargetOptions) =>
  async (delivery: Delivery): Promise<DeliveryOutcome> => {
    const [, , service = '', , , ...rest] = delivery.target.split(':');
    const resource = rest.join(':');
    switch (service) {
      case 'codepipeline': {
        const host = pipelines().get(resource);
        return host ? startPipeline(host, delivery) : refused(`there is no pipeline ${resource} here`);
      }
      case 'sns': {
        const message = textOf(delivery.input);
        return notifications.publish({ topicArn: delivery.target, message, messageId: delivery.id })
          ? { status: 'delivered', detail: delivery.id }
          : refused(`there is no topic ${delivery.target} here`);
      }
      default:
        return refused(`a target of ${service || 'this kind'} is not supported on this machine`);
    }
  };

/** Whether deliveries to this target can succeed here. */
export const isSupportedTarget = (arn: string): boolean => ['codepipeline', 'sns'].includes(arn.split(':')[2] ?? '');

const refused = (reason: string): DeliveryOutcome => ({ status: 'refused', reason });

/** Of StartPipelineExecution what an input may give (CodePipeline user guide, triggering with source revision overrides). */
const INPUT = z.object({
  sourceRevisions: z
    .array(
      z.object({
        actionName: z.string(),
        revisionType: z.enum(['COMMIT_ID', 'IMAGE_DIGEST', 'S3_OBJECT_VERSION_ID', 'S3_OBJECT_KEY']),
        revisionValue: z.string(),
      }),
    )
    .optional(),
  variables: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
});

/** Errors that another time may not bring: too much at once. */
const PASSING = ['ConcurrentPipelineExecutionsLimitExceededException', 'ConflictException', 'LimitExceededException'];

/**
 * StartPipelineExecution. The delivery's id is the clientRequestToken: the same event by the same rule, delivered again, starts
 * nothing; another rule on the same event starts another execution, as on AWS.
 */
async function startPipeline(host: PipelineHost, delivery: Delivery): Promise<DeliveryOutcome> {
  const request = startRequest(delivery);
  if (typeof request === 'string') return refused(request);
  const started = await host.start(request);
  if (started.ok) return { status: 'delivered', detail: started.value.execution };
  const [error] = started.errors as readonly [HostError, ...HostError[]];
  const reason = `${error.code}: ${error.message}`;
  return PASSING.includes(error.code) ? { status: 'later', reason } : refused(reason);
}

function startRequest({ id, input, trigger }: Delivery): StartRequest | string {
  const read = INPUT.safeParse(parsed(input));
  if (!read.success) return `the input is no StartPipelineExecution: ${z.prettifyError(read.error)}`;
  const { sourceRevisions = [], variables = [] } = read.data;
  return {
    trigger,
    token: id,
    ...(sourceRevisions.length > 0 && {
      sourceRevisions: sourceRevisions.map(({ actionName, revisionType, revisionValue }) => ({
        action: actionName,
        type: revisionType,
        value: revisionValue,
      })),
    }),
    ...(variables.length > 0 && { variables: Object.fromEntries(variables.map(({ name, value }) => [name, value])) }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A JSON text is published without its quotes, anything else as it is. */
function textOf(input: string): string {
  const value = parsed(input);
  return typeof value === 'string' ? value : input;
}
