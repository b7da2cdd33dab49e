import { randomUUID } from 'node:crypto';
import type { Result } from '../../result';
import type { Executor } from '../executor';
import type { HostError, StartRequest } from '../pipelines/host';
import type { PipelineInvokeAction } from '../plan';

export interface PipelineInvokeOptions {
  /** StartPipelineExecution of another pipeline of this machine; undefined: there is none of that name. */
  readonly start: (
    pipeline: string,
    request: StartRequest,
  ) => Promise<Result<{ readonly execution: string }, HostError>> | undefined;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** Makes tokens; default random UUIDs. */
  readonly newId?: () => string;
}

/** Name of the fact that holds StartPipelineExecution's clientRequestToken. */
const TOKEN = 'start token';

/**
 * Invoke/AWS/CodePipeline: starts the other pipeline and is done; how that execution ends is its own affair. (Its role needs
 * nothing but codepipeline:StartPipelineExecution: CodePipeline user guide, action-reference-PipelineInvoke.) A pipeline that
 * invokes itself, or two each other, go on for ever, as on AWS.
 */
export const pipelineInvokeExecutor = (options: PipelineInvokeOptions): Executor<PipelineInvokeAction> => ({
  async execute(action, context, emit) {
    const { pipeline, sourceRevisions } = action;
    const { newId = randomUUID } = options;
    // Told before it is used: an attempt that takes an interrupted one's place finds the execution that this one has started.
    const token = context.interrupted?.facts[TOKEN] ?? newId();
    emit({ kind: 'fact', name: TOKEN, value: token });
    const starting = options.start(pipeline, {
      variables: Object.fromEntries(action.variables.map(({ name, value }) => [name, value])),
      sourceRevisions,
      trigger: { type: 'StartPipelineExecution', detail: callerOf(action, context.execution, options) },
      token,
    });
    if (starting === undefined)
      return { status: 'Failed', reason: `PipelineNotFoundException: no pipeline ${pipeline} runs on this machine` };
    const started = await starting;
    if (!started.ok) {
      const reason = started.errors.map(({ code, message }) => `${code}: ${message}`).join('; ');
      return { status: 'Failed', reason: `${pipeline} did not start: ${reason}` };
    }
    const { execution } = started.value;
    emit({ kind: 'fact', name: 'started', value: `${pipeline}, execution ${execution}` });
    return { status: 'Succeeded', variables: {}, artifacts: {}, externalId: execution };
  },
});

/** As STS names the caller: the action's role, with the execution as session. */
function callerOf(
  { roleArn }: PipelineInvokeAction,
  execution: string,
  { account, partition }: PipelineInvokeOptions,
): string {
  const role = /:role\/(?:.*\/)?([^/]+)$/.exec(roleArn ?? '')?.[1] ?? 'codepipeline';
  return `arn:${partition}:sts::${account}:assumed-role/${role}/${execution}`;
}
