import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { ok } from '../../result';
import type { JobResult, JobResults } from '../aws/jobs';
import type { Clock } from '../clock';
import type { ActionContext, Executor, Outcome } from '../executor';
import type { LambdaAction } from '../plan';
import type { ArtifactObjects } from './artifact-objects';
import { type FunctionEnd, invokeFunction } from './function-process';
import { handOver, type JobArtifacts, takeBack } from './job-artifacts';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface LambdaOptions {
  /** Where the function's AWS clients go, and as whom. */
  readonly endpoint: {
    readonly url: string;
    /** Keys of the role's own; the session's name is the function's. */
    credentialsFor(roleArn: string, sessionName: string, onDenied?: (advice: string) => void): Credentials;
    revoke(accessKeyId: string): void;
    /** Where the function's verdict arrives. */
    readonly jobs: JobResults;
  };
  readonly account: string;
  readonly region: string;
  /** Folder of the packages that Lambda's runtime brings along (the AWS SDK), for code that is bundled without them. */
  readonly modules?: string;
  /** Folders of programs for the function's PATH; default none. */
  readonly path?: string;
  /** Where input and output artifacts are objects of S3; none: an action with artifacts is refused. */
  readonly artifacts?: ArtifactObjects;
  readonly clock: Clock;
  /** How many times faster than on AWS a function's own clock runs; it is told by SLIPWAY_CLOCK_RATE. Default 1. */
  readonly clockRate?: number;
  /** Makes job ids; default random UUIDs. */
  readonly newId?: () => string;
}

/** Seconds of the function's clock until a job with a continuation token is taken up again. AWS names no number. */
const CONTINUE_SECONDS = 30;
/** CodePipeline, limits: a Lambda action ends after 24 hours. */
const LONGEST_HOURS = 24;
/** Lines of the function's output that a failure quotes. */
const QUOTED_LINES = 5;

/**
 * Invoke/AWS/Lambda: the function's own bundle in a Node process for each invocation, with the event that CodePipeline sends. The
 * verdict is what it puts at the endpoint, not what it returns (CodePipeline, action-reference-Lambda).
 */
export const lambdaExecutor = (options: LambdaOptions): Executor<LambdaAction> => ({
  async execute(action, context, emit, signal) {
    const refused = unsupported(action, options.artifacts);
    if (refused !== undefined) return { status: 'Failed', reason: refused };
    const { clock, clockRate = 1 } = options;
    const handed = options.artifacts ? await handOver(action, context, options.artifacts) : ok(NO_ARTIFACTS);
    if (!handed.ok) return { status: 'Failed', reason: handed.errors.join('; ') };
    const log = createWriteStream(join(context.workspace, 'log.txt'));
    const tail: string[] = [];
    const onLine = (stream: 'stdout' | 'stderr', line: string) => {
      log.write(`${line}\n`);
      tail.push(line);
      if (tail.length > QUOTED_LINES) tail.shift();
      emit({ kind: 'output', stream, text: line });
    };
    const latest = clock.now().getTime() + (LONGEST_HOURS * 3_600_000) / clockRate;
    try {
      for (let token: string | undefined; ; ) {
        const job = (options.newId ?? randomUUID)();
        const step = await invoke(
          options,
          action,
          context,
          { id: job, token, artifacts: handed.value },
          onLine,
          signal,
        );
        if ('status' in step) return step.status === 'Failed' ? { ...step, reason: quote(step.reason, tail) } : step;
        token = step.token;
        if (clock.now().getTime() >= latest)
          return { status: 'Failed', reason: `${action.function.name} was not done after ${LONGEST_HOURS} hours` };
        if ((await clock.sleep((CONTINUE_SECONDS * 1000) / clockRate, signal)) === 'aborted') return STOPPED;
      }
    } finally {
      await finished(log.end());
    }
  },
});

const NO_ARTIFACTS: JobArtifacts = { inputs: [], outputs: [] };

/** One invocation of the function, as CodePipeline counts them. */
interface Job {
  readonly id: string;
  /** With which the function goes on. */
  readonly token: string | undefined;
  readonly artifacts: JobArtifacts;
}

const STOPPED: Outcome = { status: 'Stopped', reason: 'stopped' };

