import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ok, type Result } from '../result';
import type { Aws } from './aws';
import type { OpsError } from './ops-error';

/** Who calls, and where: `account 111122223333, eu-west-1, as assumed-role/Admin/jo`. The call needs no permission. */
export async function callerWords(aws: Aws): Promise<Result<string, OpsError>> {
  const answer = await aws.call('sts:GetCallerIdentity', (options) =>
    aws.sts.send(new GetCallerIdentityCommand({}), options),
  );
  if (!answer.ok) return answer;
  const { Account, Arn = '' } = answer.value;
  return ok(`account ${Account}, ${await aws.region()}, as ${Arn.split(':').at(-1)}`);
}
