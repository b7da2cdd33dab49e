import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { ECRClient } from '@aws-sdk/client-ecr';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { err, ok, type Result } from '../result';
import { describe, type OpsError } from './ops-error';

/** Where pipelines are operated: AWS, as whoever the credentials say, or the endpoint of a Slipway on this machine. */
export type Connection =
  | { readonly kind: 'aws'; readonly profile?: string; readonly region?: string }
  | {
      readonly kind: 'local';
      /** `http://127.0.0.1:<port>`. */
      readonly url: string;
      readonly region: string;
      readonly account: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken?: string;
    };

/** The clients of one command. Its calls end when the command's signal aborts. */
export interface Aws {
  readonly kind: Connection['kind'];
  readonly codepipeline: Pick<CodePipelineClient, 'send'>;
  readonly codebuild: Pick<CodeBuildClient, 'send'>;
  readonly ecr: Pick<ECRClient, 'send'>;
  readonly kms: Pick<KMSClient, 'send'>;
  readonly s3: Pick<S3Client, 'send'>;
  readonly logs: Pick<CloudWatchLogsClient, 'send'>;
  readonly sts: Pick<STSClient, 'send'>;
  /** The region in use; undefined where none is set. */
  region(): Promise<string | undefined>;
  /**
   * Sends a call; every failure comes back as one sentence. `permission` is the IAM action that the call needs
   * (Service Authorization Reference), which for all calls here is `<service>:<operation>`.
   */
  call<T>(
    permission: string,
    send: (options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<Result<T, OpsError>>;
}

/** Adaptive: the SDK slows down by itself when a service throttles (SDK reference, retry behavior). */
const RETRIES = { retryMode: 'adaptive', maxAttempts: 6 } as const;

export function connect(connection: Connection, signal: AbortSignal): Aws {
  const settings = clientSettings(connection);
  const codepipeline = new CodePipelineClient(settings);
  return {
    kind: connection.kind,
    codepipeline,
    codebuild: new CodeBuildClient(settings),
    ecr: new ECRClient(settings),
    kms: new KMSClient(settings),
    s3: new S3Client(settings),
    logs: new CloudWatchLogsClient(settings),
    sts: new STSClient(settings),
    region: async () => {
      try {
        return await codepipeline.config.region();
      } catch {
        return undefined;
      }
    },
    call: caller(connection.kind, signal),
  };
}

/** `Aws.call` with the words for where the calls go. */
export function caller(kind: Connection['kind'], signal: AbortSignal): Aws['call'] {
  return async (permission, send) => {
    try {
      return ok(await send({ abortSignal: signal }));
    } catch (cause) {
      const error = describe(cause, { permission, kind, stopped: signal.aborted });
      if (!error) throw cause;
      return err(error);
    }
  };
}

function clientSettings(connection: Connection) {
  if (connection.kind === 'aws') {
    const { profile, region } = connection;
    return { ...RETRIES, ...(profile !== undefined && { profile }), ...(region !== undefined && { region }) };
  }
  const { url, region, accessKeyId, secretAccessKey, sessionToken } = connection;
  return {
    ...RETRIES,
    maxAttempts: 3,
    endpoint: url,
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
  };
}