/** One invocation: the action's outcome, or the token with which it goes on. */
async function invoke(
  options: LambdaOptions,
  action: LambdaAction,
  context: ActionContext,
  { id: job, token, artifacts }: Job,
  onLine: (stream: 'stdout' | 'stderr', line: string) => void,
  signal: AbortSignal,
): Promise<Outcome | { readonly token: string }> {
  const { name, arn, code, handler, timeoutSeconds } = action.function;
  const folder = join(context.workspace, 'home');
  await mkdir(folder, { recursive: true });
  const credentials = options.endpoint.credentialsFor(action.function.roleArn, name, (advice) =>
    onLine('stderr', advice),
  );
  const call = {
    code,
    handler,
    event: jobEvent(options, action, { id: job, token, artifacts }, credentials),
    environment: environmentOf(options, action, folder, credentials),
    folder,
    timeoutSeconds,
  };
  let put: JobResult | undefined;
  options.endpoint.jobs.open(job).then((result) => {
    put = result;
  });
  let end: FunctionEnd;
  try {
    end = await invokeFunction(call, { name, arn, request: job }, onLine, signal);
    // The endpoint settles a job before it answers the function: by now a result is at most a turn of the event loop away.
    await new Promise(setImmediate);
  } finally {
    options.endpoint.jobs.close(job);
    options.endpoint.revoke(credentials.accessKeyId);
  }
  if (end.status === 'stopped') return STOPPED;
  if (put === undefined)
    return { status: 'Failed', reason: `${name} ${withoutResult(end, timeoutSeconds)}`, externalId: job };
  if (put.status === 'Failed') return { status: 'Failed', reason: put.message, externalId: job };
  if (put.continuationToken !== undefined) return { token: put.continuationToken };
  const taken = options.artifacts ? await takeBack(artifacts, context, options.artifacts) : ok({});
  if (!taken.ok) return { status: 'Failed', reason: taken.errors.join('; '), externalId: job };
  return { status: 'Succeeded', variables: put.variables, artifacts: taken.value, externalId: job };
}

function withoutResult(end: Exclude<FunctionEnd, { status: 'stopped' }>, timeoutSeconds: number): string {
  switch (end.status) {
    case 'returned':
      return 'ended without putting a result (PutJobSuccessResult or PutJobFailureResult)';
    case 'crashed':
      return `crashed: ${end.reason}`;
    case 'timed-out':
      return `timed out after ${timeoutSeconds} seconds without putting a result`;
  }
}

const quote = (reason: string, tail: readonly string[]): string =>
  tail.length === 0 ? reason : `${reason}\n${tail.map((line) => `  ${line}`).join('\n')}`;

function unsupported(action: LambdaAction, objects: ArtifactObjects | undefined): string | undefined {
  const artifacts = [...action.inputs, ...action.outputs];
  if (artifacts.length > 0 && objects === undefined)
    return `a Lambda action with artifacts (${artifacts.join(', ')}) is not supported here: there is no S3 to hand them over`;
  if (!action.function.runtime.startsWith('nodejs'))
    return `the runtime ${action.function.runtime} of ${action.function.name} is not supported here: only Node.js is`;
  return undefined;
}

/** The event of Lambda invoke actions (CodePipeline, actions-invoke-lambda-function: JSON event example). */
function jobEvent(
  options: LambdaOptions,
  action: LambdaAction,
  { id, token, artifacts }: Job,
  artifactCredentials: Credentials,
) {
  const { name } = action.function;
  const parameters = action.userParameters !== undefined && { UserParameters: action.userParameters };
  return {
    'CodePipeline.job': {
      id,
      accountId: options.account,
      data: {
        actionConfiguration: { configuration: { FunctionName: name, ...parameters } },
        inputArtifacts: artifacts.inputs,
        outputArtifacts: artifacts.outputs,
        artifactCredentials,
        ...(token !== undefined && { continuationToken: token }),
      },
    },
  };
}

/** Lambda's own variables (Lambda, configuration-envvars), the function's, and the way to the endpoint. Nothing of the user's. */
function environmentOf(
  options: LambdaOptions,
  action: LambdaAction,
  home: string,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
): Record<string, string> {
  const { name, code, handler, runtime, environment } = action.function;
  return {
    ...environment,
    PATH: options.path ?? '',
    HOME: home,
    TMPDIR: home,
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: code,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_ENDPOINT_URL: options.endpoint.url,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    // The SDK's notice about this machine's Node.js is no word of the function's.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    SLIPWAY_CLOCK_RATE: String(options.clockRate ?? 1),
    ...(options.modules !== undefined && { NODE_PATH: options.modules }),
  };
}
