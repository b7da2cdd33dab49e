import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

/** Longer than an invocation; STS gives no shorter one (API, AssumeRole). */
const SESSION_SECONDS = 900;

const own = new CodePipelineClient({});
const sts = new STSClient({});

/**
 * CodePipeline of the account to which the job belongs: this function's own, or that of `answerRole`, a role that trusts this
 * function's. The session is named after the job, for CloudTrail to tell which.
 */
export async function pipelineOf(jobId: string, answerRole: string | undefined): Promise<CodePipelineClient> {
  if (answerRole === undefined) return own;
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({ RoleArn: answerRole, RoleSessionName: jobId, DurationSeconds: SESSION_SECONDS }),
  );
  if (given?.AccessKeyId === undefined || given.SecretAccessKey === undefined || given.SessionToken === undefined)
    throw new Error(`AWS STS gave no credentials of ${answerRole}`);
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = given;
  return new CodePipelineClient({ credentials: { accessKeyId, secretAccessKey, sessionToken } });
}
